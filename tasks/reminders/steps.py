"""Steps: working days before (−) and after (+) a due date. Pure calculation."""

import datetime
from dataclasses import dataclass

from tracker.lib.workdays import add_workdays, kept, workdays_between


@dataclass(frozen=True, slots=True)
class Reached:
    """A step and the day on which it was reached."""

    step: int
    on: datetime.date


@kept(4096)
def reached(
    due_on: datetime.date, steps: tuple[int, ...], repeat: int, today: datetime.date
) -> Reached | None:
    """The latest step whose day has come by `today`; None before the first.

    `repeat` goes on from the last step every so many working days; 0 ends with it. A step is
    reached, not hit: a day on which nothing ran loses nothing, and a backlog is its latest step.
    """
    found: Reached | None = None
    for step in steps:
        day = add_workdays(due_on, step)
        if day > today:
            return found
        found = Reached(step, day)
    if repeat:
        rounds = (workdays_between(due_on, today) - steps[-1]) // repeat
        if rounds > 0:
            step = steps[-1] + rounds * repeat
            found = Reached(step, add_workdays(due_on, step))
    return found


def reached_since(
    since: datetime.date,
    due_on: datetime.date,
    steps: tuple[int, ...],
    repeat: int,
    today: datetime.date,
) -> Reached | None:
    """As `reached`, of a matter that is told on the day on which it arose, too."""
    first = Reached(-workdays_between(since, due_on), since)
    found = reached(due_on, steps, repeat, today)
    return found if found and found.step > first.step else first


@kept(4096)
def workdays_past(due_on: datetime.date, today: datetime.date) -> int:
    """How many working days the due date is past; 0 before it."""
    return max(0, workdays_between(due_on, today))
