"""Coming and going, on record."""

from django.db import transaction

from tracker.lib.text import clean_text
from units.models import User
from units.services import audit, tokens


def log_in(user: User) -> None:
    audit.record("user.login", user, by=user)


def refuse(username: str) -> None:
    """A failed log-in. The name is kept as typed, cut short; the password never."""
    audit.record("user.login_failed", None, by=None, after={"username": clean_text(username)[:150]})


def log_out(user: User) -> None:
    audit.record("user.logout", user, by=user)


@transaction.atomic
def change_password(user: User, password: str) -> None:
    """Set the person's own new password; other sessions and all tokens of theirs end."""
    user.set_password(password)
    user.save(update_fields=["password"])
    tokens.end_all(user, by=user)
    audit.record("user.password", user, by=user)
