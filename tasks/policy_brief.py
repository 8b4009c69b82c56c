"""Permission over the one-page brief; part of policy.py, which alone is asked.

| verb | who |
|---|---|
| `brief.view` | sides of tracked plans that one's office has, or that lie where one inspects |
| `brief.edit` | those of them for which one's office acts |
"""

from typing import Any

from django.db.models import Model, Q, QuerySet

from tasks.models import Plan, PlanSide
from units.models import Jurisdiction, codes_below
from units.policy import Standing

VERBS: dict[str, type[Model]] = {"brief.view": PlanSide, "brief.edit": PlanSide}


def scope(who: Standing, verb: str) -> QuerySet[Any]:
    """Sides of plans, with their office."""
    sides = PlanSide.objects.filter(plan__in=Plan.objects.tracked())
    if who.superuser:
        return sides
    if verb == "brief.edit":
        return sides.filter(office__in=who.coordinates)
    read = Q(office__in=who.offices)
    if who.inspected:
        read |= Q(jurisdiction__in=Jurisdiction.objects.filter(codes_below(who.inspected)))
    return sides.filter(read)
