"""On which days a schedule is due: the last that has come, and the next ones.

A day off moves to the next working day. A quarter's day counts from its closing, which is the
office's to do: of one that is open the earliest day is foretold and marked as that.
"""

import calendar
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from reports.models import ReportSchedule
from reports.states import Cadence
from tasks.models import Period
from tasks.services import periods
from tracker.lib.workdays import ONE_DAY, Quarter, add_workdays, next_workday

NEXT_SHOWN = 3


@dataclass(frozen=True)
class Occasion:
    """One time that a schedule is due. `key` is its own; `quarter` is known of a quarter's.

    `meant` is the day before it moves over days off: what was meant before the schedule began
    is not its own.
    """

    day: datetime.date
    key: str
    meant: datetime.date
    quarter: Quarter | None = None
    is_sure: bool = True


def latest_due(schedule: ReportSchedule, *, today: datetime.date) -> Occasion | None:
    """The last that has come by `today` and not before the schedule began; None for none."""
    due = [one for one in _come(schedule, today) if _is_own(schedule, one) and one.day <= today]
    return max(due, key=lambda one: (one.day, one.quarter or Quarter(1900, 1)), default=None)


def next_days(schedule: ReportSchedule, *, today: datetime.date) -> list[Occasion]:
    """The next three after `today`."""
    if not schedule.is_on:
        return []
    own = (one for one in _coming(schedule, today) if _is_own(schedule, one))
    return list(islice(own, NEXT_SHOWN))


def _is_own(schedule: ReportSchedule, one: Occasion) -> bool:
    return schedule.since <= one.meant


def quarter_for(schedule: ReportSchedule, day: datetime.date) -> Quarter | None:
    """The quarter of a book that is made by the month or once: the last that has opened."""
    opened = Period.objects.filter(plan=schedule.plan_id, opens_on__lte=day)
    period = opened.newest_first().first()
    return period.as_quarter if period else None


def _come(schedule: ReportSchedule, today: datetime.date) -> Iterator[Occasion]:
    match schedule.every:
        case Cadence.QUARTER:
            for period in Period.objects.filter(plan=schedule.plan_id, closed_on__isnull=False):
                yield _after_closing(schedule, period, today)
        case Cadence.MONTH:
            # A day off at the end of a month moves into the next.
            yield _of_month(schedule, today)
            yield _of_month(schedule, today.replace(day=1) - ONE_DAY)
        case _:
            yield _once(schedule)


def _coming(schedule: ReportSchedule, today: datetime.date) -> Iterator[Occasion]:
    match schedule.every:
        case Cadence.QUARTER:
            yield from _coming_quarters(schedule, today)
        case Cadence.MONTH:
            month = today.replace(day=1) - ONE_DAY
            while True:
                if (one := _of_month(schedule, month)).day > today:
                    yield one
                month = month.replace(day=calendar.monthrange(month.year, month.month)[1])
                month += ONE_DAY
        case _:
            if (one := _once(schedule)).day > today:
                yield one


def _coming_quarters(schedule: ReportSchedule, today: datetime.date) -> Iterator[Occasion]:
    rows = list(Period.objects.filter(plan=schedule.plan_id).order_by("year", "quarter"))
    found = [_after_closing(schedule, period, today) for period in rows]
    yield from sorted((one for one in found if one.day > today), key=lambda one: one.day)
    last = rows[-1].as_quarter if rows else periods.latest_open_quarter(today)
    while True:
        last = last.next
        yield _after_closing(schedule, periods.build(schedule.plan, last), today)


def _after_closing(schedule: ReportSchedule, period: Period, today: datetime.date) -> Occasion:
    closing = period.closed_on or max(period.grace_until + ONE_DAY, today)
    day = next_workday(add_workdays(closing, schedule.workdays or 0))
    quarter = period.as_quarter
    return Occasion(day, str(quarter), day, quarter, is_sure=period.closed_on is not None)


def _of_month(schedule: ReportSchedule, day: datetime.date) -> Occasion:
    last = calendar.monthrange(day.year, day.month)[1]
    meant = day.replace(day=min(schedule.day or 1, last))
    return Occasion(next_workday(meant), f"{meant:%Y-%m}", meant)


def _once(schedule: ReportSchedule) -> Occasion:
    day = schedule.on or schedule.since
    return Occasion(next_workday(day), day.isoformat(), day)
