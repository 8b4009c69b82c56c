"""The one way to a password: set, checked against those before it, dated, and on record."""

import datetime
import secrets
from typing import Final

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from units.models import UsedPassword, User
from units.services import audit, tokens
from units.validators import classes

FIRST_BYTES: Final = 15  # 20 characters
# Days before its end on which a password's end is said again; on every page from the first on.
ANNOUNCED: Final = (14, 7, 3, 1)


def make_first() -> str:
    """A password that nobody guesses and that keeps the rules."""
    while True:
        password = secrets.token_urlsafe(FIRST_BYTES)
        if classes(password) >= 3:
            return password


@transaction.atomic
def set_password(
    user: User,
    password: str,
    *,
    by: User | None,
    now: datetime.datetime,
    temporary: bool = False,
) -> User:
    """Set it; tokens end, and with the old password all sessions. `temporary`: to be changed first.

    Raises ValidationError with what is wrong with it. Who is told the password is not recorded,
    nor the password.
    """
    if user.pk is not None:
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    validate_password(password, user)
    user.set_password(password)
    user.password_set_at = now
    user.must_change_password = temporary
    user.save(update_fields=["password", "password_set_at", "must_change_password"])
    _remember(user, now)
    tokens.end_all(user, by=by)
    audit.record("user.password", user, by=by, after={"temporary": True} if temporary else None)
    return user


def _remember(user: User, now: datetime.datetime) -> None:
    """Keep as many as must not be taken again, the present one included."""
    UsedPassword.objects.create(user=user, password=user.password, set_at=now)
    rows = user.used_passwords.order_by("-set_at", "-pk")
    kept = rows[: max(settings.PASSWORD_HISTORY, 1)].values_list("pk", flat=True)
    rows.exclude(pk__in=list(kept)).delete()


@transaction.atomic
def withdraw(user: User, *, by: User | None) -> User:
    """End the password, sessions, tokens and links: only a new link lets the person in again."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    user.set_unusable_password()
    user.must_change_password = False  # what is set by link is the person's own
    user.save(update_fields=["password", "must_change_password"])
    tokens.end_all(user, by=by)
    audit.record("user.password", user, by=by, after={"reset": True})
    return user


def days_left(user: User, today: datetime.date) -> int | None:
    """Days until the password ends, from the first announcement on; else None."""
    expires_on = user.password_expires_on
    if expires_on is None or not user.has_usable_password():
        return None
    left = (expires_on - today).days
    return max(left, 0) if left <= ANNOUNCED[0] else None
