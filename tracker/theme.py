"""Light or dark: what the person chose, kept in a cookie, or as the system is."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

COOKIE = "theme"
SYSTEM = "system"
# Each with its icon.
CHOICES = (
    ("light", _("浅色"), "sun"),
    ("dark", _("深色"), "moon"),
    (SYSTEM, _("跟随系统"), "device-desktop"),
)
NAMES = tuple(name for name, _label, _icon in CHOICES)
A_YEAR = 365 * 86400


def chosen(request: HttpRequest) -> str:
    """Return the theme of the person's pages."""
    name = request.COOKIES.get(COOKIE, SYSTEM)
    return name if name in NAMES else SYSTEM


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponseBase:
    """Keep the chosen theme in a cookie and go back to the page."""
    name, back = request.POST.get("theme", ""), request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response: HttpResponse = redirect(back if here else "home")
    if name in NAMES:
        response.set_cookie(
            COOKIE, name, A_YEAR, secure=not settings.LOCAL, httponly=True, samesite="Lax"
        )
    return response
