"""The posts that a person may ask for, or give: what a form offers and a service checks."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from tracker.lib.workdays import today
from units.models import Jurisdiction, Office, Unit, User
from units.policy.places import units_coordinated
from units.standing import standing
from units.states import OFFICE_ROLES, UNIT_ROLES, Role


def may_fill(
    user: User | AnonymousUser, role: Role, unit: Unit | None = None, office: Office | None = None
) -> bool:
    """Whether the person may ask that somebody gets this post."""
    who = standing(user)
    if who.site_role == Role.SECURITY_ADMIN:
        return True
    if role in UNIT_ROLES and unit is not None:
        return units_coordinated(who).filter(pk=unit.pk).exists()
    return role in OFFICE_ROLES and office is not None and office.pk in who.coordinates


@dataclass(frozen=True)
class Offer:
    """The posts that a form offers: those of which `may_fill` holds; None: no places at all."""

    roles: list[Role]
    units: QuerySet[Unit]
    offices: QuerySet[Office]
    places: QuerySet[Jurisdiction] | None = None


def posts_offered(user: User | AnonymousUser) -> Offer:
    """What the person may ask for, or give."""
    who = standing(user)
    offices = Office.objects.all()
    if who.site_role == Role.SECURITY_ADMIN:
        places = Jurisdiction.objects.all()
        return Offer(list(Role), Unit.objects.in_being(today()), offices, places)
    own = offices.filter(pk__in=who.coordinates)
    units = units_coordinated(who).filter(pk__in=Unit.objects.in_being(today()).values("pk"))
    return Offer([*UNIT_ROLES, *OFFICE_ROLES], units, own)
