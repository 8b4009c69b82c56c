"""Coming and going, on record."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tracker.lib import budget
from tracker.lib.text import clean_text
from units.models import User
from units.services import audit, locks
from units.states import Result

LIMIT = 20  # tries to log in a minute from one address, and for one name; pages and API together
KNOWN_DAYS = 90  # an address from which a name has come in is known for so long


def _known(username: str, address: str | None) -> str:
    return f"log-in:known:{locks.name_key(username)}:{address}"


@dataclass(frozen=True)
class Refusal:
    """Why no password is looked at, and for how many seconds."""

    sentence: str
    seconds: int


def refusal(username: str, address: str | None, *, now: datetime.datetime) -> Refusal | None:
    """Count a try; why it is refused unseen, whoever the name belongs to, or None.

    What is refused by the address's limit or by a lock takes nothing from the name's budget, and
    an address from which the name has come in needs none of it: so strangers who try a name from
    everywhere do not keep its owner out. The lock holds for known addresses, too.
    """
    if wait := budget.spend(f"log-in:address:{address}", limit=LIMIT, now=now):
        return Refusal(slow_down(wait), wait)
    if left := locks.seconds_left(username, address, now=now):
        refuse(username, address, now=now)
        return Refusal(locks.sentence(left), left)
    if budget.remembers(_known(username, address)):
        return None
    name = locks.name_key(username)
    if wait := budget.spend(f"log-in:name:{name}", limit=LIMIT, now=now):
        return Refusal(slow_down(wait), wait)
    return None


def failed(username: str, address: str | None, *, now: datetime.datetime) -> Refusal | None:
    """Put a failed log-in on record; the refusal if this one has locked the name."""
    refuse(username, address, now=now)
    left = locks.seconds_left(username, address, now=now)
    if not left:
        return None
    locks.record(username, now=now)
    return Refusal(locks.sentence(left), left)


def slow_down(seconds: int) -> str:
    """What to tell somebody who tries too often."""
    return _("登录尝试过于频繁，请%(seconds)d秒后再试。") % {"seconds": seconds}


def log_in(user: User, address: str | None) -> None:
    """The password fits: on record, and the address is known for this name from now on."""
    know(user, address)
    audit.record("user.login", user, by=user)


def know(user: User, address: str | None) -> None:
    """Keep in mind that the person has come in from here."""
    budget.remember(_known(user.username, address), days=KNOWN_DAYS)


def refuse(
    username: str,
    address: str | None,
    *,
    now: datetime.datetime,
    second_factor: bool = False,
) -> None:
    """A failed log-in: at most one entry a minute for an address and a name, with their number.

    The number is of those since the last entry, at most an hour back. The name is kept as typed,
    cut short; the password never.
    """
    name = clean_text(username)[:150]
    kind = "code" if second_factor else "failed"
    number = budget.gather(f"{kind}:{address}:{name}", now=now)
    if number:
        after = {"username": name, "count": number}
        if second_factor:
            after["second_factor"] = True
        audit.record("user.login_failed", None, by=None, after=after, result=Result.REFUSED)


@dataclass(frozen=True)
class Denial:
    """A request that was answered with a refusal; `door` is the name of its address."""

    door: str
    method: str
    path: str
    status: int


def deny(user: User, address: str | None, denial: Denial, *, now: datetime.datetime) -> None:
    """A refused request: at most one entry a minute for a person, an address and a door.

    Its number is of those since the last entry. What stands behind the question mark is not kept.
    """
    number = budget.gather(f"denied:{user.pk}:{address}:{denial.door}", now=now)
    if number:
        path = clean_text(denial.path)[:200]
        after = {"method": denial.method, "path": path, "status": denial.status, "count": number}
        audit.record("access.denied", None, by=user, after=after, result=Result.REFUSED)


def log_out(user: User) -> None:
    audit.record("user.logout", user, by=user)
