"""Schedules: entered and changed by who may, due on their days, once each, mailed to readers."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reports.models import ReportRun, ReportSchedule
from reports.services import schedule_days, schedule_runs, schedules
from reports.services.schedules import ScheduleText, Scope
from tasks.models import Period, Plan
from tests.factories import (
    TODAY,
    MembershipFactory,
    PeriodFactory,
    PlanFactory,
    PlanSideFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
)
from tests.reports.pages.conftest import Cast
from units.models import AuditEntry, User
from units.states import Role

pytestmark = pytest.mark.django_db
NEW = "/reports/schedules/new/"
Day = datetime.date


def scheduled(cast: Cast, **values: Any) -> ReportSchedule:
    """A schedule of the office's; monthly unless told otherwise."""
    today = values.pop("today", TODAY)
    scope = Scope("quarterly", Plan.objects.get())
    text: dict[str, Any] = {"every": "month", "day": 25, "recipients": [cast.office]}
    text |= values
    return schedules.create(scope, ScheduleText(**text), by=cast.office, today=today)


def fill(client: Client, user: User, **changes: Any) -> Any:
    client.force_login(user)
    body = {
        "book": "quarterly",
        "plan": Plan.objects.order_by("pk")[0].pk,
        "lead_unit": "",
        "every": "month",
        "day": "25",
        "paper": "A4",
        "recipients": [user.pk],
    }
    return client.post(NEW, body | changes)


def test_entered_in_two_steps_and_shown_with_its_next_days(client: Client, cast: Cast) -> None:
    client.force_login(cast.office)
    assert "哪一种报表" in client.get(NEW).text
    plan = Plan.objects.get()
    second = client.get(NEW, {"book": "quarterly", "plan": str(plan.pk), "lead_unit": ""}).text
    assert str(cast.office) in second
    assert str(cast.lead) not in second
    made = fill(client, cast.office)
    schedule = ReportSchedule.objects.get()
    assert made.headers["Location"] == reverse("reports:schedule", args=[schedule.pk])
    page = client.get(made.headers["Location"]).text
    # 2026-11-25 and 2026-12-25 are worked; 2027-01-25 is a Monday.
    for day in ("2026-11-25", "2026-12-25", "2027-01-25"):
        assert day in page
    assert schedule.office is not None
    assert AuditEntry.objects.get(verb="report_schedule.create").actor == cast.office
    assert "季度进展汇总表" in client.get("/reports/schedules/").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": ""}, "请填写1至31的日期"),
        ({"day": "32"}, "请填写1至31的日期"),
        ({"recipients": []}, "请选择1至50位收件人"),
        ({"every": "quarter", "workdays": ""}, "请填写0至60的工作日数"),
        ({"every": "once", "on": "2026-11-19"}, "请填写今天或以后的日期"),
        ({"every": "never"}, "never"),
        ({"plan": "999999"}, "没有这个方案"),
        ({"language": "fr"}, "fr"),
    ],
)
def test_nonsense_gets_a_sentence(
    client: Client, cast: Cast, changes: dict[str, Any], sentence: str
) -> None:
    response = fill(client, cast.office, **changes)
    assert response.status_code == 422
    assert sentence in response.text
    assert not ReportSchedule.objects.exists()


def test_all_that_is_wrong_is_told_at_once_and_what_has_no_effect_stops_nobody(
    client: Client, cast: Cast
) -> None:
    """The page says that the fields of another cadence do nothing."""
    both = fill(client, cast.office, day="45", recipients=[])
    assert "请填写1至31的日期" in both.text
    assert "请选择1至50位收件人" in both.text
    assert fill(client, cast.office, every="quarter", workdays="5", day="45").status_code == 302
    made = ReportSchedule.objects.get()
    assert (made.workdays, made.day) == (5, None)


def test_scores_are_no_schedules_where_the_plan_has_them_off(client: Client, cast: Cast) -> None:
    """Not where another plan of the person's has them on, nor by the API."""
    other = PlanFactory(code="scored", short_title="别处行动方案", scores_on=True)
    side = PlanSideFactory(plan=other)
    ResponsibilityFactory(task=TaskFactory(plan=other), unit=UnitFactory())
    PeriodFactory(plan=other, quarter_text="2026Q3")
    assert side.office in [post.office for post in cast.office.memberships.all()]
    plan = Plan.objects.get(code="joint")
    client.force_login(cast.office)
    off = {"book": "scores", "plan": str(plan.pk), "lead_unit": ""}
    first = client.get(NEW, off).text
    assert "没有启用考核评分" in first
    assert 'name="recipients"' not in first
    assert "没有启用考核评分" in fill(client, cast.office, **off).text
    body = {"every": "month", "day": 5, "recipients": [cast.office.username], "book": "scores"}
    api = "/api/v1/report-schedules/"
    for said in ({"plan": plan.code}, {"plan": plan.code, "book": "quarterly"}):
        answer = client.post(api, body | said, content_type="application/json")
        assert answer.status_code == (400 if "book" not in said else 201)
    assert fill(client, cast.office, book="scores", plan=other.pk).status_code == 302


