"""Language: Chinese first; English only where the person or the API call asks for it.

Pages, which nobody on the way keeps; and sessions, which end.
"""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY, user_logged_in
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_supported_language_variant

from tracker.lib import wall, workdays
from tracker.lib.htmx import page_of, send_to

BEGAN, SEEN = "began", "seen"  # in the session: seconds since the epoch
HEALTH: Final = "/healthz"
NOTED_EVERY: Final = 60  # seconds
# A page that asks by itself, by clock, says so: nobody is at the desk for that.
BY_ITSELF: Final = "X-By-Itself"


class LanguageMiddleware(LocaleMiddleware):
    """Pages follow the language switch (a cookie), never the browser's own preference.

    A browser set to English is common on machines whose readers read Chinese. API calls have no
    switch, so there `Accept-Language` counts.
    """

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith("/api/"):
            super().process_request(request)
            return
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        try:
            language = get_supported_language_variant(chosen)
        except LookupError:
            language = settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response


class HostMiddleware(CommonMiddleware):
    """Refuses names that are not the site's; `/healthz` answers whatever it is called by.

    Who watches the site's health asks a process by its address, not by the site's name.
    """

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path_info == HEALTH else super().process_request(request)


class NoStoreMiddleware:
    """Pages show what one person may read: neither a proxy nor a shared browser keeps them.

    Nor what is taken as a file, as workbooks with people's names.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers["Cache-Control"] = "private, no-store"
        elif response.headers.get("Content-Disposition", "").startswith("attachment"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


@receiver(user_logged_in)
def begin_session(request: Any, **kwargs: Any) -> None:
    """Note when the session began; every way in rings here, whichever door it has."""
    now = int(workdays.now().timestamp())
    request.session[BEGAN] = request.session[SEEN] = now


class SessionLimitsMiddleware:
    """Ends on the server what is idle, or older than its cookie, whatever the browser keeps."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if SESSION_KEY in request.session:
            self._keep(request, int(workdays.now().timestamp()))
        return self.get_response(request)

    def _keep(self, request: HttpRequest, now: int) -> None:
        session = request.session
        began, seen = session.setdefault(BEGAN, now), session.setdefault(SEEN, now)
        # A wall screen has nobody at it, and nothing to do at it: it may stand.
        idle = 0 if wall.is_on(session) else settings.SESSION_IDLE_MINUTES * 60
        if (idle and now - seen >= idle) or now - began >= settings.SESSION_COOKIE_AGE:
            session.flush()
            request.user = AnonymousUser()
        elif now - seen >= NOTED_EVERY and BY_ITSELF not in request.headers:
            session[SEEN] = now


class LogInRequiredMiddleware(LoginRequiredMiddleware):
    """To the log-in page and back to the page in use, which says so where a session has ended.

    A form that is sent after its session ended comes back to the form, never to the address that
    takes it; what was typed is kept by the browser (js/keep.js).
    """

    def handle_no_permission(  # type: ignore[override]  # htmx is led by a header
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        words = {"next": page_of(request)}
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            words["ended"] = "1"
        return send_to(request, f"{reverse('login')}?{urlencode(words, safe='/')}")
