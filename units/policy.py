"""Who may do what to people; `Standing`, from which every policy answers, is in standing.py.

| verb | who |
|---|---|
| `membership.view`, `person.view` | oneself, own unit and office, units of the own side; the \
security administrator everybody |
| `unit.people` | the units of which this holds |
| `unit.view` | everyone logged in but the site's administrators |
| `unit.add` | offices for which one acts: they enter units of their place, those below, and \
central ones |
| `unit.edit` | names of units of these places |
| `unit.succeed` | coordinators: renaming, merging, splitting, abolishing units of their sides and \
of their own place |
| `succession.view` | as `unit.view` |
| `lock.keep` | the people whose names the security administrator unlocks: everybody's |
| `membership.hand_over` | the same, as far as one acts there; not for posts of the site |
| `person.ask` | coordinators about people of their office and of the units of their side |
| `person.manage` | the security administrator, everybody but themself |
| `request.view` | whoever asked, the office whose people it is about, the security administrator |
| `request.decide` | the security administrator, but nothing that they asked for or that is about \
themself |
| `request.withdraw` | whoever asked |
| `deputy.name` | units in which one has a post, and those of the sides for which one acts: who is \
told there instead of whom, and for which days |
| `deputy.end` | the deputies of these units |
| `audit.view` | the audit administrator: entries of administration, none of business |
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet

from tracker.lib.workdays import today
from units.above import above
from units.models import (
    AuditEntry,
    Deputy,
    Jurisdiction,
    Membership,
    Office,
    PersonRequest,
    Succession,
    Unit,
    User,
    codes_below,
)
from units.models.requests import PersonRequestQuerySet
from units.standing import Rule, Standing, scope_of, standing
from units.states import OFFICE_ROLES, SITE_ROLES, UNIT_ROLES, JurisdictionLevel, Role
from units.verbs import ADMINISTRATION

__all__ = ["Standing", "can", "scope", "standing"]


def units_coordinated(who: Standing) -> QuerySet[Unit]:
    """The units of the sides for which the person acts."""
    return above.units_of(who.coordinates)


def _posts_seen_by(who: Standing) -> QuerySet[Membership]:
    posts = Membership.objects.all()
    if who.superuser or who.site_role == Role.SECURITY_ADMIN:
        return posts
    seen = Q(user=who.person) | Q(unit__in=who.units) | Q(office__in=who.offices)
    return posts.filter(seen | Q(unit__in=above.units_of(who.offices)))


def _units_known(who: Standing) -> QuerySet[Unit]:
    """Units whose people one may know, the same as `_posts_seen_by` for posts."""
    units = Unit.objects.all()
    if who.superuser or who.site_role == Role.SECURITY_ADMIN:
        return units
    return units.filter(Q(pk__in=who.units) | Q(pk__in=above.units_of(who.offices).values("pk")))


def _posts_handed_over_by(who: Standing) -> QuerySet[Membership]:
    """Posts in the own unit, in the own office, and in units of the own side."""
    posts = Membership.objects.exclude(role__in=SITE_ROLES)
    if who.site_role == Role.SECURITY_ADMIN:
        return posts
    mine = Q(unit__in=who.units) | Q(office__in=who.coordinates)
    return posts.filter(mine | Q(unit__in=units_coordinated(who)))


def _people_asked_about_by(who: Standing) -> QuerySet[User]:
    """People with a post in the own office or in a unit of the own side, but no site's keepers."""
    if not who.coordinates:
        return User.objects.none()
    posts = Membership.objects.filter(
        Q(office__in=who.coordinates) | Q(unit__in=units_coordinated(who))
    )
    return _people_with(posts).exclude(is_superuser=True)


def _people_with(posts: QuerySet[Membership]) -> QuerySet[User]:
    return User.objects.filter(pk__in=posts.values("user"))


def _requests_seen_by(who: Standing) -> PersonRequestQuerySet:
    requests = PersonRequest.objects.all()
    if who.superuser or who.site_role == Role.SECURITY_ADMIN:
        return requests
    if who.site_role is not None:
        return requests.none()
    seen = Q(requested_by=who.person)
    if who.offices:
        seen |= Q(office__in=who.offices) | Q(unit__in=above.units_of(who.offices))
        seen |= Q(person__in=_people_asked_about_by(who), unit=None, office=None)
    return requests.filter(seen)


def requests_seen_by(user: User) -> PersonRequestQuerySet:
    """As scope(user, "request.view")."""
    return _requests_seen_by(standing(user))


def _people_seen_by(who: Standing) -> QuerySet[User]:
    if who.superuser or who.site_role == Role.SECURITY_ADMIN:
        return User.objects.all()
    posts = _posts_seen_by(who)
    return User.objects.filter(Q(pk=who.person) | Q(pk__in=posts.values("user")))


