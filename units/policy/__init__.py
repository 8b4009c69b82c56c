"""Who may do what to people; `Standing`, from which every policy answers, is in standing.py.

| verb | who |
|---|---|
| `audit.view` | the audit administrator: entries of administration, none of business |
| `membership.…`, `person.…`, `request.…`, `unit.people`, `lock.keep` | see people.py |
| `unit.…`, `succession.view`, `deputy.…` | see places.py |
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from tracker.lib.workdays import today
from units.models import AuditEntry, Membership, User
from units.policy import people as people
from units.policy import places as places
from units.policy.abilities import (
    administers,
    edits_calendar,
    is_business,
    keeps,
    knows_people,
    may_add_units,
    may_invite,
    reads_log,
    runs_site,
)
from units.policy.offers import Offer, may_fill, posts_offered
from units.policy.people import requests_seen_by
from units.policy.places import units_coordinated
from units.standing import Rule, Standing, scope_of, standing
from units.states import Role
from units.verbs import ADMINISTRATION

__all__ = [
    "Offer",
    "Standing",
    "administers",
    "can",
    "edits_calendar",
    "holders",
    "is_business",
    "keeps",
    "knows_people",
    "may_add_units",
    "may_fill",
    "may_invite",
    "posts_offered",
    "reads_log",
    "requests_seen_by",
    "runs_site",
    "scope",
    "standing",
    "units_coordinated",
]


def _entries_seen_by(who: Standing) -> QuerySet[AuditEntry]:
    if who.site_role != Role.AUDIT_ADMIN:
        return AuditEntry.objects.none()
    return AuditEntry.objects.filter(verb__in=ADMINISTRATION)


VERBS = {
    **people.VERBS,
    **places.VERBS,
    "audit.view": Rule(AuditEntry, _entries_seen_by),
}


def scope(user: User | AnonymousUser, verb: str) -> QuerySet[Any]:
    """The rows on which the person may do `verb`; see the table above."""
    return scope_of(VERBS, user, verb)


def can(user: User | AnonymousUser, verb: str, obj: Model) -> bool:
    """Whether the person may do `verb` on this row."""
    return scope(user, verb).filter(pk=obj.pk).exists()


def holders(verb: str) -> QuerySet[User]:
    """The people who decide requests, or read the log of administration, today."""
    role = {"request.decide": Role.SECURITY_ADMIN, "audit.view": Role.AUDIT_ADMIN}[verb]
    return people.people_with(Membership.objects.current(today()).filter(role=role))
