"""Permission over an office's desk, its one-page brief and 通报; a part of the policy.

| verb | who |
|---|---|
| `desk.view` | sides of tracked plans that one's office has |
| `brief.view` | the same, and those that lie where one inspects |
| `brief.edit` | those of them for which one's office acts |
| `circular.draft` | the same: 通报（代拟稿） of one's own side |
"""

from django.db.models import Q, QuerySet

from tasks.models import Plan, PlanSide
from units.models import Jurisdiction, codes_below
from units.standing import Rule, Standing


def _sides(who: Standing, condition: Q) -> QuerySet[PlanSide]:
    """Sides of plans, with their office."""
    sides = PlanSide.objects.filter(plan__in=Plan.objects.tracked())
    return sides if who.superuser else sides.filter(condition)


def desks_of(who: Standing) -> QuerySet[PlanSide]:
    """What the person's offices have before them."""
    return _sides(who, Q(office__in=who.offices))


def read_by(who: Standing) -> QuerySet[PlanSide]:
    """Own offices' sides, and those of inspected places."""
    read = Q(office__in=who.offices)
    if who.inspected:
        read |= Q(jurisdiction__in=Jurisdiction.objects.filter(codes_below(who.inspected)))
    return _sides(who, read)


def edited_by(who: Standing) -> QuerySet[PlanSide]:
    """Sides for which the person acts."""
    return _sides(who, Q(office__in=who.coordinates))


VERBS = {
    "desk.view": Rule(PlanSide, desks_of),
    "brief.view": Rule(PlanSide, read_by),
    "brief.edit": Rule(PlanSide, edited_by),
    "circular.draft": Rule(PlanSide, edited_by),
}
