"""What a person rests on today, and the rule that each verb of a policy is.

A standing is today's: it is read by the clock, once a request, so that no caller can ask for
another day's rights (docs/decisions/0019-a-standing-is-todays.md).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from tracker.lib.workdays import today
from units.models import Membership, User
from units.states import SITE_ROLES, Role


@dataclass(frozen=True)
class Standing:
    """What a person may rest on now. Ids of units and offices; codes of places inspected.

    `units` and `offices` are read for, `reporting_units` and `coordinates` acted for. Who holds
    a site role holds nothing else, whatever else the rows say. `person` is who it is, 0 nobody.
    """

    superuser: bool = False
    units: frozenset[int] = frozenset()
    reporting_units: frozenset[int] = frozenset()
    offices: frozenset[int] = frozenset()
    coordinates: frozenset[int] = frozenset()
    inspected: frozenset[str] = frozenset()
    site_role: Role | None = None
    person: int = 0

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
        return Standing(site_role=site_role, person=user.pk)
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
        person=user.pk,
    )


@dataclass(frozen=True)
class Rule:
    """On rows of which model a verb is done, and on which of them by whom."""

    model: type[Model]
    rows: Callable[[Standing], QuerySet[Any]]


def all_rows(model: type[Model]) -> Rule:
    """All of them, for everybody whom the policy lets in."""
    return Rule(model, lambda _who: model._default_manager.all())


def scope_of(
    rules: Mapping[str, Rule], user: User | AnonymousUser, verb: str, *, business: bool = False
) -> QuerySet[Any]:
    """The rows on which the person may do `verb`: none for nobody and for a closed account.

    `business` is none of what the site's administrators do. ValueError where there is no rule.
    """
    rule = rules.get(verb)
    if rule is None:
        raise ValueError(f"There is no verb {verb!r}.")
    if not isinstance(user, User) or not user.is_active:
        return rule.model._default_manager.none()
    who = standing(user)
    if business and who.site_role is not None:
        return rule.model._default_manager.none()
    return rule.rows(who)
