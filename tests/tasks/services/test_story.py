"""What a task's page draws and lists: quarters, schedule, numbers to call."""

import datetime

import pytest

from tasks.models import Responsibility
from tasks.services import story
from tests.factories import (
    PeriodFactory,
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    coordinator,
    joint_plan,
    officer,
)
from tracker.lib.workdays import Quarter

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)


def make_side(due_on: datetime.date | None = None, **plan: object):
    plan = PlanFactory(tracked_from="2026Q1", **plan)
    return ResponsibilityFactory(task=TaskFactory(plan=plan), due_on=due_on)


def report(side, quarter: str, percent: int, **traits: object):
    period = PeriodFactory(plan=side.task.plan, quarter_text=quarter)
    return ProgressReportFactory(
        responsibility=side, period=period, percent=percent, **(traits or {"approved": True})
    )


def test_the_schedule_reaches_from_the_first_quarter_to_the_date() -> None:
    side = make_side(datetime.date(2027, 6, 30))
    reports = [report(side, "2026Q1", 30), report(side, "2026Q3", 45)]
    points = story.schedule(side.task, [side], reports, TODAY)
    assert [str(p.quarter) for p in points] == [
        *("2026Q1", "2026Q2", "2026Q3", "2026Q4", "2027Q1", "2027Q2"),
    ]
    assert [p.percent[side.pk] for p in points] == [30, None, 45, None, None, None]
    expected = [p.expected[side.pk] or 0 for p in points]
    assert expected[-1] == 100
    assert expected == sorted(expected)
    plan = side.task.plan
    assert expected[2] == plan.expected_percent(side.due_on, datetime.date(2026, 9, 30))


def test_what_is_not_approved_is_not_drawn() -> None:
    side = make_side()
    reports = [report(side, "2026Q1", 30, submitted=True)]
    points = story.schedule(side.task, [side], reports, TODAY)
    assert {p.percent[side.pk] for p in points} == {None}
    assert story.schedule_charts(points, [side]) == []


def test_a_late_task_is_drawn_up_to_the_present_quarter() -> None:
    side = make_side(datetime.date(2026, 3, 31))
    points = story.schedule(side.task, [side], [report(side, "2026Q1", 30)], TODAY)
    assert points[-1].quarter == Quarter(2026, 4)


def test_a_plan_without_a_start_has_no_schedule_line() -> None:
    side = make_side(starts_on=None)
    points = story.schedule(side.task, [side], [report(side, "2026Q1", 30)], TODAY)
    (chart,) = story.schedule_charts(points, [side])
    assert [line.dashed for line in chart.series] == [False]


def test_sides_of_one_date_share_a_chart_and_others_have_their_own() -> None:
    side = make_side()
    other = ResponsibilityFactory(task=side.task, side=None)
    reports = [report(side, "2026Q1", 30), report(other, "2026Q1", 50)]
    sides = [side, other]
    (chart,) = story.schedule_charts(story.schedule(side.task, sides, reports, TODAY), sides)
    assert [str(line.name) for line in chart.series] == ["重庆市", other.unit.name, "序时进度"]
    other.due_on = datetime.date(2027, 6, 30)
    charts = story.schedule_charts(story.schedule(side.task, sides, reports, TODAY), sides)
    assert [str(chart.title).split("：")[0] for chart in charts] == [
        *("重庆市", other.unit.name),
    ]


def test_a_chart_of_its_own_ends_with_its_date() -> None:
    side = make_side(datetime.date(2027, 3, 31))
    other = ResponsibilityFactory(task=side.task, side=None, due_on=datetime.date(2027, 9, 30))
    reports = [report(side, "2026Q1", 30), report(other, "2026Q1", 50)]
    sides = [side, other]
    charts = story.schedule_charts(story.schedule(side.task, sides, reports, TODAY), sides)
    assert [chart.categories[-1] for chart in charts] == ["2027年第1季度", "2027年第3季度"]
    assert [[str(line.name) for line in chart.series] for chart in charts] == [
        ["完成进度", "序时进度"],
        ["完成进度", "序时进度"],
    ]


@pytest.mark.parametrize("year", [2060, datetime.MAXYEAR])
def test_a_long_story_keeps_its_newest_quarters(year: int) -> None:
    side = make_side(datetime.date(year, 12, 31), ends_on=datetime.date(year, 12, 31))
    reports = [report(side, "2010Q1", 3), report(side, "2026Q1", 30)]
    points = story.schedule(side.task, [side], reports, TODAY)
    assert len(points) == story.MOST_QUARTERS
    assert (str(points[0].quarter), str(points[-1].quarter)) == ("2019Q3", "2034Q2")
    told = {str(point.quarter): point.percent[side.pk] for point in points}
    assert told["2026Q1"] == 30  # a far date does not push out what has been


def test_points_are_counted_from_what_was_told_before() -> None:
    side = make_side()
    reports = [report(side, "2026Q1", 30), report(side, "2026Q3", 25)]
    PeriodFactory(plan=side.task.plan, quarter_text="2026Q2")
    lit = Responsibility.objects.with_light(TODAY).get(pk=side.pk)
    quarters = story.quarters_of(side.task, [lit], reports, TODAY)
    tellings = [quarter.tellings[0] for quarter in quarters]
    assert [telling.points for telling in tellings] == [-5, None, None]
    assert tellings[0].points_down == 5
    assert [quarter.is_told for quarter in quarters] == [True, False, True]


@pytest.mark.parametrize(
    ("phone", "dial"),
    [
        ("023-67512345", "02367512345"),
        ("（023）6751 2345转801", "02367512345"),
        ("+86 23 6751 2345", "+862367512345"),
        ("６７５１２３４５", "67512345"),
        ("总机转", ""),
        ("", ""),
    ],
)
def test_a_phone_is_dialled_by_its_first_number(phone: str, dial: str) -> None:
    assert story.dial_of(phone) == dial


def test_contacts_list_leads_first_and_leave_out_what_is_empty() -> None:
    side = make_side()
    helper = ResponsibilityFactory(task=side.task, cooperating=True, phone="023-1234567", order=0)
    ResponsibilityFactory(task=side.task, cooperating=True)
    side.leader = "张某"
    side.save()
    found = story.contacts_of(officer(side.unit), side.task)
    assert found is not None
    assert [contact.duty for contact in found] == [side, helper]
    stranger = officer(ResponsibilityFactory().unit)
    assert story.contacts_of(stranger, side.task) is None


def test_a_phone_is_told_whole_only_to_who_may_call() -> None:
    plan = joint_plan()
    side = ResponsibilityFactory(task=TaskFactory(plan=plan), phone="023-67512345")
    own, other = (coordinator(row.office) for row in plan.sides.order_by("order"))
    told = [story.contacts_of(user, side.task) for user in (own, other)]
    assert [[(c.phone, c.dial) for c in contacts or []] for contacts in told] == [
        [("023-67512345", "02367512345")],
        [("023-****2345", "")],
    ]
