"""提醒效果: when the reports of a quarter came in, and after which reminder.

Of each report that was due counts the day on which it was first handed in. What was told of it
until then are the notices of its due date; that it was told to a signer or the office is called
escalated. One statement counts by unit, by side and in all, however many reports there are;
a closed quarter's base is its snapshot's. Tests hold it to a plain recount.
"""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from tasks import policy
from tasks.models import (
    Period,
    PeriodSide,
    PlanSide,
    ProgressReport,
    Responsibility,
    Snapshot,
    SnapshotRow,
)
from tasks.services.notices import report_subject
from tasks.states import ENDED_STATES, REPORTED_STATES, NoticeState
from tracker.lib.workdays import ONE_DAY, SHANGHAI
from units.models import AuditEntry, Unit, User

RULES = ("report_due", "report_overdue")  # of the first handing in; a return is told apart
SIGNER, OFFICE = "report.sign", "report.review"
MOMENT = DateTimeField()

# Grouped at once by unit, by side and in all, each also by the step told last.
COUNT = """
WITH facts (duty, unit, name, side, first, closed) AS (%(facts)s),
came AS (
    SELECT f.duty, f.unit, f.name, f.side, f.day, CASE
        WHEN f.first IS NULL THEN 'never' WHEN f.first >= f.closed THEN 'later'
        WHEN f.day < %%s THEN 'early' WHEN f.day = %%s THEN 'on day' ELSE 'after' END AS kind
    FROM (SELECT facts.*, (first AT TIME ZONE %%s)::date AS day FROM facts) AS f
),
told AS (
    SELECT came.duty, min(n.made_on) AS first_on, max(n.made_on) AS last_on,
        (array_agg(n.step ORDER BY n.made_on DESC, n.step DESC))[1] AS step,
        bool_or(n.params ->> 'verb' = %%s) AS signer, bool_or(n.params ->> 'verb' = %%s) AS office
    FROM came JOIN tasks_notice AS n ON n.subject = %%s || came.duty || %%s
        AND n.rule = ANY (%%s) AND n.state <> %%s AND n.made_on <= came.day
    WHERE kind IN ('early', 'on day', 'after')
    GROUP BY came.duty
)
SELECT side, unit, min(name), grouping(step) = 0, step, count(*),
    count(*) FILTER (WHERE kind = 'early'), count(*) FILTER (WHERE kind = 'on day'),
    count(*) FILTER (WHERE kind = 'after'), count(*) FILTER (WHERE kind = 'later'),
    count(*) FILTER (WHERE kind = 'never'), count(first_on),
    count(*) FILTER (WHERE signer), count(*) FILTER (WHERE office),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY day - first_on),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY day - last_on)
FROM came LEFT JOIN told USING (duty)
GROUP BY GROUPING SETS ((side, unit), (side), (), (side, unit, step), (side, step), (step))
"""


@dataclass
class Line:
    """The reports of a unit, a side, or all of them.

    `expected` is the sum of the next five. `told` came in after some reminder, `steps` says after
    which one last, by working days from the due date (None: before any); `signer` and `office`
    came in after those had been told. Medians are calendar days from reminder to handing in.
    """

    expected: int = 0
    early: int = 0
    on_day: int = 0
    after: int = 0
    later: int = 0
    never: int = 0
    told: int = 0
    signer: int = 0
    office: int = 0
    since_first: float | None = None
    since_last: float | None = None
    steps: dict[int | None, int] = field(default_factory=dict)

    @property
    def came(self) -> int:
        """How many came in while the quarter was open."""
        return self.early + self.on_day + self.after


@dataclass(frozen=True)
class UnitLine:
    """A unit, with its name of the closing where the quarter is closed."""

    id: int
    name: str
    line: Line


@dataclass(frozen=True)
class SideEffect:
    """A side with its units, in the order of 机构序列."""

    side: PlanSide
    units: list[UnitLine]
    line: Line


@dataclass(frozen=True)
class Effect:
    """A quarter of a plan, as far as the reader has its sides."""

    period: Period
    sides: list[SideEffect]
    line: Line

    @property
    def steps(self) -> list[int | None]:
        """The steps after which something came in: none first, then in their order."""
        return sorted(self.line.steps, key=lambda step: (step is not None, step or 0))


