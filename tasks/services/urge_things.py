"""What of an office's plans is outstanding and may be urged, as far as the person may know it.

Of the own side that is everything; of the other side what everybody knows: dates that have
passed, never what was not reported. A constant number of queries, however many rows there are.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import Q

from tasks import policy
from tasks.models import Finding, Milestone, UrgeItem
from tasks.models.findings import code_of
from tasks.services import late, urge_words
from tasks.services.late import FILING_KINDS, FINDING_KINDS, LateKind
from tasks.services.late_facts import due_of, subject_of
from tracker.lib.text import whole_number
from tracker.lib.workdays import workdays_between
from units.models import User

# 撤销未答复 is the office's own to do.
URGED = tuple(kind for kind in LateKind if kind != LateKind.PROPOSAL)
MOST_TICKED = 2000


@dataclass(frozen=True)
class Thing:
    """Something outstanding; `key` is the subject that notices have for it."""

    key: str
    kind: LateKind
    side: Any
    due_on: datetime.date
    what: str  # the quarter, the milestone's title, the finding's number
    days: int  # working days past its day

    @property
    def params(self) -> dict[str, Any]:
        """What its sentence needs, to be kept."""
        task = self.side.task
        return {
            "task": task.title,
            "task_id": task.pk,
            "number": task.number,
            "plan": task.plan.name,
            "what": self.what,
            "days": self.days,
        }

    def sentence(self, *, own: bool) -> str:
        return urge_words.sentence(self.kind, self.due_on, self.params, own=own)


@dataclass(frozen=True)
class Chosen:
    """What was ticked in some list: things by their keys, else all of a unit or a task."""

    keys: frozenset[str] = frozenset()
    units: frozenset[int] = frozenset()
    tasks: frozenset[int] = frozenset()

    @classmethod
    def of(
        cls, rows: Sequence[str], units: Sequence[str] = (), tasks: Sequence[str] = ()
    ) -> "Chosen":
        """From the words of an address; one value may name several, with blanks between."""
        return cls(
            keys=frozenset(islice((key for row in rows for key in row.split()), MOST_TICKED)),
            units=_numbers(units),
            tasks=_numbers(tasks),
        )

    def __or__(self, other: "Chosen") -> "Chosen":
        return Chosen(self.keys | other.keys, self.units | other.units, self.tasks | other.tasks)

    @property
    def is_empty(self) -> bool:
        return not (self.keys or self.units or self.tasks)

    def rows(self) -> Q:
        """The responsibilities to look at."""
        ids: dict[str, set[int]] = {"side": set(), "milestone": set(), "finding": set()}
        for key in self.keys:
            kind, _slash, rest = key.partition("/")
            number = whole_number(rest.partition("/")[0])
            name = kind if kind in ids else "side"
            if number is not None:
                ids[name].add(number)
        points = Milestone.objects.filter(pk__in=ids["milestone"]).values("responsibility")
        found = Finding.objects.filter(pk__in=ids["finding"]).values("responsibility")
        by_key = Q(pk__in=ids["side"])
        if ids["milestone"]:
            by_key |= Q(pk__in=points)
        if ids["finding"]:
            by_key |= Q(pk__in=found)
        return by_key | Q(unit__in=self.units) | Q(task__in=self.tasks)

    def has(self, thing: Thing) -> bool:
        side = thing.side
        return thing.key in self.keys or side.unit_id in self.units or side.task_id in self.tasks


def _numbers(texts: Sequence[str]) -> frozenset[int]:
    words = islice((word for text in texts for word in text.split()), MOST_TICKED)
    found = (whole_number(word) for word in words)
    return frozenset(number for number in found if number is not None)


@dataclass
class Found:
    """What of the chosen is outstanding, and the keys of which nothing is."""

    things: list[Thing] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def outstanding(user: User, chosen: Chosen, today: datetime.date) -> Found:
    """The things that the person may urge, by unit as units are listed, the oldest first."""
    if chosen.is_empty:
        return Found()
    mine = policy.scope(user, "urge.make").filter(chosen.rows())
    ids = list(mine.order_by().values_list("pk", flat=True))
    things = [thing for kind in URGED for thing in _of(user, kind, ids, today)]
    things = [thing for thing in things if chosen.has(thing)]
    things.sort(key=lambda t: (t.side.unit.order, t.side.unit_id, t.due_on, t.side.task.number))
    known = {thing.key for thing in things}
    return Found(things, sorted(chosen.keys - known))


def still_outstanding(
    items: Iterable[UrgeItem], today: datetime.date, *, by: User | None = None
) -> set[str]:
    """Keys of those of which something is still to be done, whoever knows it; of one date."""
    items = list(items)
    ids = [item.responsibility_id for item in items if item.responsibility_id]
    found: set[str] = set()
    for kind in {item.kind for item in items} & set(map(str, URGED)):
        found |= {thing.key for thing in _of(by, LateKind(kind), ids, today)}
    return found & {item.subject for item in items}


def _of(user: User | None, kind: LateKind, ids: list[int], today: datetime.date) -> list[Thing]:
    rows = _rows(kind, today).filter(pk__in=ids)
    if user is not None:
        rows = late.known_to(user, kind, rows)
    sides = rows.select_related("task__plan", "unit", "side")
    return [_thing(kind, side, due, today) for side in sides if (due := due_of(kind, side))]


def _rows(kind: LateKind, today: datetime.date) -> Any:
    match kind:
        case LateKind.MISSING:
            return late.missing(today, also_due=True)
        case LateKind.RETURNED:
            return late.returned(today, also_due=True)
    return late.of_kind(kind, today)


def _thing(kind: LateKind, side: Any, due: datetime.date, today: datetime.date) -> Thing:
    what = ""
    if kind in FILING_KINDS:
        what = str(late.quarter_of_row(side))
    elif kind in FINDING_KINDS:
        what = code_of(side.item_year, side.item_number)
    elif kind == LateKind.MILESTONE:
        what = side.item_title
    days = max(0, workdays_between(due, today))
    return Thing(subject_of(kind, side), kind, side, due, what, days)
