"""Opening periods: a quarter opens by itself, also after the plan's end while tasks are open."""

import datetime

from django.db import transaction

from tasks.models import Period, Plan, Responsibility
from tracker.lib.workdays import Quarter, add_workdays, next_workday
from units.models import User
from units.services import audit

DUE_DAY = 10  # of the month after the quarter
GRACE_WORKDAYS = 5
REDO_WORKDAYS = 3


def opens_on(quarter: Quarter) -> datetime.date:
    """The 1st of the quarter's last month."""
    return quarter.last_day.replace(day=1)


def due_on(quarter: Quarter) -> datetime.date:
    """The 10th after the quarter, or the next working day."""
    return next_workday(quarter.next.first_day.replace(day=DUE_DAY))


def redo_by(period: Period, returned_on: datetime.date) -> datetime.date:
    """When a returned report is due again: never earlier than one that was not filed at all."""
    return max(period.due_on, add_workdays(returned_on, REDO_WORKDAYS))


def latest_open_quarter(today: datetime.date) -> Quarter:
    """The last quarter whose reporting has opened by `today`."""
    quarter = Quarter(today.year, (today.month + 2) // 3)
    return quarter if opens_on(quarter) <= today else quarter.previous


def build(plan: Plan, quarter: Quarter) -> Period:
    """A period of the plan with its dates, not saved."""
    due = due_on(quarter)
    return Period(
        plan=plan,
        year=quarter.year,
        quarter=quarter.number,
        opens_on=opens_on(quarter),
        due_on=due,
        grace_until=add_workdays(due, GRACE_WORKDAYS),
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
