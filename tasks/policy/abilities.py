"""What kind of person one is: questions that a menu or a page asks before there is a row.

None of them asks the database beyond the person's standing.
"""

from django.contrib.auth.models import AnonymousUser

from tasks.models import PlanSide, Target
from units.models import User
from units.standing import standing

Person = User | AnonymousUser


def fills_in(user: Person) -> bool:
    """Whether reports are the person's to write: people of some unit, by a role that does."""
    who = standing(user)
    return bool(who.reporting_units) or who.superuser


def accounts_for(user: Person, target: Target) -> bool:
    """Whether the person enters a target's figures for the unit that accounts for it."""
    who = standing(user)
    return target.unit_id in who.reporting_units or who.superuser


def acts_for(user: Person, side: PlanSide) -> bool:
    """`side.edit` of a side that was read already, without another query."""
    who = standing(user)
    return side.office_id in who.coordinates or who.superuser


def reviews(user: Person) -> bool:
    """Whether reports are the person's to review."""
    who = standing(user)
    return who.is_coordinator or who.superuser


def reads_briefs(user: Person) -> bool:
    """Whether there may be a brief for the person, now or once there is a plan."""
    who = standing(user)
    return bool(who.offices or who.inspected) or who.superuser


def inspects(user: Person) -> bool:
    """Whether findings and samples are the person's to make."""
    who = standing(user)
    return bool(who.inspected) or who.superuser


def signs_for_letters(user: Person) -> bool:
    """Whether letters of an office are the person's to sign for: people of some unit."""
    return bool(standing(user).units) and not reviews(user)


def has_part(user: Person) -> bool:
    """Whether the person is in any unit or office, or inspects a place."""
    return bool(standing(user).units) or reads_briefs(user)
