"""启用: from which quarter a plan is tracked, and from which day it reminds."""

import datetime
from dataclasses import dataclass

from django.db import transaction

from tasks.models import Period, Plan
from tasks.services.periods import latest_open_quarter, open_due_periods
from tasks.states import PlanStatus
from tracker.lib.workdays import Quarter, quarter_of
from units.models import User
from units.services import audit


@dataclass(frozen=True)
class Tracking:
    """What was started: plans set, periods opened; `kept` plans do not follow what was asked."""

    plans: list[Plan]
    periods: list[Period]
    kept: list[Plan]
    next_quarter: Quarter | None


@transaction.atomic
def start_tracking(
    *,
    first: Quarter | None = None,
    reminders_from: datetime.date | None = None,
    today: datetime.date,
    by: User | None = None,
) -> Tracking:
    """Set 启用季度 and the reminders' first day of issued plans; open due periods.

    Without `first` it is the present quarter, without `reminders_from` today. No plan is tracked
    before the quarter in which it starts. Running it again sets nothing twice; another start is
    taken while a plan has no period yet, and afterwards kept.
    """
    started: list[Plan] = []
    kept: list[Plan] = []
    issued = Plan.objects.filter(status=PlanStatus.ISSUED).order_by("pk")
    for plan in issued.select_for_update(of=("self",)):
        values = _wanted(plan, first, reminders_from, today)
        if values and plan.tracked_from and plan.periods.exists():
            kept.append(plan)
        elif values:
            before, after = audit.changes(plan, values)
            for name, value in values.items():
                setattr(plan, name, value)
            plan.save(update_fields=[*values])
            audit.record("plan.track", plan, by=by, before=before, after=after)
            started.append(plan)
    opened = open_due_periods(today=today, by=by)
    return Tracking(started, opened, kept, _next_quarter(today))


def _wanted(
    plan: Plan, first: Quarter | None, reminders_from: datetime.date | None, today: datetime.date
) -> dict[str, object]:
    """Return what differs from what was asked, or is missing."""
    values: dict[str, object] = {}
    if first or not plan.tracked_from:
        quarter = first or quarter_of(today)
        if plan.starts_on is not None:
            quarter = max(quarter, quarter_of(plan.starts_on))
        values["tracked_from"] = str(quarter)
    if reminders_from or plan.reminders_from is None:
        values["reminders_from"] = reminders_from or today
    return {name: value for name, value in values.items() if getattr(plan, name) != value}


def _next_quarter(today: datetime.date) -> Quarter | None:
    """Return the first quarter that is still to open for some tracked plan."""
    firsts = [plan.first_quarter for plan in Plan.objects.tracked()]
    coming = latest_open_quarter(today).next
    return min((max(first, coming) for first in firsts if first), default=None)
