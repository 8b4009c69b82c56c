"""What a unit's officer has before them today."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Period, Plan, ProgressReport, Responsibility
from tasks.models.tasks import ResponsibilityQuerySet
from tasks.services import periods
from tasks.states import ReportState, TaskState
from tracker.lib.workdays import Quarter, quarter_of
from units.models import User


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
