"""Which days can be meant: a slip of the hand in a year is told, not stored."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 1900, 2100


def why_no_day(value: Any) -> str:
    """A sentence where it is a day of no year that is meant; empty for all else."""
    if not isinstance(value, datetime.date) or FIRST_YEAR <= value.year <= LAST_YEAR:
        return ""
    return _("年份应在%(first)d至%(last)d之间，请核对日期。") % {
        "first": FIRST_YEAR,
        "last": LAST_YEAR,
    }


def check_day(value: Any) -> None:
    """As a form's validator."""
    if why := why_no_day(value):
        raise ValidationError(why)
