"""补录: quarters before 启用季度, offered by an office, filled in later, without reminders.

Such a quarter is entered closed, as of the last day of its grace: nothing in it is due.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Period, Plan
from tasks.services.editing import locked_plan
from tasks.services.periods import build
from tasks.states import PeriodState
from tracker.lib.workdays import Quarter, quarter_of
from units.models import User
from units.services import audit

MOST = 40  # quarters at once: ten years


def offered(plan: Plan) -> list[Quarter]:
    """The quarters before 启用季度, from the plan's begin, that are not there yet; newest first."""
    first = plan.first_quarter
    if first is None or plan.starts_on is None:
        return []
    known = {period.as_quarter for period in plan.periods.all()}
    quarters: list[Quarter] = []
    quarter = first.previous
    while quarter >= quarter_of(plan.starts_on) and len(quarters) < MOST:
        if quarter not in known:
            quarters.append(quarter)
        quarter = quarter.previous
    return quarters


@transaction.atomic
def offer(plan: Plan, since: Quarter, *, by: User) -> list[Period]:
    """Let units fill in the quarters from `since` up to 启用季度; PermissionDenied."""
    if not policy.can(by, "period.backfill", plan):
        raise PermissionDenied
    plan = locked_plan(plan, by=by)
    wanted = [quarter for quarter in offered(plan) if quarter >= since]
    if since not in wanted:
        words = {"quarter": since.label}
        raise ValidationError({"since": _("%(quarter)s不在可补录的季度之内。") % words})
    made = []
    for quarter in sorted(wanted):
        period = build(plan, quarter)
        period.state, period.closed_on = PeriodState.CLOSED, period.grace_until
        period.save()
        audit.record("period.backfill", period, by=by, after={"period": period.code})
        made.append(period)
    return made
