"""Coming and going, on record."""

import datetime
import unicodedata

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.lib import budget
from tracker.lib.text import clean_text
from units.models import User
from units.services import audit, tokens

LIMIT = 20  # tries to log in a minute from one address, and for one name; pages and API together


def seconds_to_wait(username: str, address: str | None, *, now: datetime.datetime) -> int:
    """Count a try to log in; 0, or how long to wait before the next, whoever the name belongs to.

    A try beyond the address's limit takes nothing from the name's: its owner may still come in.
    """
    name = unicodedata.normalize("NFKC", clean_text(username)).casefold()
    return budget.spend(f"log-in:address:{address}", limit=LIMIT, now=now) or budget.spend(
        f"log-in:name:{name}", limit=LIMIT, now=now
    )


def slow_down(seconds: int) -> str:
    """What to tell somebody who tries too often."""
    return _("登录尝试过于频繁，请%(seconds)d秒后再试。") % {"seconds": seconds}


def log_in(user: User) -> None:
    audit.record("user.login", user, by=user)


def refuse(username: str, address: str | None, *, now: datetime.datetime) -> None:
    """A failed log-in: at most one entry a minute for an address and a name, with their number.

    The number is of those since the last entry, at most an hour back. The name is kept as typed,
    cut short; the password never.
    """
    name = clean_text(username)[:150]
    number = budget.gather(f"failed:{address}:{name}", now=now)
    if number:
        audit.record("user.login_failed", None, by=None, after={"username": name, "count": number})


def log_out(user: User) -> None:
    audit.record("user.logout", user, by=user)


@transaction.atomic
def change_password(user: User, password: str) -> None:
    """Set the person's own new password; other sessions and all tokens of theirs end."""
    user.set_password(password)
    user.save(update_fields=["password"])
    tokens.end_all(user, by=user)
    audit.record("user.password", user, by=user)
