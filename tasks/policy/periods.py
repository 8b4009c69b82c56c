r"""Permission over quarters; a part of the policy.

| verb | who |
|---|---|
| `period.close` | sides of plans for which one's office acts: closing, reopening |
| `period.backfill` | plans of which one's office coordinates a side: 补录 of earlier quarters |
| `snapshot.view` | everyone logged in: that a quarter was closed, when, with which digest |
| `snapshot.lacks` | sides of whose closing one reads what was wanting: own office, inspector |
"""

from typing import Any

from django.db.models import QuerySet

from tasks.models import Plan, PlanSide, Snapshot
from tasks.policy.sides import coordinated_sides
from units.models import Jurisdiction, codes_below
from units.standing import Rule, Standing, all_rows


def _closed_by(who: Standing) -> QuerySet[PlanSide]:
    sides = PlanSide.objects.all()
    return sides if who.superuser else sides.filter(office__in=who.coordinates)


def _lacks_told_to(who: Standing) -> QuerySet[Any]:
    sides = PlanSide.objects.all()
    if who.superuser:
        return sides
    own = sides.filter(office__in=who.offices)
    if not who.inspected:
        return own
    places = Jurisdiction.objects.filter(codes_below(who.inspected))
    return own | sides.filter(jurisdiction__in=places)


def _backfilled_by(who: Standing) -> QuerySet[Plan]:
    plans = Plan.objects.tracked()
    if who.superuser:
        return plans
    return plans.filter(pk__in={plan for plan, _ in coordinated_sides(who)})


VERBS = {
    "period.close": Rule(PlanSide, _closed_by),
    "period.backfill": Rule(Plan, _backfilled_by),
    "snapshot.view": all_rows(Snapshot),
    "snapshot.lacks": Rule(PlanSide, _lacks_told_to),
}
