"""What a brief says of the late: since when, by how much, and how many are shown."""

import datetime

import pytest

from tasks.models import Period, Plan
from tasks.services.brief import words
from tasks.services.brief.making import shared
from tasks.states import LightWord, TaskState
from tests.factories import (
    TODAY,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
)
from tests.tasks.brief.conftest import advised, lead, leader_of, made, report, side_of

pytestmark = pytest.mark.django_db


def test_a_closed_quarter_is_told_as_of_its_closing(plan: Plan) -> None:
    side = ResponsibilityFactory(
        task=TaskFactory(plan=plan, due_on=datetime.date(2026, 8, 31)), unit=UnitFactory()
    )
    for quarter, percent in ((2, 40), (3, 70)):
        ProgressReportFactory(
            responsibility=side,
            period=plan.periods.get(quarter=quarter),
            approved=True,
            percent=percent,
        )
    user = leader_of(side_of(plan))
    then, now = made(user, plan, quarter="2026Q2"), made(user, plan)
    assert not then.is_live
    assert now.is_live
    assert then.day == plan.periods.get(quarter=2).closed_on
    assert then.own.lines[0].percent == 40
    assert then.own.lines[0].word != LightWord.OVERDUE
    assert (now.own.lines[0].word, now.own.lines[0].percent) == (LightWord.OVERDUE, 70)
    assert now.own.lines[0].late_since == datetime.date(2026, 9, 1)


def test_behind_is_told_since_which_quarter_and_by_how_much(plan: Plan) -> None:
    """By what had been approved in each quarter: nothing that was approved later moves it."""
    PeriodFactory(plan=plan, quarter_text="2026Q1", closed=True)
    side = ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory())
    for quarter, percent in ((1, 95), (2, 30), (3, 31)):
        ProgressReportFactory(
            responsibility=side,
            period=plan.periods.get(quarter=quarter),
            approved=True,
            percent=percent,
        )
    user = leader_of(side_of(plan))
    (line,) = made(user, plan).own.lines
    assert (line.word, line.late_since) == (LightWord.BEHIND, None)
    gap = (plan.expected_percent(line.due, TODAY) or 0) - 31
    assert line.gap == gap
    assert line.since_words == f"2026年第2季度起，差{gap}个百分点"
    side.reports.filter(period__quarter=3).update(percent=32)
    (line,) = made(user, plan).own.lines
    assert line.since_words == f"2026年第2季度起，差{gap - 1}个百分点"
    side.reports.filter(period__quarter=2).update(percent=95)
    (line,) = made(user, plan).own.lines
    assert line.since_words.startswith("2026年第3季度起")


def test_what_never_began_and_is_behind_stands_among_the_late(plan: Plan) -> None:
    never = lead(plan, state=TaskState.NOT_STARTED)
    TaskFactory(plan=plan)
    page = made(leader_of(side_of(plan)), plan)
    assert page.own.words == {LightWord.NOT_STARTED: 1}  # the light stays grey
    ((_kind, lines, number),) = [some for some in page.late if some[2]]
    assert ([line.side for line in lines], number) == ([never], 1)
    assert "未启动且落后1项" in words.late_counts(page)
    assert lines[0].since_words == f"差{plan.expected_percent(lines[0].due, TODAY)}个百分点"
    (said,) = [line for line in page.advice() if "未启动且落后" in line]
    assert said.startswith(f"第{never.task.number}项任务")
    assert never.unit.name in said


def test_what_never_began_and_has_time_is_not_late(plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(starts_on=TODAY - datetime.timedelta(7))
    plan.refresh_from_db()
    lead(plan, state=TaskState.NOT_STARTED, due="2027-12-31")
    page = made(leader_of(side_of(plan)), plan)
    assert page.late_total == 0
    assert "未启动" not in words.late_counts(page) + "".join(page.advice())


def test_twice_late_means_late_on_the_earlier_quarters_own_day(plan: Plan) -> None:
    """Also where the earlier quarter was left open, so that its figures are today's."""
    Period.objects.filter(plan=plan, quarter=2).update(state="open", closed_on=None)
    report(lead(plan, due="2026-09-30"), approved=True, percent=90)
    assert not [line for line in advised(plan) if "连续两个季度" in line]
    report(lead(plan, due="2026-06-30"), approved=True, percent=90)
    (said,) = [line for line in advised(plan) if "连续两个季度" in line]
    assert said.count("第") == 1


def test_ten_places_are_shared_so_that_each_kind_is_seen() -> None:
    assert shared([20, 20, 20], 10) == [6, 2, 2]
    assert shared([1, 0, 3], 10) == [1, 0, 3]
    assert shared([0, 30, 0], 10) == [0, 10, 0]
    assert shared([3, 5, 9], 10) == [3, 5, 2]
