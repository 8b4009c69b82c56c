"""The log of administration, in words; read from the newest, never counted."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from tracker.lib.workdays import SHANGHAI
from units.models import AuditEntry
from units.services import log_words
from units.verbs import ADMINISTRATION


@dataclass(frozen=True)
class Change:
    """One thing that an entry tells, before and after."""

    name: str
    label: str
    before: str
    after: str


def narrowed(
    entries: "QuerySet[AuditEntry]",
    *,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    who: str = "",
    verb: str = "",
    what: str = "",
    result: str = "",
) -> "QuerySet[AuditEntry]":
    """Entries of these days (both included), persons, verbs, objects."""
    if since:
        entries = entries.filter(at__gte=_at(since, datetime.time.min))
    if until:
        entries = entries.filter(at__lte=_at(until, datetime.time.max))
    if who:
        entries = entries.filter(actor_name__icontains=who)
    if verb:
        entries = entries.filter(verb=verb)
    if what:
        entries = entries.filter(object_name__icontains=what)
    if result:
        entries = entries.filter(result=result)
    return entries.order_by("-pk")


def _at(day: datetime.date, time: datetime.time) -> datetime.datetime:
    return datetime.datetime.combine(day, time, SHANGHAI)


def verb_words(entry: AuditEntry) -> str:
    """What was done."""
    return str(ADMINISTRATION.get(entry.verb, entry.verb))


def changes(entry: AuditEntry) -> list[Change]:
    """What the entry tells, each under its name."""
    return list(_changes(entry))


def _changes(entry: AuditEntry) -> Iterator[Change]:
    for name in dict.fromkeys([*entry.before, *entry.after]):
        before, after = entry.before.get(name), entry.after.get(name)
        label = log_words.label_of(entry, name)
        told = (log_words.shown(entry, name, value) for value in (before, after))
        yield Change(name, label, *told)
