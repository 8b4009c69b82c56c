"""Steps: working days before (−) and after (+) a due date. Pure calculation."""

import datetime
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from tracker.lib.workdays import ONE_DAY, is_workday, kept


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
        day = _step_day(due_on, step, today)
        if day > today:
            return found
        found = Reached(step, day)
    if repeat:
        rounds = (_between(due_on, today) - steps[-1]) // repeat
        if rounds > 0:
            step = steps[-1] + rounds * repeat
            found = Reached(step, _step_day(due_on, step, today))
    return found


def reached_since(
    since: datetime.date,
    due_on: datetime.date,
    steps: tuple[int, ...],
    repeat: int,
    today: datetime.date,
) -> Reached | None:
    """As `reached`, of a matter that is told on the day on which it arose, too."""
    first = Reached(-_between(since, due_on), since)
    found = reached(due_on, steps, repeat, today)
    return found if found and found.step > first.step else first


@kept(4096)
def workdays_past(due_on: datetime.date, today: datetime.date) -> int:
    """How many working days the due date is past; 0 before it."""
    return max(0, _between(due_on, today))


# The same as `add_workdays` and `workdays_between`, from working days that were listed once: a
# day's run asks for thousands of dates, some years past.


def _step_day(day: datetime.date, n: int, today: datetime.date) -> datetime.date:
    """The nth working day after the day; the nth before it where n is negative."""
    if n == 0:
        return day
    worked = _worked(min(day, today).year - 2, max(day, today).year + 2)
    at = bisect_right(worked, day) + n - 1 if n > 0 else bisect_left(worked, day) + n
    return worked[at]


def _between(start: datetime.date, end: datetime.date) -> int:
    """Working days after start up to and with end; negative when end is earlier."""
    first, last = min(start, end), max(start, end)
    worked = _worked(first.year, last.year)
    if end < start:
        return bisect_left(worked, end) - bisect_left(worked, start)
    return bisect_right(worked, end) - bisect_right(worked, start)


@kept(256)
def _worked(first: int, last: int) -> tuple[datetime.date, ...]:
    """The working days of some years, in order."""
    years = range(max(first, datetime.MINYEAR), min(last, datetime.MAXYEAR) + 1)
    return tuple(day for year in years for day in _of_year(year))


@kept(256)
def _of_year(year: int) -> tuple[datetime.date, ...]:
    first = datetime.date(year, 1, 1)
    length = (datetime.date(year, 12, 31) - first).days + 1
    return tuple(day for n in range(length) if is_workday(day := first + n * ONE_DAY))
