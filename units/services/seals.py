"""Sealing the log: a chain of digests beside it, written behind the writers, never in their way.

A visible entry is a committed one. Numbers are given at insert and commit in another order, so a
run may find a lower number than the last: it is sealed then. What is older than the horizon when
a run begins can no more come from an honest transaction and is left unsealed, to be found.
"""

import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from units.models import AuditEntry, MonthSeal, Seal

# No transaction is open as long: a statement ends after 30 s or 10 min, idle ones after a minute.
HORIZON: Final = datetime.timedelta(hours=2)
FIRST: Final = "0" * 64
LOCK: Final = 7_235_401  # the sealer's advisory lock
CHUNK: Final = 2000
RUN: Final = 100_000  # entries in one transaction
# The columns that a form of seal holds. A new column of the log gets a new form; seals of older
# ones stay as they were made.
FORMS: Final[Mapping[int, tuple[str, ...]]] = {
    1: (
        "id", "at", "actor_id", "actor_name", "unit_name", "source", "ip", "request_id", "verb",
        "object_type", "object_id", "object_name", "result", "before", "after", "reason",
    ),
}  # fmt: skip
FORM: Final = max(FORMS)


@dataclass(frozen=True)
class Head:
    """The chain's end: the last seal's number and digest, and how many entries it holds."""

    number: int
    digest: str


@dataclass(frozen=True)
class Sealed:
    """What a run did: how many entries, and the chain's head; `busy` where another is at work."""

    entries: int
    head: Head
    busy: bool = False


def canonical(values: Mapping[str, Any], form: int = FORM) -> str:
    """The columns of an entry as one text, the same for the same content on every machine."""
    told = {name: _told(values[name]) for name in FORMS[form]}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _told(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    return value


def digest_of(before: str, values: Mapping[str, Any], form: int = FORM) -> str:
    """The digest of an entry behind another's."""
    return hashlib.sha256((before + canonical(values, form)).encode()).hexdigest()


def start() -> Head:
    """Where the chain that is kept begins: at nothing, or at the last month that was dropped."""
    last = MonthSeal.objects.order_by("-number").first()
    return Head(last.number, last.digest) if last else Head(0, FIRST)


def head() -> Head:
    """The chain's end."""
    last = Seal.objects.order_by("-number").first()
    return Head(last.number, last.digest) if last else start()


def horizon() -> datetime.datetime | None:
    """Entries before this moment are all sealed or will never be; None before the first run."""
    last = Seal.objects.order_by("-number").first()
    if last is None:
        dropped = MonthSeal.objects.order_by("-number").first()
        return dropped.dropped_at - HORIZON if dropped else None
    return last.sealed_at - HORIZON


def unsealed() -> QuerySet[AuditEntry]:
    """Entries without a seal, as ids go."""
    sealed = Seal.objects.filter(entry=OuterRef("pk"))
    return AuditEntry.objects.filter(~Exists(sealed)).order_by("pk")


def waiting() -> QuerySet[AuditEntry]:
    """Entries that the next run seals."""
    since = horizon()
    return unsealed().filter(at__gte=since) if since else unsealed()


def seal(*, most: int = RUN) -> Sealed:
    """Seal what waits, in transactions of `most` entries; writers are not held up."""
    entries = 0
    while True:
        done = _run(most)
        entries += done.entries
        if done.busy or done.entries < most:
            return Sealed(entries, done.head, done.busy)


@transaction.atomic
def _run(most: int) -> Sealed:
    if not _locked():
        return Sealed(0, head(), busy=True)
    end = head()
    rows = waiting()[:most].values(*FORMS[FORM]).iterator(chunk_size=CHUNK)
    number = 0
    while chunk := list(islice(rows, CHUNK)):
        made = list(_chained(end, chunk))
        Seal.objects.bulk_create(made)
        number += len(made)
        end = Head(made[-1].number, made[-1].digest)
    return Sealed(number, end)


def _chained(end: Head, rows: list[Any]) -> Iterator[Seal]:
    for row in rows:
        end = Head(end.number + 1, digest_of(end.digest, row))
        yield Seal(number=end.number, entry_id=row["id"], digest=end.digest, form=FORM)


def _locked() -> bool:
    """Whether this transaction is the only sealer; a statement of its own, before any reading."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        row = cursor.fetchone()
    return bool(row and row[0])
