"""Who knows people, asks for accounts and decides about them.

| verb | who |
|---|---|
| `membership.view`, `person.view` | oneself, own unit and office, units of the own side; the \
security administrator everybody |
| `unit.people` | the units of which this holds |
| `lock.keep` | the people whose names the security administrator unlocks: everybody's |
| `membership.hand_over` | own unit, own office and units of the own side, as far as one acts \
there; the security administrator everywhere; not for posts of the site |
| `person.ask` | coordinators about people of their office and of the units of their side |
| `person.manage` | the security administrator, everybody but themself |
| `request.view` | whoever asked, the office whose people it is about, the security administrator |
| `request.decide` | the security administrator, but nothing that they asked for or that is about \
themself |
| `request.withdraw` | whoever asked |
"""

from django.db.models import Q, QuerySet

from units.above import above
from units.models import Membership, PersonRequest, Unit, User
from units.models.requests import PersonRequestQuerySet
from units.policy.places import units_coordinated
from units.standing import Rule, Standing, standing
from units.states import SITE_ROLES, Role


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
    return people_with(posts).exclude(is_superuser=True)


def people_with(posts: QuerySet[Membership]) -> QuerySet[User]:
    """Everybody who has one of these posts."""
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


VERBS = {
    "membership.view": Rule(Membership, _posts_seen_by),
    "membership.hand_over": Rule(Membership, _posts_handed_over_by),
    "unit.people": Rule(Unit, _units_known),
    "person.view": Rule(User, _people_seen_by),
    "person.ask": Rule(User, _people_asked_about_by),
    "person.manage": Rule(User, _people_managed_by),
    "lock.keep": Rule(User, _people_unlocked_by),
    "request.view": Rule(PersonRequest, _requests_seen_by),
    "request.decide": Rule(PersonRequest, _requests_decided_by),
    "request.withdraw": Rule(PersonRequest, _requests_withdrawn_by),
}
