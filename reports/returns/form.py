"""Writes the form."""

import datetime
from collections.abc import Sequence

from tracker.lib.workdays import Quarter
from units.models import Unit, User


def make(
    unit: Unit, quarter: Quarter, *, for_user: User, today: datetime.date
) -> tuple[str, bytes]:
    """A unit's form for a quarter, over all its plans, as the person may see it.

    Returns file name and content. Raises Refused where the unit has nothing to fill in.
    """
    raise NotImplementedError


def make_all(
    units: Sequence[Unit] | None, quarter: Quarter, *, for_user: User, today: datetime.date
) -> tuple[str, bytes]:
    """The forms of the units in a zip; with None of all whose sides the person's office has.

    Returns file name and content. Raises Refused where there is none.
    """
    raise NotImplementedError
