"""Roll-ups: sides of tasks counted by light, by state and by whether they have reported.

Each line is of one side of plans and one kind of task, joint or a place's own: a mean is taken
within a line alone, and says of how many sides no figure is known. Counted in SQL, in the same
few queries whatever there is; tests hold it to a plain recount and to the quarterly book.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from tasks import policy
from tasks.models import Action, Plan, PlanSide, ProgressReport, Responsibility
from tasks.services.tally import grouped
from tasks.states import REPORTED_STATES, LightWord, ReportState, TaskState
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Unit, User

WORDS = list(LightWord)


class By(models.TextChoices):
    """What lines are gathered by."""

    PLAN = "plan", _("按方案")
    ACTION = "action", _("按行动")
    SIDE = "side", _("按所属方")
    UNIT = "unit", _("按牵头单位")
    JURISDICTION = "jurisdiction", _("按单位所在地")


class Kind(models.TextChoices):
    """Tasks that several sides have together, and those of one place."""

    JOINT = "joint", _("联合任务")
    PLACE = "place", _("本地任务")


KEYS = {
    By.PLAN: "task__plan_id",
    By.ACTION: "task__action_id",
    By.SIDE: "side_id",
    By.UNIT: "unit_id",
    By.JURISDICTION: "unit__jurisdiction_id",
}
MODELS: dict[By, Any] = {
    By.PLAN: Plan,
    By.ACTION: Action,
    By.SIDE: Jurisdiction,
    By.UNIT: Unit,
    By.JURISDICTION: Jurisdiction,
}


@dataclass
class Line:
    """Counts over the sides of one line. What the reader may not know of is counted apart."""

    side: Jurisdiction | None = None
    kind: Kind | None = None
    sides: int = 0
    words: Counter[LightWord] = field(default_factory=Counter)
    states: Counter[TaskState] = field(default_factory=Counter)
    told: int = 0  # of these the reader knows what is approved
    close: int = 0  # and of these what is handed in
    expected: int = 0
    approved: int = 0
    submitted: int = 0
    sent_back: int = 0
    expected_close: int = 0
    figures: int = 0
    points: int = 0

    def add(self, found: "_Found") -> None:
        """Count one more group of sides."""
        n, approved = found.number, found.filing == ReportState.APPROVED
        submitted = found.filing == ReportState.SUBMITTED
        due = n if approved or submitted or not found.state.is_ended else 0
        self.sides += n
        if found.word is not None:
            self.words[found.word] += n
        self.states[found.state] += n
        if not found.told:
            return
        self.told += n
        self.figures += found.figures
        self.points += found.points
        self.expected += due
        self.approved += n * approved
        if found.close:
            self.close += n
            self.expected_close += due
            self.submitted += n * submitted
            self.sent_back += n * (found.filing == ReportState.RETURNED)

    @property
    def knows_filing(self) -> bool:
        """Whether the reader learns of all that is counted what was handed in."""
        return self.close == self.told > 0

    @property
    def reported(self) -> int | None:
        """已报, 待审核 included; None where that is not the reader's to know."""
        return self.approved + self.submitted if self.knows_filing else None

    @property
    def returned(self) -> int | None:
        return self.sent_back if self.knows_filing else None

    @property
    def mean(self) -> Decimal | None:
        """The mean of what is approved, to a tenth; None over several sides or without figures."""
        if self.kind is None or not self.figures:
            return None
        tenth = Decimal(self.points) / self.figures
        return tenth.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

    @property
    def without(self) -> int:
        """Sides left out of the mean: nothing is approved yet."""
        return self.told - self.figures

    @property
    def hidden(self) -> int:
        """Sides left out of it: their progress is not the reader's to know."""
        return self.sides - self.told


@dataclass(frozen=True)
class Group:
    """An action, plan, side, unit or place, with a line for each side and kind of task."""

    row: Any  # None for what has no side or place
    lines: list[Line]
    total: Line


@dataclass(frozen=True)
class Rollup:
    by: By
    quarter: Quarter
    groups: list[Group]
    lines: list[Line]  # of everything
    total: Line

    @property
    def words(self) -> list[LightWord]:
        """The words that occur, worst first."""
        return [word for word in WORDS if self.total.words[word]]

    @property
    def states(self) -> list[TaskState]:
        return [state for state in TaskState if self.total.states[state]]


