"""Figures of units: lights of what they lead, whether they hand in on time, who has an account."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks import policy
from tasks.models import Period, Plan, PlanSide, ProgressReport, Responsibility, SnapshotRow
from tasks.services import snapshots
from tasks.services.asof import state_on
from tasks.services.first_filed import first_handed_in
from tasks.states import (
    REPORTED_STATES,
    LightWord,
    PlanStatus,
    ReportState,
    Role,
    TaskState,
)
from tracker.lib.charts import Chart, Series
from tracker.lib.workdays import SHANGHAI, Quarter
from units.models import Membership, Unit, User
from units.policy import scope as people_scope

QUARTERS_SHOWN = 8
WORDS = list(LightWord)
ACCOUNTS = [("with", gettext_lazy("有账号")), ("without", gettext_lazy("没有账号"))]


@dataclass
class UnitFigures:
    """What a unit has to do. `people` is None where the reader does not know its people."""

    lights: list[tuple[LightWord, int]] = field(default_factory=list)
    leads: int = 0
    cooperates: int = 0
    people: int | None = None


def figures_of(user: User, units: Iterable[Unit], today: datetime.date) -> dict[int, UnitFigures]:
    """By unit, in a constant number of queries. Duties in a draft plan are not counted."""
    ids = [unit.pk for unit in units]
    found = {pk: UnitFigures() for pk in ids}
    duties = Responsibility.objects.filter(unit__in=ids, task__plan__status=PlanStatus.ISSUED)
    lights: dict[int, Counter[int]] = defaultdict(Counter)
    lit: Any = duties.leads().with_light(today).order_by()
    for unit, rank, number in lit.values_list("unit", "light_rank").annotate(n=Count("pk")):
        lights[unit][rank] += number
    for unit, counts in lights.items():
        found[unit].lights = [(WORDS[rank], counts[rank]) for rank in sorted(counts)]
        found[unit].leads = counts.total()
    helping = duties.filter(role=Role.COOPERATING).order_by().values_list("unit")
    for unit, number in helping.annotate(n=Count("pk")):
        found[unit].cooperates = number
    _count_people(user, found, today)
    return found


def _count_people(user: User, found: dict[int, UnitFigures], today: datetime.date) -> None:
    known = units_known(user, found)
    for pk in known:
        found[pk].people = 0
    current = Membership.objects.current(today).filter(unit__in=known).order_by()
    for unit, number in current.values_list("unit").annotate(n=Count("user", distinct=True)):
        found[unit].people = number


def units_known(user: User, units: Iterable[int]) -> set[int]:
    """Units of which the reader may know the people, whether or not there are any."""
    return set(people_scope(user, "unit.people").filter(pk__in=units).values_list("pk", flat=True))


@dataclass(frozen=True)
class OverTime:
    """Reports by quarter as far as the reader may see them; `close` is that who knows 未报."""

    chart: Chart | None
    close: bool


def over_time(user: User, unit: Unit, today: datetime.date) -> OverTime:
    """How the unit handed in over the last quarters that fell due."""
    leads = Responsibility.objects.leads().filter(unit=unit, task__plan__status=PlanStatus.ISSUED)
    close = policy.scope(user, "handed_in.view").filter(unit=unit)
    if close.exists():
        return OverTime(_handed_in(leads.filter(pk__in=close.values("pk")), today), close=True)
    seen = policy.scope(user, "progress.view").filter(unit=unit)
    if not seen.exists():
        return OverTime(None, close=False)
    return OverTime(_approved(user, unit, today), close=False)


def _periods(leads: "Iterable[Responsibility]", today: datetime.date) -> list[Period]:
    plans = {lead.task.plan_id for lead in leads}
    due = Period.objects.filter(plan__in=plans, due_on__lt=today).newest_first()
    quarters = list(dict.fromkeys(period.as_quarter for period in due))[:QUARTERS_SHOWN]
    return [period for period in due if period.as_quarter in quarters]


def _handed_in(duties: object, today: datetime.date) -> Chart | None:
    """On time, late, returned, missing by quarter: of the sides from which a report was due."""
    leads = list(duties.select_related("task"))  # type: ignore[attr-defined]  # a queryset
    counts: dict[Quarter, Counter[str]] = defaultdict(Counter)
    for period, kind in _filings(leads, today):
        counts[period.as_quarter][kind] += 1
    quarters = sorted(counts)
    if not quarters:
        return None
    return Chart(
        kind="stacked",
        title=_("各季度报送情况"),
        categories=tuple(str(quarter) for quarter in quarters),
        series=(
            Series(_("按时报送"), _values(counts, quarters, "on_time"), "line-2"),
            Series(_("迟报"), _values(counts, quarters, "late"), "grey"),
            Series(_("已退回"), _values(counts, quarters, "returned"), "accent"),
            Series(_("未报"), _values(counts, quarters, "missing"), "ink"),
        ),
        unit=_("项"),
        head=_("季度"),
        note=_("只计已过截止日的季度。按时以首次报送为准；已关闭的季度以关闭时为准，补报不计。"),
    )


def _filings(leads: list[Responsibility], today: datetime.date) -> Iterator[tuple[Period, str]]:
    """Of each side in each quarter how it was filed, as the office's desk counts it."""
    periods = _periods(leads, today)
    filed = ProgressReport.objects.filter(responsibility__in=leads, period__in=periods)
    reports = {(one.responsibility_id, one.period_id): one for one in filed}
    first = first_handed_in(one for one in reports.values() if one.is_reported)
    kept = snapshots.states_of(leads, periods)
    for period in periods:
        for lead in leads:
            if lead.task.plan_id != period.plan_id:
                continue
            key = (lead.pk, period.pk)
            report, row = reports.get(key), kept.get(key)
            if row is not None and row.unit_id != lead.unit_id:
                continue  # another unit's quarter
            state, ended = _standing(lead, row, report, period.as_of(today))
            if state in REPORTED_STATES:
                at = first.get(report.pk, report.submitted_at) if report else None
                late = at is not None and at.astimezone(SHANGHAI).date() > period.due_on
                yield period, "late" if late else "on_time"
            elif not ended:
                yield period, "returned" if state else "missing"


