"""The demo's mailbox: what the SMTP catcher received. There is none outside the demo."""

from collections.abc import Callable
from functools import wraps

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.utils import build_policy
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from tasks.services import mailbox
from units.web import person

View = Callable[..., HttpResponse]
POLICY = "Content-Security-Policy"
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "form-action": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


def demo_only(view: View) -> View:
    """404 unless this is the demo."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@demo_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    return render(request, "tasks/mailbox.html", {"mails": mailbox.list_mails()})


@demo_only
@require_safe
def mail(request: HttpRequest, mail_id: str) -> HttpResponse:
    """One mail: its HTML in a sandboxed frame, its text beneath."""
    response = render(request, "tasks/mail.html", {"mail": _mail(request, mail_id)})
    response.headers[POLICY] = build_policy(update={"frame-src": [SELF]})
    return response


@demo_only
@require_safe
@xframe_options_sameorigin
def mail_html(request: HttpRequest, mail_id: str) -> HttpResponse:
    """The HTML part as it was sent; it can run nothing and load nothing. Links open outside."""
    html = _mail(request, mail_id).html.replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(html, headers={POLICY: build_policy(config=MAIL_POLICY)})


def _mail(request: HttpRequest, mail_id: str) -> mailbox.Mail:
    """The mail; what gives its reader an account is legible to that person and superusers alone."""
    found = mailbox.read_mail(mail_id)
    if found is None:
        raise Http404
    user = person(request)
    if user.is_superuser or mailbox.is_to(found, user.email):
        return found
    return mailbox.without_links(found)
