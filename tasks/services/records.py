"""记录: the business entries of the log that a person of an office or an inspector may read.

What history.py tells on a task's page, over all tasks; and what was done to plans, quarters,
milestones, requests, files, findings, samples and books, as far as the person may read these.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from tasks import policy
from tasks.models import ProgressReport, Responsibility
from tasks.services import record_parts
from tasks.services.history import (
    DUTY,
    KINDS,
    OF_THE_WAY,
    OPEN_TO_ALL,
    REPORT,
    TASK,
    Change,
    To,
    changes_of,
)
from tasks.services.record_parts import OPEN, OPEN_WORDS, PARTS, is_by_row
from units.models import AuditEntry, User
from units.policy import scope as people_scope
from units.policy import standing
from units.services import log


def words_of(verb: str) -> str:
    """What a verb is called."""
    return str(KINDS[verb].words if verb in KINDS else record_parts.words().get(verb, verb))


def verbs() -> list[tuple[str, str]]:
    """All of them for a filter, with their words."""
    return [(verb, words_of(verb)) for verb in (*KINDS, *record_parts.words())]


@dataclass(frozen=True)
class Row:
    """An entry in words, as `units/_log.html` shows it; the name only where it may be known."""

    entry: AuditEntry
    verb: str
    person: str
    changes: list[Change]
    reason: str


class Records:
    """The entries that one person may read."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.who = standing(user)

    def entries(self) -> QuerySet[AuditEntry]:
        """All of them, in one query; the newest first."""
        told = Q(object_type=TASK, verb__in=OPEN_TO_ALL)
        told |= Q(object_type=DUTY, verb__in=_told_to(To.EVERYONE))
        told |= self._on(DUTY, "assignment.view", verbs=_told_to(To.HANDED_OUT))
        told |= self._on(DUTY, "contact.call", verbs=_told_to(To.CALLERS))
        told |= self._reports()
        for prefix, model in OPEN.items():
            told |= Q(object_type=model._meta.label_lower, verb__in=_open(prefix))
        for part in PARTS:
            told |= _about(part.model._meta.label_lower, part.words, part.rows(self.user))
        return AuditEntry.objects.filter(told).order_by("-pk")

    def _reports(self) -> Q:
        reports = policy.scope(self.user, "report.view")
        close = reports.filter(responsibility__in=policy.scope(self.user, "handed_in.view"))
        own = reports if self.who.superuser else reports.filter(
            responsibility__unit__in=self.who.units
        )  # fmt: skip
        told = Q()
        for to, rows in {To.READERS: reports, To.CLOSE: close, To.UNIT: own}.items():
            told |= Q(object_type=REPORT, verb__in=_told_to(to), object_id__in=_numbers(rows))
        return told

    def _on(self, kind: str, verb: str, *, verbs: Sequence[str]) -> Q:
        return _about(kind, verbs, policy.scope(self.user, verb))

    def narrowed(self, *, who: str = "", unit: str = "", **filters: Any) -> QuerySet[AuditEntry]:
        """By days, verb, object; by person only those whom the reader may know."""
        entries = log.narrowed(self.entries(), **filters)
        if unit:
            entries = entries.filter(unit_name__icontains=unit)
        if who:
            known = people_scope(self.user, "person.view")
            entries = entries.filter(actor__in=known, actor_name__icontains=who)
        return entries

    def tell(self, entries: Iterable[AuditEntry]) -> list[Row]:
        """The entries in words, in a constant number of queries."""
        rows = list(entries)
        page = _Page(self.user, rows)
        return [page.tell(entry) for entry in rows]


class _Page:
    """What some entries are about, fetched at once."""

    def __init__(self, user: User, entries: list[AuditEntry]) -> None:
        self.user = user
        self.entries = entries
        # Asked whatever stands there: as many queries for one page as for another.
        self.known = self._known()

    def _of(self, kind: str) -> set[int]:
        return {int(entry.object_id) for entry in self.entries if entry.object_type == kind}

    @cached_property
    def duty_of(self) -> dict[int, int]:
        """The responsibility of each report."""
        rows = ProgressReport.objects.filter(pk__in=self._of(REPORT))
        return dict(rows.values_list("pk", "responsibility_id"))

    @cached_property
    def parties(self) -> set[int]:
        """Responsibilities of which the person may know who acts."""
        duties = self._of(DUTY) | set(self.duty_of.values())
        rows = policy.scope(self.user, "contact.view").filter(pk__in=duties)
        return set(rows.order_by().values_list("pk", flat=True))

    @cached_property
    def tasks(self) -> set[int]:
        """Tasks in which the person may know who acts."""
        rows: QuerySet[Responsibility] = policy.scope(self.user, "contact.view")
        rows = rows.filter(task__in=self._of(TASK))
        return set(rows.order_by().values_list("task_id", flat=True))

    @cached_property
    def ways(self) -> set[int]:
        """Reports whose way is told to the person."""
        rows = policy.scope(self.user, "reason.view").filter(pk__in=self._of(REPORT))
        return set(rows.order_by().values_list("pk", flat=True))

    def _known(self) -> set[int]:
        """People whom the reader may know, for what is open to all."""
        actors = {entry.actor_id for entry in self.entries if entry.actor_id}
        rows = people_scope(self.user, "person.view").filter(pk__in=actors)
        return set(rows.values_list("pk", flat=True))

    def tell(self, entry: AuditEntry) -> Row:
        """One of them."""
        number = int(entry.object_id)
        kind = KINDS.get(entry.verb)
        match entry.object_type:
            case str() as found if found == TASK:
                is_party = number in self.tasks
            case str() as found if found == DUTY:
                is_party = number in self.parties
            case str() as found if found == REPORT:
                is_party = self.duty_of.get(number) in self.parties
            case _:
                is_party = is_by_row(entry.verb) or entry.actor_id in self.known
        in_full = entry.verb not in OF_THE_WAY or number in self.ways
        return Row(
            entry=entry,
            verb=words_of(entry.verb),
            person=entry.actor_name if is_party or entry.actor_id is None else "",
            changes=_changes(entry, kind.fields if kind else None) if in_full else [],
            reason=entry.reason if in_full and is_party else "",
        )


def _changes(entry: AuditEntry, fields: tuple[str, ...] | None) -> list[Change]:
    if entry.verb in KINDS:
        return changes_of(entry, fields)
    told = record_parts.fields_of(entry.verb)
    return [
        Change(one.name, one.label, one.before, one.after)
        for one in log.changes(entry)
        if told is None or one.name in told
    ]


def _told_to(to: To) -> list[str]:
    return [verb for verb, kind in KINDS.items() if kind.to == to]


def _open(prefix: str) -> list[str]:
    return [verb for verb in OPEN_WORDS if verb.startswith(f"{prefix}.")]


def _about(kind: str, verbs: Iterable[str], rows: "QuerySet[Any]") -> Q:
    return Q(object_type=kind, verb__in=[*verbs], object_id__in=_numbers(rows))


def _numbers(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Their numbers as the log has them."""
    numbers: QuerySet[Any] = rows.order_by().annotate(number_text=Cast("pk", CharField()))
    return numbers.values("number_text")