def _standing(
    lead: Responsibility,
    row: SnapshotRow | None,
    report: ProgressReport | None,
    day: datetime.date,
) -> tuple[str, bool]:
    """The state of the report as offices know it, and whether none was due: `row`'s if closed."""
    if row is not None:
        return row.report_state, TaskState(row.state).is_ended
    known = report is not None and (report.is_reported or report.is_sent_back)
    filed = report.state if report and known else ""
    return filed, state_on(lead, None, day).is_ended


def _values(
    counts: dict[Quarter, Counter[str]], quarters: list[Quarter], kind: str
) -> tuple[float | None, ...]:
    return tuple(counts[quarter][kind] for quarter in quarters)


def _approved(user: User, unit: Unit, today: datetime.date) -> Chart | None:
    """What was approved, by quarter: for readers who do not know what is missing."""
    reports = policy.scope(user, "report.view").filter(
        responsibility__unit=unit, state=ReportState.APPROVED, period__due_on__lt=today
    )
    rows = reports.order_by().values_list("period__year", "period__quarter").annotate(n=Count("pk"))
    counts = {Quarter(year, quarter): number for year, quarter, number in rows}
    quarters = sorted(counts)[-QUARTERS_SHOWN:]
    if not quarters:
        return None
    return Chart(
        kind="bar",
        title=_("各季度已审核的进展"),
        categories=tuple(str(quarter) for quarter in quarters),
        series=(Series(_("已审核"), tuple(counts[q] for q in quarters), "accent"),),
        unit=_("项"),
        head=_("季度"),
    )


def sides_of(units: Iterable[Unit]) -> dict[int, list[str]]:
    """For which offices' sides each unit has duties, by the offices' names."""
    ids = [unit.pk for unit in units]
    pairs = (
        Responsibility.objects.filter(unit__in=ids)
        .order_by()
        .values_list("unit", "task__plan", "side")
        .distinct()
    )
    offices = {
        (side.plan_id, side.jurisdiction_id): side.office.name
        for side in PlanSide.objects.select_related("office")
    }
    found: dict[int, list[str]] = defaultdict(list)
    for unit, plan, side in pairs:
        name = offices.get((plan, side))
        if name and name not in found[unit]:
            found[unit].append(name)
    return found


def named_in(plan: Plan) -> Q:
    """Units that the plan names."""
    return Q(pk__in=Responsibility.objects.filter(task__plan=plan).order_by().values("unit"))


def with_accounts(user: User, which: str, today: datetime.date) -> Q:
    """Units in which somebody, or nobody, has a post: told to who may know the people alone."""
    held = Exists(Membership.objects.current(today).filter(unit=OuterRef("pk")))
    known = Q(pk__in=people_scope(user, "unit.people").values("pk"))
    return known & Q(held if which == "with" else ~held)


def with_duties() -> Q:
    """Units that some plan names."""
    return Q(pk__in=Responsibility.objects.order_by().values("unit"))
