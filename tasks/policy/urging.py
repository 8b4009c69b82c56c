r"""Permission over urging by hand; a part of the policy.

| verb | who |
|---|---|
| `urge.make` | lead rows of plans of which one's office coordinates a side: what is late of them \
is urged, or spoken of by telephone, as far as one may know that it is late |
| `urge.view` | what a unit was sent: the office that sent it, the unit, inspectors of the \
office's place |
| `urge.sign` | what one's own unit was sent: people of the unit sign for it |
| `urge.answer` | what one's own unit was sent: its officers and signers answer |
| `urge.follow` | what one's office sent: taking the letters, sending it again |
| `call.view` | telephone calls: the office that made them, inspectors of its place |
"""

from typing import Any

from django.db.models import Q, QuerySet

from tasks.models import PhoneCall, Responsibility, UrgeUnit
from tasks.policy.sides import coordinated_sides
from tasks.states import PlanStatus
from units.models import Jurisdiction, codes_below
from units.standing import Rule, Standing


def _made_by(who: Standing) -> QuerySet[Responsibility]:
    leads = Responsibility.objects.leads().filter(task__plan__status=PlanStatus.ISSUED)
    if who.superuser:
        return leads
    return leads.filter(task__plan__in={plan for plan, _side in coordinated_sides(who)})


def _of_office(who: Standing, office: str) -> Q:
    """Of one's office, or of one whose place one inspects."""
    seen = Q(**{f"{office}__in": who.offices})
    if who.inspected:
        places = Jurisdiction.objects.filter(codes_below(who.inspected))
        seen |= Q(**{f"{office}__jurisdiction__in": places})
    return seen


def _seen_by(who: Standing) -> QuerySet[UrgeUnit]:
    rows = UrgeUnit.objects.all()
    if who.superuser:
        return rows
    return rows.filter(_of_office(who, "urge__office") | Q(unit__in=who.units))


def _signed_by(who: Standing) -> QuerySet[UrgeUnit]:
    rows = UrgeUnit.objects.all()
    return rows if who.superuser else rows.filter(unit__in=who.units)


def _answered_by(who: Standing) -> QuerySet[UrgeUnit]:
    rows = UrgeUnit.objects.all()
    return rows if who.superuser else rows.filter(unit__in=who.reporting_units)


def _followed_by(who: Standing) -> QuerySet[UrgeUnit]:
    rows = UrgeUnit.objects.all()
    return rows if who.superuser else rows.filter(urge__office__in=who.coordinates)


def _calls_seen_by(who: Standing) -> QuerySet[Any]:
    rows = PhoneCall.objects.all()
    return rows if who.superuser else rows.filter(_of_office(who, "office"))


VERBS = {
    "urge.make": Rule(Responsibility, _made_by),
    "urge.view": Rule(UrgeUnit, _seen_by),
    "urge.sign": Rule(UrgeUnit, _signed_by),
    "urge.answer": Rule(UrgeUnit, _answered_by),
    "urge.follow": Rule(UrgeUnit, _followed_by),
    "call.view": Rule(PhoneCall, _calls_seen_by),
}
