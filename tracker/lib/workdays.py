"""Days, working days and quarters in Asia/Shanghai; the only place that reads the clock.

A year's list of days off that was uploaded goes before what the library knows: the app that
keeps those lists names itself by `use_lists`. What rests on working days is kept by `kept`
alone, which forgets it when another list comes into force.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from typing import Final, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import chinese_calendar
from django.utils.translation import gettext as _

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
ONE_DAY: Final = datetime.timedelta(days=1)
SATURDAY: Final = 5

_QUARTER = re.compile(
    r"(?P<year>(?:19|20|21)\d\d)\s*(?:Q\s*|年\s*第?)(?P<number>[1-4一二三四])(?:\s*季度)?"
)
_NUMERALS: Final = {"一": 1, "二": 2, "三": 3, "四": 4}


def now() -> datetime.datetime:
    """Return the present moment, aware, in Asia/Shanghai."""
    return datetime.datetime.now(tz=SHANGHAI)


def today() -> datetime.date:
    """Return the present day in Asia/Shanghai, whatever the machine's own zone."""
    return now().date()


# Of a year with an uploaded list the days that are not what their weekday says: worked or not.
Lists = Mapping[int, Mapping[datetime.date, bool]]
P = ParamSpec("P")
R = TypeVar("R")
_kept: list[Callable[[], None]] = []
_lists: Callable[[], Lists] = dict


def use_lists(source: Callable[[], Lists]) -> None:
    """Ask `source` for the uploaded lists; it is asked often and calls `forget` after a change."""
    global _lists
    _lists = source
    forget()


def forget() -> None:
    """Another list is in force: reckon again."""
    for clear in _kept:
        clear()


def kept(maxsize: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """As `lru_cache`, for what rests on working days; arguments by position."""

    def keep(reckon: Callable[P, R]) -> Callable[P, R]:
        known = lru_cache(maxsize=maxsize)(reckon)
        _kept.append(known.cache_clear)

        @wraps(reckon)
        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            _lists()  # forgets what is kept where a list has changed
            return known(*args, **kwargs)  # type: ignore[arg-type]  # lru_cache wants Hashable

        return asked

    return keep


@cache
def known_years() -> frozenset[int]:
    """Return the years whose list of holidays and working weekends the library has."""
    listed = {*chinese_calendar.constants.holidays, *chinese_calendar.constants.workdays}
    return frozenset(day.year for day in listed)


def is_known(year: int) -> bool:
    """Say whether the State Council's list for the year is at hand (else Monday to Friday)."""
    return year in known_years() or year in _lists()


def missing_years(today: datetime.date, *, from_month: int = 12) -> list[int]:
    """Return this year, and from that month the next, where its list is not at hand."""
    years = [today.year, today.year + 1] if today.month >= from_month else [today.year]
    return [year for year in years if not is_known(year)]


def end_of(day: datetime.date) -> datetime.datetime:
    """Return the moment at which the day is over."""
    return datetime.datetime.combine(day + ONE_DAY, datetime.time(), tzinfo=SHANGHAI)


def is_workday(day: datetime.date) -> bool:
    """Say whether the day is worked, make-up weekends (调休) included."""
    listed = _lists().get(day.year)
    if listed is None:
        return library_workday(day)
    return listed.get(day, day.weekday() < SATURDAY)


@lru_cache(maxsize=16_384)  # the library takes its time, and reminders ask a thousandfold
def library_workday(day: datetime.date) -> bool:
    """Say whether the library calls the day worked; Monday to Friday where it knows no list."""
    if day.year in known_years():
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < SATURDAY


def add_workdays(day: datetime.date, n: int) -> datetime.date:
    """Return the nth working day after the day (before it when n is negative); n=0 is the day."""
    step = ONE_DAY if n > 0 else -ONE_DAY
    left = abs(n)
    while left:
        day += step
        left -= is_workday(day)
    return day


def next_workday(day: datetime.date) -> datetime.date:
    """Return the day itself when it is worked, else the first working day after it."""
    while not is_workday(day):
        day += ONE_DAY
    return day


def workdays_between(start: datetime.date, end: datetime.date) -> int:
    """Count the working days after start up to and with end; negative when end is earlier.

    The inverse of `add_workdays`: from a working day d, `workdays_between(d, add_workdays(d, n))`
    is n.
    """
    if end < start:
        return -sum(is_workday(end + ONE_DAY * i) for i in range((start - end).days))
    return sum(is_workday(start + ONE_DAY * i) for i in range(1, (end - start).days + 1))


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """A quarter of a calendar year; written 2025Q4, read aloud 2025年第4季度."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if self.number not in (1, 2, 3, 4):
            raise ValueError(_("季度应为1至4，而不是%(number)s。") % {"number": self.number})
        if not datetime.MINYEAR <= self.year < datetime.MAXYEAR:
            raise ValueError(_("年份“%(year)s”无效。") % {"year": self.year})

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read 2025Q4, 2025q4, full-width forms, 2025年第4季度; else a ValueError sentence."""
        match = _QUARTER.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
        if match is None:
            raise ValueError(
                _("无法识别季度“%(text)s”：请按“2025Q4”的形式填写年份和季度（1至4）。")
                % {"text": text[:40]}
            )
        number = match["number"]
        return cls(int(match["year"]), _NUMERALS.get(number) or int(number))

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def label(self) -> str:
        """Return the quarter in words: 2025年第4季度."""
        return _("%(year)s年第%(number)s季度") % {"year": self.year, "number": self.number}

    @property
    def first_day(self) -> datetime.date:
        """Return the quarter's first day."""
        return datetime.date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> datetime.date:
        """Return the quarter's last day."""
        return self.next.first_day - ONE_DAY

    @property
    def index(self) -> int:
        """Return a number that grows by one from quarter to quarter."""
        return self.year * 4 + self.number

    @property
    def next(self) -> Quarter:
        """Return the quarter after this one."""
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    @property
    def previous(self) -> Quarter:
        """Return the quarter before this one."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)


def quarter_of(day: datetime.date) -> Quarter:
    """Return the quarter in which the day lies."""
    return Quarter(day.year, (day.month + 2) // 3)
