"""A side as it stood on an earlier day, as far as its row still tells."""

import copy
import datetime

from tasks.models import Responsibility
from tasks.models.lights import word_of
from tasks.states import LightWord, TaskState


def state_on(side: Responsibility, percent: int | None, day: datetime.date) -> TaskState:
    """Its state on the day. `percent` is what was then approved.

    The row keeps one day, since when it stands where it does. Before that day it was under way,
    or, while nothing had been approved, not started.
    """
    state = TaskState(side.state)
    if side.state_since is None or side.state_since <= day:
        return state
    if state == TaskState.IN_PROGRESS and percent is None:
        return TaskState.NOT_STARTED
    return TaskState.IN_PROGRESS


def word_on(side: Responsibility, percent: int | None, day: datetime.date) -> LightWord:
    """What its light said on the day."""
    state = state_on(side, percent, day)
    if state != side.state:
        side = copy.copy(side)
        side.state = state
    return word_of(side, percent, day)
