"""What a unit's officer has before them today."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Min
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks import policy
from tasks.models import Period, Plan, PlanSide, ProgressReport, Responsibility
from tasks.models.duties import ResponsibilityQuerySet
from tasks.services import periods
from tasks.services.periods import closed_sides
from tasks.states import LightWord, PlanStatus, ReportState, TaskState
from tracker.lib.workdays import Quarter, quarter_of
from units.models import User
from units.policy import standing

SOON_DAYS = 7


class Urgency(models.TextChoices):
    """Why a report is before the officer, most urgent first."""

    RETURNED = "returned", gettext_lazy("已退回，须重报")
    OVERDUE = "overdue", gettext_lazy("已过报送截止日")
    SOON = "soon", gettext_lazy("七天内截止")
    OPEN = "open", gettext_lazy("其他待填报")


@dataclass(frozen=True)
class Duty:
    """One report that a unit owes for an open period.

    `last` is what the unit handed in before, `office` who receives; both as `told` reads them.
    """

    side: Responsibility
    period: Period
    report: ProgressReport | None
    last: ProgressReport | None = None
    office: str = ""

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
        """Still in the unit's hands, also when it is signed and not handed in."""
        return self.report is None or self.report.is_editable or self.state == ReportState.SIGNED

    @property
    def takes_no_news(self) -> bool:
        """本季度无新进展 can be said in one step: nothing is written yet, a percent is known."""
        return self.report is None and self.last is not None

    def pressing(self, today: datetime.date) -> Urgency:
        """Why it is before the officer."""
        if self.is_sent_back:
            return Urgency.RETURNED
        days = (self.due_on - today).days
        if days < 0:
            return Urgency.OVERDUE
        return Urgency.SOON if days < SOON_DAYS else Urgency.OPEN

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
    ended = closed_sides(p for some in opened.values() for p in some)
    found = [duty for duty in found if (duty.period.pk, duty.side.side_id) not in ended]
    return sorted(found, key=lambda duty: duty.urgency)


def told(duties: Iterable[Duty]) -> list[Duty]:
    """The duties with their last reports and receiving offices; a constant number of queries."""
    duties = list(duties)
    sides = {duty.side.pk for duty in duties}
    earlier: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    reported = ProgressReport.objects.reported().filter(responsibility__in=sides)
    rows = reported.values_list("responsibility_id", "period__year", "period__quarter", "pk")
    for side, year, quarter, pk in rows:
        earlier[side].append((year, quarter, pk))
    last_of = {
        (duty.side.pk, duty.period.pk): max(
            (r for r in earlier[duty.side.pk] if r[:2] < (duty.period.year, duty.period.quarter)),
            default=(0, 0, 0),
        )[2]
        for duty in duties
    }
    found = ProgressReport.objects.select_related("period").in_bulk(set(last_of.values()))
    plans = {duty.side.task.plan_id for duty in duties}
    offices = {
        (row.plan_id, row.jurisdiction_id): row.office.name
        for row in PlanSide.objects.filter(plan__in=plans).select_related("office")
    }
    return [
        replace(
            duty,
            last=found.get(last_of[duty.side.pk, duty.period.pk]),
            office=offices.get((duty.side.task.plan_id, duty.side.side_id or 0), _("协调办公室")),
        )
        for duty in duties
    ]


def by_urgency(duties: Iterable[Duty], today: datetime.date) -> list[tuple[Urgency, list[Duty]]]:
    """In groups, most urgent first; groups that have none are left out."""
    groups: dict[Urgency, list[Duty]] = {urgency: [] for urgency in Urgency}
    for duty in duties:
        groups[duty.pressing(today)].append(duty)
    return [(urgency, some) for urgency, some in groups.items() if some]


def own_lights(user: User, today: datetime.date) -> list[tuple[LightWord, int]]:
    """How many of the lead tasks of the person's units carry which light, worst first."""
    leads: Any = Responsibility.objects.leads().filter(
        unit__in=standing(user).units, task__plan__status=PlanStatus.ISSUED
    )
    rows = leads.with_light(today).order_by().values_list("light_rank")
    counts = Counter(dict(rows.annotate(number=Count("pk"))))
    return [(word, counts[word.rank]) for word in LightWord if counts[word.rank]]


@dataclass(frozen=True)
class Unsigned:
    """交办 that wait for the unit's 签收, and the first day by which."""

    number: int
    sign_by: datetime.date | None


def unsigned(user: User) -> Unsigned:
    """What the person's units have been handed out and not signed for."""
    waiting = policy.scope(user, "duty.sign_for").filter(unit__in=standing(user).units)
    found = waiting.aggregate(number=Count("pk"), sign_by=Min("assignment__sign_by"))
    return Unsigned(**found)


def _own_leads(user: User) -> ResponsibilityQuerySet:
    return Responsibility.objects.open().filter(pk__in=policy.scope(user, "report.edit"))


def next_opening(user: User, today: datetime.date) -> tuple[Quarter, datetime.date] | None:
    """The quarter that opens next for the person's units, and its first day; None if none will."""
    plans = Plan.objects.tracked().filter(tasks__responsibilities__in=_own_leads(user)).distinct()
    return opens_next(plans, today)


def opens_next(plans: Iterable[Plan], today: datetime.date) -> tuple[Quarter, datetime.date] | None:
    firsts = [plan.first_quarter for plan in plans if plan.first_quarter]
    if not firsts:
        return None
    present = quarter_of(today)
    if periods.opens_on(present) <= today:
        present = present.next
    quarter = max(present, min(firsts))
    return quarter, periods.opens_on(quarter)


def why_not(
    side: Responsibility, quarter: Quarter, period: Period | None, today: datetime.date
) -> str:
    """Why nothing can be reported for the quarter, in a sentence; empty when it can."""
    if period is None:
        state = TaskState(side.state)
        if state.is_ended:
            return _("该任务%(state)s，无须填报。") % {"state": state.label}
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
    try:
        periods.kind_of(side, period, today)
    except ValidationError as error:
        return error.messages[0]
    return ""
