"""Who a person is: the standing from which every policy answers; and who may do what to people.

| verb | who |
|---|---|
| `membership.view`, `person.view` | oneself, own unit and office, units of the own side; the \
security administrator everybody |
| `unit.people` | the units of which this holds |
| `membership.hand_over` | the same, as far as one acts there; not for posts of the site |
| `person.ask` | coordinators about people of their office and of the units of their side |
| `person.manage` | the security administrator, everybody but themself |
| `request.view` | whoever asked, the office whose people it is about, the security administrator |
| `request.decide` | the security administrator, but nothing that gives themself a post |
| `request.withdraw` | whoever asked |
| `audit.view` | the audit administrator: entries of administration, none of business |
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet

from tracker.lib.workdays import today
from units.above import above
from units.models import AuditEntry, Membership, Office, PersonRequest, Unit, User
from units.models.requests import PersonRequestQuerySet
from units.states import OFFICE_ROLES, SITE_ROLES, UNIT_ROLES, Role
from units.verbs import ADMINISTRATION


@dataclass(frozen=True)
class Standing:
    """What a person may rest on now. Ids of units and offices; codes of places inspected.

    `units` and `offices` are read for, `reporting_units` and `coordinates` acted for. Who holds
    a site role holds nothing else, whatever else the rows say.
    """

    superuser: bool = False
    units: frozenset[int] = frozenset()
    reporting_units: frozenset[int] = frozenset()
    offices: frozenset[int] = frozenset()
    coordinates: frozenset[int] = frozenset()
    inspected: frozenset[str] = frozenset()
    site_role: Role | None = None

    @property
    def is_coordinator(self) -> bool:
        return bool(self.coordinates)

    @property
    def only_reads_office(self) -> bool:
        """分管领导 and nothing else: the page to begin with is the brief."""
        others = self.units or self.coordinates or self.inspected or self.superuser
        return bool(self.offices) and not others


def standing(user: User | AnonymousUser) -> Standing:
    """The person's standing today; kept on the user object, so one query a request."""
    if not isinstance(user, User) or not user.is_active:
        return Standing()
    known: Standing | None = getattr(user, "_standing", None)
    if known is None:
        known = _read(user)
        user._standing = known  # type: ignore[attr-defined]  # a cache on the request's user
    return known


def _read(user: User) -> Standing:
    rows = list(
        Membership.objects.current(today()).filter(user=user).select_related("jurisdiction")
    )
    site_role = next((Role(m.role) for m in rows if m.role in SITE_ROLES), None)
    if site_role is not None:
        return Standing(site_role=site_role)
    return Standing(
        superuser=user.is_superuser,
        units=frozenset(m.unit_id for m in rows if m.unit_id),
        reporting_units=frozenset(
            m.unit_id for m in rows if m.unit_id and m.role in {Role.OFFICER, Role.SIGNER}
        ),
        offices=frozenset(m.office_id for m in rows if m.office_id),
        coordinates=frozenset(
            m.office_id for m in rows if m.office_id and m.role == Role.COORDINATOR
        ),
        inspected=frozenset(m.jurisdiction.code for m in rows if m.jurisdiction),
    )


def units_coordinated(who: Standing) -> QuerySet[Unit]:
    """The units of the sides for which the person acts."""
    return above.units_of(who.coordinates)


def _posts_seen_by(user: User, who: Standing) -> QuerySet[Membership]:
    posts = Membership.objects.all()
    if who.superuser or who.site_role == Role.SECURITY_ADMIN:
        return posts
    seen = Q(user=user) | Q(unit__in=who.units) | Q(office__in=who.offices)
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


def requests_seen_by(user: User) -> PersonRequestQuerySet:
    """As scope(user, "request.view")."""
    who = standing(user)
    requests = PersonRequest.objects.all()
    if who.superuser or who.site_role == Role.SECURITY_ADMIN:
        return requests
    if who.site_role is not None:
        return requests.none()
    seen = Q(requested_by=user)
    if who.offices:
        seen |= Q(office__in=who.offices) | Q(unit__in=above.units_of(who.offices))
        seen |= Q(person__in=_people_asked_about_by(who), unit=None, office=None)
    return requests.filter(seen)


def scope(user: User | AnonymousUser, verb: str) -> QuerySet[Any]:
    """The rows on which the person may do `verb`; see the table above."""
    who = standing(user)
    model = _MODELS[verb]
    if not isinstance(user, User) or not user.is_active:
        return model._default_manager.none()
    keeper = keeps(user)
    match verb:
        case "membership.view":
            return _posts_seen_by(user, who)
        case "membership.hand_over":
            return _posts_handed_over_by(who)
        case "unit.people":
            return _units_known(who)
        case "person.view" if keeper or who.superuser:
            return User.objects.all()
        case "person.view":
            return User.objects.filter(
                Q(pk=user.pk) | Q(pk__in=_posts_seen_by(user, who).values("user"))
            )
        case "person.ask":
            return _people_asked_about_by(who)
        case "person.manage" if keeper:
            return User.objects.exclude(pk=user.pk)
        case "request.view":
            return requests_seen_by(user)
        case "request.decide" if keeper:
            return PersonRequest.objects.waiting().exclude(person=user).exclude(successor=user)
        case "request.withdraw":
            return PersonRequest.objects.waiting().filter(requested_by=user)
        case "audit.view" if who.site_role == Role.AUDIT_ADMIN:
            return AuditEntry.objects.filter(verb__in=ADMINISTRATION)
    return model._default_manager.none()


_MODELS: dict[str, type[Model]] = {
    "membership.view": Membership,
    "membership.hand_over": Membership,
    "unit.people": Unit,
    "person.view": User,
    "person.ask": User,
    "person.manage": User,
    "request.view": PersonRequest,
    "request.decide": PersonRequest,
    "request.withdraw": PersonRequest,
    "audit.view": AuditEntry,
}


def can(user: User | AnonymousUser, verb: str, obj: Model) -> bool:
    """Whether the person may do `verb` on this row."""
    return scope(user, verb).filter(pk=obj.pk).exists()


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


def holders(verb: str) -> QuerySet[User]:
    """The people who decide requests, or read the log of administration, today."""
    role = {"request.decide": Role.SECURITY_ADMIN, "audit.view": Role.AUDIT_ADMIN}[verb]
    return _people_with(Membership.objects.current(today()).filter(role=role))