def sides_of(user: User, period: Period) -> list[PlanSide]:
    """The sides of the period's plan whose effect the person reads."""
    sides = policy.scope(user, "effect.view").filter(plan=period.plan_id)
    return list(sides.select_related("jurisdiction", "office").order_by("order"))


def build(period: Period, sides: Sequence[PlanSide]) -> Effect:
    """Count. Three queries, whatever there is."""
    lines: dict[tuple[int | None, int | None], Line] = defaultdict(Line)
    names: dict[int, str] = {}
    for side, unit, name, of_step, step, *figures in _counted(period, sides):
        line = lines[side, unit]
        if of_step:
            if came := sum(figures[1:4]):
                line.steps[step] = came
            continue
        *counts, first, last = figures
        told = Line(*counts)
        told.since_first, told.since_last, told.steps = first, last, line.steps
        lines[side, unit] = told
        if unit is not None:
            names[unit] = name
    order = list(Unit.objects.filter(pk__in=names).values_list("pk", flat=True))
    return Effect(
        period,
        [_side(side, order, names, lines) for side in sides],
        lines[None, None],
    )


def _side(
    side: PlanSide,
    order: Sequence[int],
    names: dict[int, str],
    lines: dict[tuple[int | None, int | None], Line],
) -> SideEffect:
    place = side.jurisdiction_id
    own = [UnitLine(pk, names[pk], lines[place, pk]) for pk in order if (place, pk) in lines]
    return SideEffect(side, own, lines[place, None])


def _counted(period: Period, sides: Sequence[PlanSide]) -> list[tuple[Any, ...]]:
    """By side and unit, and by these and the step; what is grouped over stands as null."""
    facts, params = _facts(period, sides).query.sql_with_params()
    before, after = report_subject(0, period.code).split("0", 1)
    came = (period.due_on, period.due_on, str(SHANGHAI))
    told = (SIGNER, OFFICE, before, after, list(RULES), NoticeState.DROPPED.value)
    with connection.cursor() as cursor:
        cursor.execute(COUNT % {"facts": facts}, [*params, *came, *told])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _facts(period: Period, sides: Sequence[PlanSide]) -> Any:
    """A row for each report that was due: whose, when it first came, when its side was closed."""
    places = [side.jurisdiction_id for side in sides]
    kept = Snapshot.objects.in_force().filter(period=period).values_list("pk", flat=True).first()
    if kept is not None:
        rows: Any = SnapshotRow.objects.filter(snapshot=kept, side__in=places)
        rows = rows.exclude(~Q(report_state__in=REPORTED_STATES), state__in=ENDED_STATES)
        duty, name = "responsibility_id", "unit_name"
    else:
        rows = Responsibility.objects.leads().filter(task__plan=period.plan_id, side__in=places)
        rows = rows.exclude(~Exists(_reports(period, "pk").reported()), _had_ended(period))
        duty, name = "pk", "unit__name"
    report = _reports(period, duty)
    closing = PeriodSide.objects.filter(period=period, side=OuterRef("side_id"))
    return (
        rows.order_by()
        .alias(f_report=Subquery(report.values("pk")))
        .values_list(
            F(duty),
            F("unit_id"),
            F(name),
            F("side_id"),
            Coalesce(Subquery(_handed_in()), Subquery(report.values("submitted_at"))),
            Coalesce(Subquery(closing.values("closed_at")), Value(_closed(period), MOMENT)),
        )
    )


def _reports(period: Period, duty: str) -> Any:
    return ProgressReport.objects.filter(period=period, responsibility=OuterRef(duty))


def _had_ended(period: Period) -> Q:
    """Nothing was due of it: now, or when its quarter was closed."""
    ended = Q(state__in=ENDED_STATES)
    if period.closed_on is None:
        return ended
    return ended & (Q(state_since=None) | Q(state_since__lte=period.closed_on))


def _handed_in() -> Any:
    """The first handing in: a report that was returned keeps its day."""
    entries = AuditEntry.objects.filter(
        verb="report.submit",
        object_type=ProgressReport._meta.label_lower,
        object_id=Cast(OuterRef("f_report"), CharField()),
    )
    return entries.order_by("at").values("at")[:1]


def _closed(period: Period) -> datetime.datetime | None:
    """When a period ended that was closed as a whole; what comes then is a 补报."""
    if period.closed_on is None:
        return None
    return datetime.datetime.combine(period.closed_on + ONE_DAY, datetime.time(), tzinfo=SHANGHAI)