def test_who_may_not_see_all_of_it_cannot_be_chosen(client: Client, cast: Cast) -> None:
    response = fill(client, cast.office, recipients=[cast.lead.pk])
    assert response.status_code == 422
    assert "所选人员无权查看该报表的全部内容。" in response.text
    own = fill(
        client, cast.office, book="status", lead_unit=cast.unit_id, recipients=[cast.lead.pk]
    )
    assert own.status_code == 302


def test_an_officer_schedules_the_own_units_table_for_its_people(
    client: Client, cast: Cast
) -> None:
    assert fill(client, cast.lead).status_code == 422
    made = fill(client, cast.lead, lead_unit=cast.unit_id)
    assert made.status_code == 302
    schedule = ReportSchedule.objects.get()
    assert (schedule.book, schedule.office, schedule.made_by) == ("status", None, cast.lead)
    client.force_login(cast.office)
    assert client.get(made.headers["Location"]).status_code == 404


def test_others_neither_see_nor_change_it(client: Client, cast: Cast) -> None:
    schedule = scheduled(cast)
    for user in (cast.lead, cast.other_lead, cast.auditor):
        client.force_login(user)
        assert client.get(reverse("reports:schedule", args=[schedule.pk])).status_code == 404
        edit = reverse("reports:schedule_edit", args=[schedule.pk])
        assert client.post(edit, {"day": "1"}).status_code == 404
        assert (
            client.post(reverse("reports:schedule_switch", args=[schedule.pk])).status_code == 404
        )
    leader = MembershipFactory(role=Role.LEADER, unit=None, office=schedule.office).user
    client.force_login(leader)
    page = client.get(reverse("reports:schedule", args=[schedule.pk]))
    assert page.status_code == 200
    assert "停用" not in page.text.split("<main")[1].split("设定")[0]
    schedule.refresh_from_db()
    assert (schedule.day, schedule.is_on) == (25, True)


def test_two_who_change_it_are_told_of_each_other(client: Client, cast: Cast) -> None:
    schedule = scheduled(cast)
    assert schedule.office is not None
    colleague = coordinator(schedule.office)
    body = {"every": "month", "day": "3", "paper": "A3", "recipients": [cast.office.pk]}
    client.force_login(colleague)
    edit = reverse("reports:schedule_edit", args=[schedule.pk])
    assert client.post(edit, body | {"version": 1}).status_code == 302
    late = client.post(edit, body | {"version": 1, "day": "9"})
    assert late.status_code == 422
    assert "已被他人修改" in late.text
    schedule.refresh_from_db()
    assert (schedule.day, schedule.made_by, schedule.version) == (3, colleague, 2)


def test_stopped_it_makes_nothing_and_begun_again_nothing_of_before(
    client: Client, cast: Cast
) -> None:
    schedule = scheduled(cast, today=Day(2026, 9, 1))
    client.force_login(cast.office)
    switch = reverse("reports:schedule_switch", args=[schedule.pk])
    assert "已停用" in client.post(switch, {"on": "0"}, follow=True).text
    assert schedule_runs.enter_due(today=TODAY) == []
    client.post(switch, {"on": "1"})
    assert schedule_runs.enter_due(today=TODAY) == []
    assert len(schedule_runs.enter_due(today=Day(2026, 11, 25))) == 1


def test_each_occasion_is_entered_once_and_after_days_down_the_latest_alone(cast: Cast) -> None:
    schedule = scheduled(cast, today=Day(2026, 6, 1))
    [run] = schedule_runs.enter_due(today=TODAY)  # since June: that of October
    assert run.key == f"schedule:{schedule.pk}:2026-10"
    assert (run.schedule, run.office, run.requested_by) == (
        schedule,
        schedule.office,
        cast.office,
    )
    for _n in range(3):
        assert schedule_runs.enter_due(today=TODAY) == []
    [run] = schedule_runs.enter_due(today=Day(2026, 11, 30))
    assert run.key == f"schedule:{schedule.pk}:2026-11"
    assert ReportRun.objects.count() == 2


