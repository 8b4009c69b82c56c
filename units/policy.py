"""Who a person is: the standing from which every policy answers."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from tracker.lib.workdays import today
from units.models import Membership, User
from units.states import SITE_ROLES, Role


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
