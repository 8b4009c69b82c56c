"""What the floor above tells this one: set once, in its AppConfig.ready().

Whom an office coordinates follows from the plans, and what lies open with a person from the
quarters; neither is known here, and nothing imports upward.
"""

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
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


@dataclass(frozen=True)
class Going:
    """A duty that goes over, and to whom; `told` where the heir has a part already."""

    duty: int
    words: str
    unit: Unit
    heir: Unit
    told: str = ""

    @property
    def stays(self) -> bool:
        """The unit goes on and keeps the duty."""
        return self.unit == self.heir


@dataclass(frozen=True)
class Foreseen:
    """What a change of units will move. `open` counts duties, also where nobody takes them.

    `reports` are those not handed in: whether there is a draft is nobody's but the unit's.
    """

    going: list[Going] = field(default_factory=list)
    open: int = 0
    reports: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def moving(self) -> int:
        """How many duties change hands."""
        return sum(not one.stays for one in self.going)


@dataclass(frozen=True)
class Change:
    """Whose duties go to whom; `duties` says of single ones to which of several heirs."""

    old: Sequence[Unit]
    heirs: Sequence[Unit]
    duties: Mapping[int, int] = field(default_factory=dict)

    @property
    def leaving(self) -> list[Unit]:
        """The units that are no more."""
        return [unit for unit in self.old if unit not in self.heirs]

    @property
    def first_heir(self) -> Unit | None:
        """Who takes what nobody is named for: a unit that stays, or the first in 机构序列."""
        staying = [unit for unit in self.heirs if unit in self.old]
        return next(iter([*staying, *self.heirs]), None)

    @property
    def only_heir(self) -> Unit | None:
        """The heir where there is one alone: people go to it, too."""
        return self.heirs[0] if len(self.heirs) == 1 else None


class Move(Protocol):
    """Moves what is foreseen; says how much of each kind it was."""

    def __call__(
        self, change: Change, *, by: User | None, now: datetime.datetime
    ) -> dict[str, int]: ...


def _nothing_foreseen(change: Change) -> Foreseen:
    return Foreseen()


def _no_figures() -> list[Figure]:
    return []


def _no_units(offices: Collection[int]) -> QuerySet[Unit]:
    return Unit.objects.none()


@dataclass
class Above:
    """`units_of` gives the units with a duty on the sides that the offices coordinate.

    `state_of_site` gives what a system administrator watches. `foresee` and `movers` are about
    the duties of units that are renamed, merged, split or abolished.
    """

    units_of: Callable[[Collection[int]], QuerySet[Unit]] = _no_units
    carriers: list[Carry] = field(default_factory=list)
    state_of_site: Callable[[], list[Figure]] = _no_figures
    foresee: Callable[[Change], Foreseen] = _nothing_foreseen
    movers: list[Move] = field(default_factory=list)


above = Above()