def _people_managed_by(who: Standing) -> QuerySet[User]:
    if who.site_role != Role.SECURITY_ADMIN:
        return User.objects.none()
    return User.objects.exclude(pk=who.person)


def _people_unlocked_by(who: Standing) -> QuerySet[User]:
    """Everybody, themself too: the right name may be locked by tries from elsewhere."""
    is_keeper = who.site_role == Role.SECURITY_ADMIN
    return User.objects.all() if is_keeper else User.objects.none()


def _units_seen_by(who: Standing) -> QuerySet[Unit]:
    return Unit.objects.all() if who.site_role is None else Unit.objects.none()


def _offices_acted_for(who: Standing) -> QuerySet[Office]:
    offices = Office.objects.all()
    return offices if who.superuser else offices.filter(pk__in=who.coordinates)


def _units_named_by(who: Standing) -> QuerySet[Unit]:
    """Of the places of own offices and below; a central unit belongs to no one office."""
    if who.superuser:
        return Unit.objects.all()
    codes = list(_offices_acted_for(who).values_list("jurisdiction__code", flat=True))
    return Unit.objects.filter(jurisdiction__in=Jurisdiction.objects.filter(codes_below(codes)))


def _units_changed_by(who: Standing) -> QuerySet[Unit]:
    """Of the own side, wherever its place; and of the own place, also without a duty."""
    if who.superuser:
        return Unit.objects.all()
    places = _offices_acted_for(who).values("jurisdiction")
    mine = Q(pk__in=units_coordinated(who).values("pk")) | Q(jurisdiction__in=places)
    return Unit.objects.filter(mine)


def _successions_seen_by(who: Standing) -> QuerySet[Succession]:
    return Succession.objects.all() if who.site_role is None else Succession.objects.none()


def _requests_decided_by(who: Standing) -> PersonRequestQuerySet:
    waiting = PersonRequest.objects.waiting()
    if who.site_role != Role.SECURITY_ADMIN:
        return waiting.none()
    return (
        waiting.exclude(requested_by=who.person)
        .exclude(person=who.person)
        .exclude(successor=who.person)
    )


def _requests_withdrawn_by(who: Standing) -> PersonRequestQuerySet:
    return PersonRequest.objects.waiting().filter(requested_by=who.person)


def _entries_seen_by(who: Standing) -> QuerySet[AuditEntry]:
    if who.site_role != Role.AUDIT_ADMIN:
        return AuditEntry.objects.none()
    return AuditEntry.objects.filter(verb__in=ADMINISTRATION)


def _units_deputised_by(who: Standing) -> QuerySet[Unit]:
    if who.superuser:
        return Unit.objects.all()
    mine = Q(pk__in=who.units) | Q(pk__in=units_coordinated(who).values("pk"))
    return Unit.objects.filter(mine)


def _deputies_ended_by(who: Standing) -> QuerySet[Deputy]:
    return Deputy.objects.filter(unit__in=_units_deputised_by(who).values("pk"))


VERBS = {
    "membership.view": Rule(Membership, _posts_seen_by),
    "membership.hand_over": Rule(Membership, _posts_handed_over_by),
    "unit.view": Rule(Unit, _units_seen_by),
    "unit.add": Rule(Office, _offices_acted_for),
    "unit.edit": Rule(Unit, _units_named_by),
    "unit.succeed": Rule(Unit, _units_changed_by),
    "succession.view": Rule(Succession, _successions_seen_by),
    "unit.people": Rule(Unit, _units_known),
    "person.view": Rule(User, _people_seen_by),
    "person.ask": Rule(User, _people_asked_about_by),
    "person.manage": Rule(User, _people_managed_by),
    "lock.keep": Rule(User, _people_unlocked_by),
    "request.view": Rule(PersonRequest, _requests_seen_by),
    "request.decide": Rule(PersonRequest, _requests_decided_by),
    "request.withdraw": Rule(PersonRequest, _requests_withdrawn_by),
    "deputy.name": Rule(Unit, _units_deputised_by),
    "deputy.end": Rule(Deputy, _deputies_ended_by),
    "audit.view": Rule(AuditEntry, _entries_seen_by),
}


def scope(user: User | AnonymousUser, verb: str) -> QuerySet[Any]:
    """The rows on which the person may do `verb`; see the table above."""
    return scope_of(VERBS, user, verb)


def can(user: User | AnonymousUser, verb: str, obj: Model) -> bool:
    """Whether the person may do `verb` on this row."""
    return scope(user, verb).filter(pk=obj.pk).exists()


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


def holders(verb: str) -> QuerySet[User]:
    """The people who decide requests, or read the log of administration, today."""
    role = {"request.decide": Role.SECURITY_ADMIN, "audit.view": Role.AUDIT_ADMIN}[verb]
    return _people_with(Membership.objects.current(today()).filter(role=role))
