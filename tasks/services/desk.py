"""What a person has before them today: reads for the workbench."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Period, Plan, PlanSide, ProgressReport, Responsibility
from tasks.models.tasks import ResponsibilityQuerySet
from tasks.services import periods
from tasks.states import LATE_WORDS, LightWord, ReportState, TaskState
from tracker.lib.figures import percent_of
from tracker.lib.workdays import Quarter, quarter_of
from units.models import Jurisdiction, Unit, User, codes_below
from units.policy import standing


@dataclass(frozen=True)
class Duty:
    """One report that a unit owes for an open period."""

    side: Responsibility
    period: Period
    report: ProgressReport | None

    @property
    def due_on(self) -> datetime.date:
        """A returned report is due again on a day of its own."""
        return (self.report.redo_by if self.report else None) or self.period.due_on

    @property
    def state(self) -> ReportState | None:
        """None is 未报."""
        return ReportState(self.report.state) if self.report else None

    @property
    def is_sent_back(self) -> bool:
        """已退回, also while it is being mended."""
        return self.report is not None and self.report.is_sent_back

    @property
    def is_open(self) -> bool:
        """Still in the unit's hands."""
        return self.report is None or self.report.is_editable

    @property
    def urgency(self) -> tuple[datetime.date, int, int]:
        return self.due_on, self.side.task.plan_id, self.side.task.number


def duties(user: User, today: datetime.date) -> list[Duty]:
    """All that the person may report in periods now open, most urgent first."""
    sides = list(_own_leads(user).select_related("task__plan", "unit", "side"))
    plans = {side.task.plan_id for side in sides}
    opened: dict[int, list[Period]] = defaultdict(list)
    for period in Period.objects.is_open(today).filter(plan__in=plans):
        opened[period.plan_id].append(period)
    filed = {
        (report.responsibility_id, report.period_id): report
        for report in ProgressReport.objects.filter(
            responsibility__in=sides, period__in=[p for some in opened.values() for p in some]
        )
    }
    found = [
        Duty(side, period, filed.get((side.pk, period.pk)))
        for side in sides
        for period in opened[side.task.plan_id]
    ]
    return sorted(found, key=lambda duty: duty.urgency)


def _own_leads(user: User) -> ResponsibilityQuerySet:
    return Responsibility.objects.open().filter(pk__in=policy.scope(user, "report.edit"))


def next_opening(user: User, today: datetime.date) -> tuple[Quarter, datetime.date] | None:
    """The quarter that opens next for the person's units, and its first day; None if none will."""
    plans = Plan.objects.tracked().filter(tasks__responsibilities__in=_own_leads(user)).distinct()
    return _opens_next(plans, today)


def _opens_next(
    plans: Iterable[Plan], today: datetime.date
) -> tuple[Quarter, datetime.date] | None:
    firsts = [plan.first_quarter for plan in plans if plan.first_quarter]
    if not firsts:
        return None
    present = quarter_of(today)
    if periods.opens_on(present) <= today:
        present = present.next
    quarter = max(present, min(firsts))
    return quarter, periods.opens_on(quarter)


@dataclass(frozen=True)
class Missing:
    """A unit that has not reported all of its tasks: none of `sides` has ever been handed in."""

    unit: Unit
    sides: list[Responsibility]


@dataclass(frozen=True)
class SideOverview:
    """One side of a plan as its office sees it. `words` counts lights of its lead rows.

    What is expected is reported, returned (`sent_back`, by day), or missing. `next` is the
    quarter that opens next, with its first day, where none is open.
    """

    side: PlanSide
    period: Period | None
    expected: int
    reported: int
    sent_back: list[Duty]
    missing: list[Missing]
    words: Counter[LightWord]
    next: tuple[Quarter, datetime.date] | None = None

    @property
    def percent(self) -> int:
        return percent_of(self.reported, self.expected)

    @property
    def unreported(self) -> int:
        return sum(len(row.sides) for row in self.missing)

    @property
    def lights(self) -> list[tuple[LightWord, int]]:
        """Counts worst first; 逾期 and 期满未办结 always, others where there are any."""
        return [(w, self.words[w]) for w in LightWord if w in LATE_WORDS or self.words[w]]


