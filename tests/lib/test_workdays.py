"""Working days with 调休, quarters, and the clock's zone."""

import datetime

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from tracker.checks import check_calendar, missing_calendars
from tracker.lib import workdays
from tracker.lib.workdays import Quarter, add_workdays, is_workday, workdays_between

DAYS = st.dates(datetime.date(2010, 1, 1), datetime.date(2030, 12, 31))


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    "text", ["2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
)
def test_make_up_weekends_are_worked(text):
    assert day(text).weekday() >= 5
    assert is_workday(day(text))


@pytest.mark.parametrize("text", ["2026-10-01", "2026-10-07", "2026-02-17", "2026-11-21"])
def test_holidays_and_weekends_are_not_worked(text):
    assert not is_workday(day(text))


def test_next_workday_steps_over_the_national_holiday():
    assert workdays.next_workday(day("2026-10-01")) == day("2026-10-08")
    assert workdays.next_workday(day("2026-10-08")) == day("2026-10-08")


def test_adding_counts_make_up_days_and_skips_the_spring_festival():
    assert add_workdays(day("2026-02-13"), 2) == day("2026-02-24")
    assert add_workdays(day("2026-02-24"), -2) == day("2026-02-13")
    assert add_workdays(day("2026-02-15"), 0) == day("2026-02-15")


def test_a_year_without_a_list_counts_monday_to_friday_and_says_so():
    assert workdays.is_known(2026)
    assert workdays.is_known(2004)
    assert not workdays.is_known(2003)
    assert not workdays.is_known(2050)
    assert is_workday(day("2050-10-03"))  # a Monday in the national holiday
    assert not is_workday(day("2050-10-01"))


@given(DAYS, st.integers(-60, 60))
def test_counting_undoes_adding(start, n):
    start = workdays.next_workday(start)
    assert workdays_between(start, add_workdays(start, n)) == n


@given(DAYS)
def test_quarters_tile_the_line(some_day):
    quarter = workdays.quarter_of(some_day)
    assert quarter.first_day <= some_day <= quarter.last_day
    assert quarter.next.first_day == quarter.last_day + workdays.ONE_DAY
    assert quarter.next.previous == quarter
    assert quarter < quarter.next
    assert Quarter.parse(str(quarter)) == quarter == Quarter.parse(quarter.label)


@pytest.mark.parametrize(
    "text",
    [
        "2025Q4",
        "2025q4",
        "２０２５Ｑ４",
        " 2025Q4 ",
        "2025年第4季度",
        "2025年第四季度",
        "2025年4季度",
    ],
)
def test_a_quarter_is_read_in_the_forms_that_people_use(text):
    assert Quarter.parse(text) == Quarter(2025, 4)


@pytest.mark.parametrize(
    "text", ["", "2025", "2025Q5", "2025Q0", "25Q4", "2025Q44", "=2025Q4", "Q4"]
)
def test_an_unknown_quarter_gives_a_sentence(text):
    with pytest.raises(ValueError, match="无法识别季度"):
        Quarter.parse(text)


@pytest.mark.parametrize(("year", "number"), [(2025, 0), (2025, 5), (0, 1), (9999, 4)])
def test_an_impossible_quarter_cannot_be_made(year, number):
    with pytest.raises(ValueError, match=r"季度应为|年份"):
        Quarter(year, number)


def test_the_day_is_that_of_shanghai():
    with time_machine.travel("2026-11-19T16:30:00Z", tick=False):
        assert workdays.today() == day("2026-11-20")
        assert workdays.now().utcoffset() == datetime.timedelta(hours=8)


def test_the_check_warns_from_november_when_next_year_is_missing(monkeypatch):
    monkeypatch.setattr(workdays, "known_years", lambda: frozenset({2025, 2026}))
    assert missing_calendars(day("2026-10-31")) == []
    (warning,) = missing_calendars(day("2026-11-01"))
    assert warning.id == "tracker.W001"
    assert "2027" in warning.msg
    assert len(missing_calendars(day("2027-12-01"))) == 2


def test_the_registered_check_reads_the_clock():
    with time_machine.travel("2025-06-01T00:00:00Z", tick=False):
        assert check_calendar(databases=["default"]) == []
    with time_machine.travel("2049-06-01T00:00:00Z", tick=False):
        (warning,) = check_calendar(databases=["default"])
        assert "2049" in warning.msg
        assert check_calendar() == []  # a plain `check` speaks of code and settings alone
