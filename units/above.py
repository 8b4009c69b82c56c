"""What the floor above tells this one: set once, in its AppConfig.ready().

Whom an office coordinates follows from the plans, and what lies open with a person from the
quarters; neither is known here, and nothing imports upward.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Protocol

from django.db.models import QuerySet

from units.models import Membership, Unit, User


class Carry(Protocol):
    """Carries what lies open with the leaver over to the successor; says how much it was."""

    def __call__(self, post: Membership, successor: User) -> int: ...


@dataclass(frozen=True)
class Figure:
    """A fact about the running site; `good` is None where it is neither good nor bad."""

    group: str
    label: str
    value: str
    good: bool | None = None
    note: str = ""


def _no_figures() -> list[Figure]:
    return []


def _no_units(offices: Collection[int]) -> QuerySet[Unit]:
    return Unit.objects.none()


@dataclass
class Above:
    """`units_of` gives the units with a duty on the sides that the offices coordinate.

    `state_of_site` gives what a system administrator watches.
    """

    units_of: Callable[[Collection[int]], QuerySet[Unit]] = _no_units
    carriers: list[Carry] = field(default_factory=list)
    state_of_site: Callable[[], list[Figure]] = _no_figures


above = Above()