@pytest.mark.parametrize(
    ("wanted", "since", "day"),
    [
        ({"every": "month", "day": 1}, Day(2026, 9, 30), Day(2026, 10, 8)),  # the holiday
        ({"every": "month", "day": 31}, Day(2026, 2, 1), Day(2026, 2, 28)),  # a worked Saturday
        ({"every": "month", "day": 31}, Day(2026, 5, 1), Day(2026, 6, 1)),  # a Sunday
        ({"every": "once", "on": Day(2026, 10, 3)}, Day(2026, 9, 1), Day(2026, 10, 8)),
    ],
)
def test_a_day_off_moves_to_the_next_working_day(
    cast: Cast, wanted: dict[str, Any], since: Day, day: Day
) -> None:
    schedule = scheduled(cast, today=since, **wanted)
    due = schedule_days.latest_due(schedule, today=day)
    assert due is not None
    assert due.day == day
    assert schedule_days.latest_due(schedule, today=day - datetime.timedelta(days=1)) is None
    assert next(one.day for one in schedule_days.next_days(schedule, today=since)) == day


def test_each_quarter_counts_from_its_closing(cast: Cast) -> None:
    schedule = scheduled(cast, every="quarter", workdays=5, day=None)
    first, second, third = schedule_days.next_days(schedule, today=TODAY)
    assert (str(first.quarter), first.is_sure) == ("2026Q3", False)
    assert (str(second.quarter), str(third.quarter)) == ("2026Q4", "2027Q1")
    assert schedule_runs.enter_due(today=Day(2026, 12, 31)) == []  # as long as it is open
    Period.objects.update(state="closed", closed_on=Day(2026, 11, 20))
    sure = schedule_days.next_days(schedule, today=TODAY)[0]
    assert (sure.day, sure.is_sure) == (Day(2026, 11, 27), True)
    assert schedule_runs.enter_due(today=Day(2026, 11, 26)) == []
    [run] = schedule_runs.enter_due(today=Day(2026, 11, 27))
    assert run.quarter == "2026Q3"
    assert schedule_runs.enter_due(today=Day(2027, 1, 27)) == []


def test_one_that_is_stopped_or_changed_meanwhile_is_not_made(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = scheduled(cast, today=Day(2026, 6, 1))
    found = schedule_runs.due(today=TODAY)
    monkeypatch.setattr(schedule_runs, "due", lambda *, today: found)
    later = ScheduleText(every="once", on=Day(2026, 12, 1), recipients=[cast.office])
    schedules.change(schedule, later, version=1, by=cast.office, today=TODAY)
    assert schedule_runs.enter_due(today=TODAY) == []
    schedules.switch(schedule, is_on=False, by=cast.office, today=TODAY)
    assert schedule_runs.enter_due(today=TODAY) == []
    assert not ReportRun.objects.exists()


def test_it_stays_the_book_of_its_office_whatever_else_its_maker_becomes(cast: Cast) -> None:
    first, second = Plan.objects.get().sides.select_related("office").order_by("order")
    office = second.office
    maker = coordinator(office)
    text = ScheduleText(every="month", day=25, recipients=[coordinator(office)])
    scope = Scope("quarterly", Plan.objects.get())
    schedule = schedules.create(scope, text, by=maker, today=Day(2026, 6, 1))
    post = MembershipFactory(user=maker, unit=None, office=first.office, role=Role.COORDINATOR)
    [run] = schedule_runs.enter_due(today=TODAY)
    assert run.office == office
    changed = schedules.change(schedule, text, version=1, by=maker, today=TODAY)
    assert changed.office == office
    maker.memberships.exclude(pk=post.pk).delete()
    assert schedule_runs.enter_due(today=Day(2026, 11, 25)) == []
    schedule.refresh_from_db()
    assert "任职已变更" in str(schedule.trouble)
    assert ReportRun.objects.count() == 1


def test_what_cannot_be_made_says_why_once(cast: Cast) -> None:
    schedule = scheduled(cast, today=Day(2026, 10, 1))
    cast.office.memberships.update(until=Day(2026, 10, 10))
    for _hour in range(3):
        assert schedule_runs.enter_due(today=TODAY) == []
    schedule.refresh_from_db()
    assert "您无权生成" in schedule.trouble
    assert AuditEntry.objects.filter(verb="report_schedule.fail").count() == 1
    cast.office.memberships.update(until=None)
    for name in ("_standing",):
        vars(cast.office).pop(name, None)
    assert len(schedule_runs.enter_due(today=TODAY)) == 1
    schedule.refresh_from_db()
    assert schedule.trouble == ""


def test_a_disabled_makers_schedule_waits_for_another(cast: Cast) -> None:
    schedule = scheduled(cast, today=Day(2026, 10, 1))
    User.objects.filter(pk=cast.office.pk).update(is_active=False)
    assert schedule_runs.enter_due(today=TODAY) == []
    schedule.refresh_from_db()
    assert "制定人的账号已停用" in schedule.trouble
    office = schedule.office
    assert office is not None
    text = ScheduleText("month", [coordinator(office)], day=25)
    colleague = coordinator(office)
    schedules.change(schedule, text, version=1, by=colleague, today=TODAY)
    assert len(schedule_runs.enter_due(today=TODAY)) == 1
