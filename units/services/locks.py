"""A name that is locked at an address after failed log-ins, known or not: counted by django-axes.

The budgets of `access` slow a flood down, whatever it tries; a lock stops guessing at one name.
"""

import datetime
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet, Sum
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tracker.lib.text import clean_text
from units.models import User
from units.services import audit


def name_key(username: str) -> str:
    """One key for a name however it is typed: width and case make no difference."""
    return unicodedata.normalize("NFKC", clean_text(username)).casefold()[:150]


def name_tried(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """For django-axes: the key of the name with which somebody tries."""
    return name_key(str((credentials or {}).get("username") or ""))


@dataclass(frozen=True)
class Lock:
    """A name locked at an address. `person` is None where nobody has the name."""

    name: str
    address: str | None
    failures: int
    until: datetime.datetime
    person: User | None = None


def _length() -> datetime.timedelta:
    return datetime.timedelta(minutes=settings.LOG_IN_LOCK_MINUTES)


def _counted(now: datetime.datetime) -> QuerySet[Any]:
    """Failures by name and address that still count."""
    rows = AccessAttempt.objects.filter(attempt_time__gte=now - _length())
    found: QuerySet[Any] = (
        rows.order_by()
        .values("username", "ip_address")
        .annotate(number=Sum("failures_since_start"), last=Max("attempt_time"))
    )
    return found


def seconds_left(username: str, address: str | None, *, now: datetime.datetime) -> int:
    """For how long the name is locked at the address; 0 where it is not."""
    if not settings.LOG_IN_FAILURES:
        return 0
    rows = _counted(now).filter(username=name_key(username), ip_address=address)
    row = rows.filter(number__gte=settings.LOG_IN_FAILURES).order_by("username").first()
    return max(1, round((row["last"] + _length() - now).total_seconds())) if row else 0


def sentence(seconds: int) -> str:
    """What to tell somebody whose name is locked here."""
    return _(
        "登录连续失败%(limit)d次，该用户名在本机所在地址已锁定，请%(minutes)d分钟后再试，"
        "或请安全管理员解除锁定。"
    ) % {"limit": settings.LOG_IN_FAILURES, "minutes": -(-seconds // 60)}


def record(username: str, *, now: datetime.datetime) -> None:
    """Put on record that a name has just been locked; known or not."""
    person = _people([name_key(username)]).get(name_key(username))
    after = {
        "username": clean_text(username)[:150],
        "failures": settings.LOG_IN_FAILURES,
        "until": now + _length(),
    }
    audit.record("user.lock", person, by=None, after=after)


def current(now: datetime.datetime) -> list[Lock]:
    """The locks that hold now, the latest first."""
    if not settings.LOG_IN_FAILURES:
        return []
    rows = list(
        _counted(now).filter(number__gte=settings.LOG_IN_FAILURES).order_by("-last", "username")
    )
    people = _people([row["username"] for row in rows])
    return [
        Lock(
            row["username"],
            row["ip_address"],
            row["number"],
            row["last"] + _length(),
            people.get(row["username"]),
        )
        for row in rows
    ]


def _people(names: list[str]) -> dict[str, User]:
    """Whose names these are, by key."""
    people = User.objects.annotate(key=Lower("username")).filter(key__in=names)
    return {name_key(person.username): person for person in people}


@transaction.atomic
def release(name: str, *, by: User | None, now: datetime.datetime) -> int:
    """Unlock the name everywhere; return at how many addresses it was locked."""
    key = name_key(name)
    locked = [lock for lock in current(now) if lock.name == key]
    AccessAttempt.objects.filter(username=key).delete()
    if locked:
        before = {"username": key, "addresses": [lock.address for lock in locked]}
        audit.record("user.unlock", locked[0].person, by=by, before=before)
    return len(locked)


def forget_failures(user: User, address: str | None) -> None:
    """A name and password that fit begin the count anew; pages do it with the session."""
    AccessAttempt.objects.filter(username=name_key(user.username), ip_address=address).delete()
