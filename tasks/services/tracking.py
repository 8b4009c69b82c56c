"""启用: from which quarter a plan is tracked, and from which day it reminds."""

import datetime
from dataclasses import dataclass

from django.db import transaction

from tasks.models import Period, Plan
from tasks.services.periods import open_due_periods
from tasks.states import PlanStatus
from tracker.lib.workdays import Quarter, quarter_of
from units.models import User
from units.services import audit


@dataclass(frozen=True)
class Tracking:
    """What was started: plans set, periods opened."""

    plans: list[Plan]
    periods: list[Period]


@transaction.atomic
def start_tracking(
    *,
    first: Quarter | None = None,
    reminders_from: datetime.date | None = None,
    today: datetime.date,
    by: User | None = None,
) -> Tracking:
    """Set 启用季度 and the reminders' first day where issued plans have none; open due periods.

    Without `first` it is the present quarter, without `reminders_from` today. No plan is tracked
    before the quarter in which it starts. Running it again sets nothing twice.
    """
    started: list[Plan] = []
    issued = Plan.objects.filter(status=PlanStatus.ISSUED).order_by("pk")
    for plan in issued.select_for_update(of=("self",)):
        values: dict[str, object] = {}
        if not plan.tracked_from:
            quarter = first or quarter_of(today)
            if plan.starts_on is not None:
                quarter = max(quarter, quarter_of(plan.starts_on))
            values["tracked_from"] = str(quarter)
        if plan.reminders_from is None:
            values["reminders_from"] = reminders_from or today
        if values:
            before, after = audit.changes(plan, values)
            for name, value in values.items():
                setattr(plan, name, value)
            plan.save(update_fields=[*values])
            audit.record("plan.track", plan, by=by, before=before, after=after)
            started.append(plan)
    return Tracking(started, open_due_periods(today=today, by=by))