@dataclass(frozen=True)
class _Found:
    """A row of the grouped query."""

    key: int | None
    side: int | None
    joint: bool
    word: LightWord | None
    state: TaskState
    told: bool
    close: bool
    filing: str
    number: int
    figures: int
    points: int


def build(
    user: User,
    by: By,
    *,
    today: datetime.date,
    quarter: Quarter,
    plan: Plan | None = None,
    narrowed: Any = None,
) -> Rollup:
    """The roll-up of tracked plans, or of one; `narrowed` are lead rows to keep to."""
    sides = Responsibility.objects.leads() if narrowed is None else narrowed
    plans = Plan.objects.tracked() if plan is None else [plan.pk]
    found = _count(user, by, sides.filter(task__plan__in=plans), today, quarter)
    rows = _rows(by, {one.key for one in found if one.key is not None})
    places = Jurisdiction.objects.in_bulk({one.side for one in found if one.side is not None})
    by_key: dict[int | None, list[_Found]] = defaultdict(list)
    for one in found:
        by_key[one.key].append(one)
    order = [*(key for key in rows if key in by_key), *(key for key in by_key if key not in rows)]
    groups = [
        Group(rows.get(key or 0), _lines(by_key[key], places), _total(by_key[key])) for key in order
    ]
    return Rollup(by, quarter, groups, _lines(found, places), _total(found))


def _rows(by: By, keys: Iterable[int]) -> dict[int, Any]:
    """What the lines are gathered by, in its own order."""
    rows = MODELS[by].objects.filter(pk__in=list(keys))
    if by == By.ACTION:
        rows = rows.select_related("plan")
    return {row.pk: row for row in rows}


def _lines(found: Iterable[_Found], places: dict[int, Jurisdiction]) -> list[Line]:
    lines: dict[tuple[str, bool], Line] = {}
    for one in found:
        place = places.get(one.side or 0)
        key = (place.code if place else "~", not one.joint)
        kind = Kind.JOINT if one.joint else Kind.PLACE
        lines.setdefault(key, Line(side=place, kind=kind)).add(one)
    return [lines[key] for key in sorted(lines)]


def _total(found: Iterable[_Found]) -> Line:
    total = Line()
    for one in found:
        total.add(one)
    return total


def _count(user: User, by: By, sides: Any, today: datetime.date, quarter: Quarter) -> list[_Found]:
    """The sides, counted by everything that a line tells."""
    report = ProgressReport.objects.filter(
        responsibility=OuterRef("pk"), quarter_index=quarter.index
    )
    told, close = (
        Exists(policy.scope(user, verb).filter(pk=OuterRef("pk")))
        for verb in ("progress.view", "handed_in.view")
    )
    joint = PlanSide.objects.values("plan").annotate(n=Count("pk")).filter(n__gt=1)
    rows = (
        sides.with_light(today)
        .alias(
            r_report=Subquery(report.values("state")[:1]),
            r_back=Exists(report.sent_back()),
        )
        .order_by()
        .values(
            r_key=F(KEYS[by]),
            r_side=F("side_id"),
            r_joint=Case(When(task__plan__in=joint.values("plan"), then=True), default=False),
            r_light=F("light_rank"),
            r_state=F("state"),
            r_told=told,
            r_close=close,
            r_filing=Case(
                When(r_report=ReportState.APPROVED, then=Value(ReportState.APPROVED)),
                When(Q(r_back=True), then=Value(ReportState.RETURNED)),
                When(r_report__in=REPORTED_STATES, then=Value(ReportState.SUBMITTED)),
                default=Value(""),
            ),
            r_percent=F("percent"),
        )
    )
    keys = ("key", "side", "joint", "light", "state", "told", "close", "filing")
    return [_found(*row) for row in grouped(rows, [f"r_{key}" for key in keys], "r_percent")]


def _found(
    key: int | None,
    side: int | None,
    joint: bool,
    light: int | None,
    state: str,
    told: bool,
    close: bool,
    filing: str,
    number: int,
    figures: int,
    points: int | None,
) -> _Found:
    word = None if light is None else WORDS[light]
    # Before approval a report is known to those alone who read what is handed in.
    known = filing if told and (close or filing == ReportState.APPROVED) else ""
    return _Found(
        key, side, joint, word, TaskState(state), told, close, known, number, figures, points or 0
    )
