"""Opening periods: a quarter opens by itself, also after the plan's end while tasks are open.

`kind_of` says whether, and as what, a side may report in one.
"""

import datetime
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks.models import Period, PeriodSide, Plan, Responsibility
from tasks.states import ReportKind, TaskState
from tracker.lib.workdays import Quarter, add_workdays, next_workday
from units.models import User
from units.services import audit


def opens_on(quarter: Quarter) -> datetime.date:
    """The 1st of the quarter's last month."""
    return quarter.last_day.replace(day=1)


def due_on(plan: Plan, quarter: Quarter) -> datetime.date:
    """The plan's day of the month after the quarter, or the next working day."""
    return next_workday(quarter.next.first_day.replace(day=plan.due_day))


def redo_by(period: Period, returned_on: datetime.date) -> datetime.date:
    """When a returned report is due again: never earlier than one that was not filed at all."""
    return max(period.due_on, add_workdays(returned_on, period.plan.redo_workdays))


def latest_open_quarter(today: datetime.date) -> Quarter:
    """The last quarter whose reporting has opened by `today`."""
    quarter = Quarter(today.year, (today.month + 2) // 3)
    return quarter if opens_on(quarter) <= today else quarter.previous


def build(plan: Plan, quarter: Quarter) -> Period:
    """A period of the plan with its dates, not saved."""
    opens, due = opens_on(quarter), due_on(plan, quarter)
    return Period(
        plan=plan,
        year=quarter.year,
        quarter=quarter.number,
        opens_on=opens,
        contributions_due_on=max(opens, add_workdays(due, -plan.contribution_workdays)),
        due_on=due,
        grace_until=add_workdays(due, plan.grace_workdays),
    )


def due_quarters(plan: Plan, first: Quarter | None, *, today: datetime.date) -> list[Quarter]:
    """Which quarters should be open by `today` and are not, were the plan tracked from `first`."""
    if first is None or not Responsibility.objects.open().filter(task__plan=plan).exists():
        return []
    known = {period.as_quarter for period in plan.periods.all()}
    last = latest_open_quarter(today)
    due: list[Quarter] = []
    quarter = first
    while quarter <= last:
        if quarter not in known:
            due.append(quarter)
        quarter = quarter.next
    return due


def due_periods(*, today: datetime.date) -> list[Period]:
    """What `open_due_periods` would open; nothing is saved."""
    return [
        build(plan, quarter)
        for plan in Plan.objects.tracked()
        for quarter in due_quarters(plan, plan.first_quarter, today=today)
    ]


@transaction.atomic
def open_due_periods(*, today: datetime.date, by: User | None = None) -> list[Period]:
    """Open what should be open by `today` for every tracked plan; returns the new ones.

    Running it again, or twice at once, opens nothing twice.
    """
    plans = Plan.objects.tracked().select_for_update(of=("self",))
    return [period for plan in plans for period in open_due_of(plan, today=today, by=by)]


def open_due_of(plan: Plan, *, today: datetime.date, by: User | None) -> list[Period]:
    """Open what is due of one plan, which the caller has locked."""
    opened = [build(plan, one) for one in due_quarters(plan, plan.first_quarter, today=today)]
    for period in opened:
        period.save()
        audit.record("period.open", period, by=by, after={"due_on": period.due_on})
    return opened


def kind_of(
    side: Responsibility, period: Period, today: datetime.date, *, closed: bool | None = None
) -> ReportKind:
    """As what the side may report in the period; ValidationError where it may not.

    Before 启用季度 it is a 补录; once the side's office has closed it, a 补报. `closed` is whether
    it has, where the caller knows that of many sides from `closed_sides`.
    """
    if period.plan_id != side.task.plan_id:
        raise ValidationError(_("填报期不属于该任务的方案。"))
    if period.opens_on > today:
        words = {"period": period, "day": period.opens_on.isoformat()}
        raise ValidationError(_("%(period)s尚未开放填报，%(day)s起填报。") % words)
    kind = _kind(side, period, closed)
    if TaskState(side.state).is_ended and not (
        kind != ReportKind.REGULAR and _went_on(side, period.as_quarter)
    ):
        raise ValidationError(
            _("该任务%(state)s，无须填报。") % {"state": side.get_state_display()}
        )
    return kind


def _kind(side: Responsibility, period: Period, closed: bool | None) -> ReportKind:
    first = side.task.plan.first_quarter
    if first is not None and period.as_quarter < first:
        return ReportKind.BACKFILL
    if period.closed_on is not None:
        return ReportKind.LATE
    if is_closed_for(side, period) if closed is None else closed:
        return ReportKind.LATE
    return ReportKind.REGULAR


def is_closed_for(side: Responsibility, period: Period) -> bool:
    """Whether the side's own office has closed the period, others perhaps not yet."""
    closed = PeriodSide.objects.filter(period=period, side=side.side_id, closed_at__isnull=False)
    return closed.exists()


def closed_sides(periods: Iterable[Period]) -> set[tuple[int, int | None]]:
    """Of open periods the (period, side) that their own offices have closed; one query."""
    ended = PeriodSide.objects.filter(period__in=list(periods), closed_at__isnull=False)
    return set(ended.values_list("period_id", "side_id"))


def _went_on(side: Responsibility, quarter: Quarter) -> bool:
    """Whether the side ended only after the quarter."""
    return side.state_since is not None and side.state_since > quarter.last_day
