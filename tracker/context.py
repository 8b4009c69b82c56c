"""What every page needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tracker import theme
from tracker.frame import Frame
from tracker.lib.workdays import today
from units.models import User
from units.services import passwords


def password_days(request: HttpRequest) -> int | None:
    """For how many days the password still serves, once that is to be said."""
    user = getattr(request, "user", None)
    return passwords.days_left(user, today()) if isinstance(user, User) else None


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of every page. `frame` reads nothing until a template uses it."""
    return {
        "DEMO": settings.DEMO,
        "LANGUAGES_OFFERED": settings.LANGUAGES,
        "THEME": theme.chosen(request),
        "THEMES": theme.CHOICES,
        "LANGUAGE_CODE": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "password_days": password_days(request),
        "frame": SimpleLazyObject(lambda: Frame(request)),
    }
