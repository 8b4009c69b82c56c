"""What stands beside a late row: its first date, extensions, and who was reminded how often.

Read for many rows in a constant number of queries, and only where the reader may know it.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import FindingStep, Milestone, Notice, PhoneCall, UrgeItem
from tasks.services import notices
from tasks.services.late import (
    FILING_KINDS,
    ITEM_KINDS,
    TASK_KINDS,
    LateKind,
    quarter_of_row,
)
from tasks.states import ExtensionState, FindingStepKind, NoticeState
from tracker.lib.text import listed
from tracker.lib.workdays import SHANGHAI
from units.models import User

Moved = tuple[int, datetime.date | None]
NAMES = ("recipient__name", "recipient__username")


@dataclass(frozen=True)
class Reminded:
    """On how many days somebody was told, the last of them, and how often whom.

    Letters (`urged`) and calls by telephone (`called`) count with what rules told; a unit where
    a letter had nobody to reach, and one that was called, stand by their names.
    """

    days: int = 0
    last: datetime.date | None = None
    people: dict[str, int] = field(default_factory=dict)
    urged: int = 0
    called: int = 0

    @property
    def names(self) -> str:
        """王五3次、李四1次."""
        words = _("%(name)s%(number)d次")
        return listed(words % {"name": name, "number": n} for name, n in self.people.items())


@dataclass(frozen=True)
class Facts:
    """`reminded` is None for who may not know it; `extensions` are of the row's own date."""

    first: datetime.date | None
    extensions: int = 0
    reminded: Reminded | None = None


def subject_of(kind: LateKind, side: Any) -> str:
    """The key under which notices told of the row."""
    if kind in FILING_KINDS:
        return notices.report_subject(side.pk, str(quarter_of_row(side)))
    if kind == LateKind.PROPOSAL:
        return notices.proposal_subject(side.item)
    if kind == LateKind.FINDING:
        return notices.finding_subject(side.item)
    if kind in ITEM_KINDS:
        return f"milestone/{side.item}"
    return notices.task_subject(side.pk)


def due_of(kind: LateKind, side: Any) -> datetime.date | None:
    """The date from which lateness counts."""
    if kind in ITEM_KINDS:
        due: datetime.date | None = side.item_due
    else:
        due = side.filing_due if kind in FILING_KINDS else side.due_on_in_force
    return due


def facts_of(user: User, kind: LateKind, sides: Sequence[Any]) -> list[Facts]:
    """For each of the rows, in their order."""
    keys = {side.pk for side in sides}
    close = set(
        policy.scope(user, "handed_in.view").filter(pk__in=keys).values_list("pk", flat=True)
    )
    moved = _moved(user, kind, sides)
    told = _told([subject_of(kind, side) for side in sides if side.pk in close])
    found = []
    for side in sides:
        number, first = moved.get(side.item if kind in ITEM_KINDS else side.pk, (0, None))
        if kind in ITEM_KINDS:
            first = first or side.item_first
        elif kind in FILING_KINDS:
            first = side.filing_first
        reminded = told.get(subject_of(kind, side), Reminded()) if side.pk in close else None
        found.append(Facts(first or due_of(kind, side), number, reminded))
    return found


def _moved(user: User, kind: LateKind, sides: Sequence[Any]) -> dict[int, Moved]:
    """How often the row's own date was put later, and its first where the row has it not."""
    if kind in TASK_KINDS:
        return _extended(user, {side.pk for side in sides})
    if kind == LateKind.MILESTONE:
        return _changed({side.pk for side in sides})
    if kind == LateKind.FINDING:
        steps = FindingStep.objects.filter(
            finding__in={side.item for side in sides}, kind=FindingStepKind.EXTEND
        )
        counted = steps.order_by().values_list("finding").annotate(Count("pk"))
        return {finding: (number, None) for finding, number in counted}
    return {}


def _extended(user: User, keys: set[int]) -> dict[int, Moved]:
    """How often a side was granted a later date, and from which date first."""
    rows = policy.scope(user, "extension.view").filter(
        responsibility__in=keys, state=ExtensionState.GRANTED
    )
    counted = rows.order_by().values_list("responsibility").annotate(Count("pk"), Min("from_due"))
    return {side: (number, first) for side, number, first in counted}


def _changed(keys: set[int]) -> dict[int, Moved]:
    """Of milestones: how often one with another date took the place, and the very first date."""
    rows = Milestone.objects.filter(responsibility__in=keys).values_list("pk", "replaces", "due_on")
    known = {pk: (before, due) for pk, before, due in rows}
    found: dict[int, Moved] = {}
    for pk, (before, due) in known.items():
        number, first = 0, due
        while before is not None:
            before, earlier = known[before]  # of the same side
            number, first = number + (earlier != first), earlier
        found[pk] = (number, first)
    return found


def _told(subjects: list[str]) -> dict[str, Reminded]:
    """By subject, in four queries: notices, letters, whom these reached, calls."""
    days: dict[str, set[datetime.date]] = defaultdict(set)
    people: dict[str, Counter[str]] = defaultdict(Counter)
    told = Notice.objects.filter(subject__in=subjects).exclude(state=NoticeState.DROPPED)
    rows = told.order_by("subject", "recipient").values_list("subject", "made_on", *NAMES)
    for subject, day, name, username in rows:
        days[subject].add(day)
        people[subject][name or username] += 1
    urged = _urged(subjects, days, people)
    called: Counter[str] = Counter()
    calls = PhoneCall.objects.filter(subject__in=subjects).order_by("subject", "pk")
    for subject, at, unit in calls.values_list("subject", "made_at", "unit__name"):
        days[subject].add(at.astimezone(SHANGHAI).date())
        people[subject][unit] += 1
        called[subject] += 1
    return {
        subject: Reminded(
            len(some), max(some), dict(people[subject]), urged[subject], called[subject]
        )
        for subject, some in days.items()
    }


def _urged(
    subjects: list[str],
    days: dict[str, set[datetime.date]],
    people: dict[str, Counter[str]],
) -> Counter[str]:
    """How often each was in a letter; the days and whom it reached are added."""
    rows = UrgeItem.objects.filter(subject__in=subjects).order_by("subject", "pk")
    items = list(rows.values_list("subject", "part", "part__urge__made_at", "part__unit__name"))
    keys = {notices.urge_subject(part): part for _subject, part, _at, _unit in items}
    reached: dict[int, list[str]] = defaultdict(list)
    told = Notice.objects.filter(subject__in=keys).order_by("recipient")
    for key, name, username in told.values_list("subject", *NAMES):
        reached[keys[key]].append(name or username)
    for subject, part, at, unit in items:
        days[subject].add(at.astimezone(SHANGHAI).date())
        people[subject].update(reached[part] or [unit])
    return Counter(subject for subject, *_rest in items)
