"""What a person may do whatever the row: which pages there are for them."""

from django.contrib.auth.models import AnonymousUser

from units.models import Office, User
from units.standing import standing
from units.states import JurisdictionLevel, Role


def is_business(user: User | AnonymousUser) -> bool:
    """Whether the person is none of the site's administrators, who have no business pages."""
    return standing(user).site_role is None


def administers(user: User | AnonymousUser) -> bool:
    """Whether the person is one of them."""
    return standing(user).site_role is not None


def keeps(user: User | AnonymousUser) -> bool:
    """Whether the person is the security administrator, who keeps people and their roles."""
    return standing(user).site_role == Role.SECURITY_ADMIN


def reads_log(user: User | AnonymousUser) -> bool:
    """Whether the person is the audit administrator."""
    return standing(user).site_role == Role.AUDIT_ADMIN


def knows_people(user: User | AnonymousUser) -> bool:
    """Whether the pages of people are anything to the person: to two of the administrators not."""
    return standing(user).site_role in (None, Role.SECURITY_ADMIN)


def may_invite(user: User | AnonymousUser) -> bool:
    """Whether the person may ask for accounts at all."""
    who = standing(user)
    return who.is_coordinator or who.site_role == Role.SECURITY_ADMIN


def edits_calendar(user: User | AnonymousUser) -> bool:
    """Whether the person uploads a year's days off, which move the dates of every plan.

    The system administrator and the coordinators of provincial offices; a district's has its own
    plan alone.
    """
    who = standing(user)
    if who.superuser or who.site_role == Role.SYSTEM_ADMIN:
        return True
    provincial = Office.objects.filter(jurisdiction__level=JurisdictionLevel.PROVINCE)
    return who.is_coordinator and provincial.filter(pk__in=who.coordinates).exists()


def runs_site(user: User | AnonymousUser) -> bool:
    """Whether the person is the system administrator."""
    return standing(user).site_role == Role.SYSTEM_ADMIN


def may_add_units(user: User | AnonymousUser) -> bool:
    """Whether `unit.add` holds for any office; asks no rows."""
    who = standing(user)
    return who.superuser or who.is_coordinator
