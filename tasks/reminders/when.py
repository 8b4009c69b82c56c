"""At which dates a subject is a rule's: its due date, if that is the plan's end, and the day."""

import datetime
from collections.abc import Callable

When = Callable[[datetime.date, bool, datetime.date], bool]


def always(_due_on: datetime.date, _plans: bool, _today: datetime.date) -> bool:
    """Before the due date and after it."""
    return True


def ahead(due_on: datetime.date, _plans: bool, today: datetime.date) -> bool:
    """Until the due date is over."""
    return due_on >= today


def past(due_on: datetime.date, _plans: bool, today: datetime.date) -> bool:
    """From the day after it."""
    return due_on < today


def past_own(due_on: datetime.date, plans: bool, today: datetime.date) -> bool:
    """逾期: past a date of its own."""
    return due_on < today and not plans


def past_plans(due_on: datetime.date, plans: bool, today: datetime.date) -> bool:
    """期满未办结: past the plan's end alone."""
    return due_on < today and plans