def overviews(user: User, today: datetime.date) -> list[SideOverview]:
    """The sides that the person's offices coordinate, with their newest open quarter."""
    who = standing(user)
    sides = PlanSide.objects.filter(plan__in=Plan.objects.tracked())
    if not who.superuser:
        sides = sides.filter(office__in=who.offices)
    return [
        _overview(side, today) for side in sides.select_related("plan", "jurisdiction", "office")
    ]


def _overview(side: PlanSide, today: datetime.date) -> SideOverview:
    leads = list(
        Responsibility.objects.leads()
        .filter(task__plan=side.plan_id, side=side.jurisdiction_id)
        .with_light(today)
        .select_related("task__plan", "unit")
        .order_by("unit__order", "task__number")
    )
    period = Period.objects.is_open(today).filter(plan=side.plan_id).newest_first().first()
    expected = [lead for lead in leads if not TaskState(lead.state).is_ended] if period else []
    filed = {
        report.responsibility_id: report
        for report in ProgressReport.objects.filter(period=period, responsibility__in=expected)
        if report.is_reported or report.is_sent_back
    }
    back = [
        Duty(lead, period, filed[lead.pk])
        for lead in expected
        if period and lead.pk in filed and filed[lead.pk].is_sent_back
    ]
    return SideOverview(
        side=side,
        period=period,
        expected=len(expected),
        reported=len(filed) - len(back),
        sent_back=sorted(back, key=lambda duty: duty.urgency),
        missing=_by_unit(lead for lead in expected if lead.pk not in filed),
        words=Counter(lead.light_word(today) for lead in leads),
        next=None if period else _opens_next([side.plan], today),
    )


def _by_unit(sides: Iterable[Responsibility]) -> list[Missing]:
    grouped: dict[Unit, list[Responsibility]] = {}
    for side in sides:
        grouped.setdefault(side.unit, []).append(side)
    return [Missing(unit, some) for unit, some in grouped.items()]


def late_sides(user: User, today: datetime.date) -> list[Responsibility]:
    """What is late in the places that the person inspects, longest first."""
    who = standing(user)
    late = Responsibility.objects.late(today).with_light(today)
    if not who.superuser:
        places = Jurisdiction.objects.filter(codes_below(who.inspected))
        late = late.filter(side__in=places)
    rows = late.select_related("task__plan", "unit", "side")
    return sorted(rows, key=lambda side: (side.due_on_in_force or today, side.task_id, side.order))


def why_not(
    side: Responsibility, quarter: Quarter, period: Period | None, today: datetime.date
) -> str:
    """Why nothing can be reported for the quarter, in a sentence; empty when it can."""
    state = TaskState(side.state)
    if state.is_ended:
        return _("该任务%(state)s，无须填报。") % {"state": state.label}
    if period is None:
        if quarter > periods.latest_open_quarter(today) and side.task.plan.first_quarter:
            day = periods.opens_on(quarter)
            return _("%(period)s尚未开放填报，%(day)s起填报。") % {
                "period": quarter.label,
                "day": day.isoformat(),
            }
        return _("%(plan)s没有%(period)s的填报期。") % {
            "plan": side.task.plan.name,
            "period": quarter.label,
        }
    if period.closed_on:
        return _("%(period)s已于%(day)s关闭，不能再填报。") % {
            "period": period,
            "day": period.closed_on.isoformat(),
        }
    if not period.is_open(today):
        return _("%(period)s尚未开放填报，%(day)s起填报。") % {
            "period": period,
            "day": period.opens_on.isoformat(),
        }
    return ""
