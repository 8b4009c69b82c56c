"""Plans to choose from: all of them, or, where there are too many for a list, one's own first."""

from typing import Any

from django.db.models import Case, Q, Value, When

from tasks.models import Plan, PlanSide, Responsibility
from units.models import Jurisdiction
from units.policy import standing

MOST_PLANS = 60


def mine(user: Any) -> Q:
    """Plans in which the person's offices, units or places inspected have a part."""
    who = standing(user)
    found = Q(pk__in=PlanSide.objects.filter(office__in=who.offices).values("plan"))
    if who.units:
        led = Responsibility.objects.leads().filter(unit__in=who.units)
        found |= Q(pk__in=led.values("task__plan"))
    if who.inspected:
        places = Jurisdiction.objects.filter(code__in=who.inspected)
        found |= Q(pk__in=PlanSide.objects.filter(jurisdiction__in=places).values("plan"))
    return found


def plans_offered(user: Any, plans: Any) -> list[Plan]:
    """The plans in their order; of more than `MOST_PLANS` so many, one's own first."""
    rows = list(plans[: MOST_PLANS + 1])
    if len(rows) <= MOST_PLANS:
        return rows
    own_first = Case(When(mine(user), then=Value(0)), default=Value(1))
    order = plans.query.order_by or Plan._meta.ordering or ()
    return list(plans.order_by(own_first, *order)[:MOST_PLANS])
