r"""Permission over what reminders tell, and over what they bring; a part of the policy.

| verb | who |
|---|---|
| `reminder.preview` | sides of plans for which one's office acts: who is told what, \
and why |
| `effect.view` | sides of plans: own office and inspectors of the place, as who reads what is \
missing |
"""

from django.db.models import QuerySet

from tasks.models import PlanSide
from tasks.policy.abilities import Person
from units.models import Jurisdiction, codes_below
from units.standing import Rule, Standing, standing


def _previewed_by(who: Standing) -> QuerySet[PlanSide]:
    sides = PlanSide.objects.all()
    return sides if who.superuser else sides.filter(office__in=who.coordinates)


def _effect_told_to(who: Standing) -> QuerySet[PlanSide]:
    sides = PlanSide.objects.all()
    if who.superuser:
        return sides
    own = sides.filter(office__in=who.offices)
    if not who.inspected:
        return own
    places = Jurisdiction.objects.filter(codes_below(who.inspected))
    return own | sides.filter(jurisdiction__in=places)


def previews(user: Person) -> bool:
    """Whether any side's reminders are the person's to look at; asks no rows."""
    who = standing(user)
    return who.is_coordinator or who.superuser


VERBS = {
    "reminder.preview": Rule(PlanSide, _previewed_by),
    "effect.view": Rule(PlanSide, _effect_told_to),
}
