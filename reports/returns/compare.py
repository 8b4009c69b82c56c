"""Holds a form that came back against the database."""

import datetime

from reports.returns.shapes import Comparison, Returned
from tracker.lib.workdays import Quarter
from units.models import Unit, User


def compare(
    returned: Returned,
    *,
    for_user: User,
    today: datetime.date,
    unit: Unit | None = None,
    quarter: Quarter | None = None,
) -> Comparison:
    """What applying the form would do, for this person; in a constant number of queries.

    `unit` and `quarter` are those that the person chose to upload for, if any: another's form is
    refused. Raises Refused with a sentence.
    """
    raise NotImplementedError
