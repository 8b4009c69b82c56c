"""An officer's desk as a whole: made once, shown by the page and told by the API."""

import datetime
from dataclasses import dataclass
from typing import Any

from tasks.services import inbox
from tasks.services.desk.officer import (
    Duty,
    Unsigned,
    Urgency,
    by_urgency,
    duties,
    next_opening,
    own_lights,
    unsigned,
)
from tasks.states import LightWord
from tracker.lib.workdays import Quarter
from units.models import User


@dataclass(frozen=True)
class OfficerDesk:
    """Everything that a unit's people have before them on a day.

    `next` is the quarter that opens next, with its first day, where none is open.
    """

    every: list[Duty]
    groups: list[tuple[Urgency, list[Duty]]]  # what is still in the unit's hands
    next: tuple[Quarter, datetime.date] | None
    unsigned: Unsigned
    lights: list[tuple[LightWord, int]]
    unread: Any  # notices, asked for where they are shown or counted

    @property
    def total(self) -> int:
        return len(self.every)

    @property
    def todo(self) -> list[Duty]:
        """The most urgent first."""
        return [duty for _urgency, some in self.groups for duty in some]


def officer_desk(user: User, today: datetime.date) -> OfficerDesk:
    """The reports of the open periods, 交办, lights of own tasks, unread notices."""
    every = duties(user, today)
    return OfficerDesk(
        every=every,
        groups=by_urgency([duty for duty in every if duty.is_open], today),
        next=None if every else next_opening(user, today),
        unsigned=unsigned(user),
        lights=own_lights(user, today),
        unread=inbox.notices_of(user).unread(),
    )
