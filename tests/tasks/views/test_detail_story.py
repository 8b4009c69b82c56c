"""The parts of a task's page: charts, timeline, people to call, targets, history."""

import datetime
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import PeriodFactory, ProgressReportFactory, TargetFactory
from units.services import audit


@pytest.fixture
def page(as_, world, clock):
    """`page(person)`: the text of the task's page for the person."""

    def read(person) -> str:
        return str(as_(person).get(world.task.get_absolute_url()).text)

    return read


def approved(world: Any, side: Any, percent: int = 37, quarter: str = "2026Q3") -> Any:
    period = PeriodFactory(plan=world.plan, quarter_text=quarter)
    return ProgressReportFactory(responsibility=side, period=period, percent=percent, approved=True)


def test_schedule_and_progress_are_drawn_with_the_same_figures_beneath(as_, world, clock):
    approved(world, world.side, 31, "2026Q2")
    approved(world, world.side, 37)
    response = as_(world.lead).get(world.task.get_absolute_url())
    (chart,) = response.context["charts"]
    assert [str(line.name) for line in chart.series] == ["完成进度", "序时进度"]
    figures = dict(chart.rows())
    assert figures["2026年第2季度"][0] == "31"
    assert figures["2026年第3季度"][0] == "37"
    assert "data-chart-library" in response.text
    assert "完成进度与序时进度" in response.text


def test_only_the_progress_that_one_may_read_is_drawn(as_, world, clock):
    ProgressReportFactory(responsibility=world.side, period=world.period, submitted=True)
    approved(world, world.other_side, 52)
    for person in ("lead", "office", "auditor", "cooperating"):
        charts = as_(getattr(world, person)).get(world.task.get_absolute_url()).context["charts"]
        values = [v for chart in charts for line in chart.series for v in line.values]
        assert 40 not in values, person
        assert (52 in values) == (person != "auditor"), person
    assert as_(world.stranger).get(world.task.get_absolute_url()).context["charts"] == []


def test_nothing_is_wanted_of_a_side_that_had_ended(page, world):
    world.side.state, world.side.state_since = "carried", world.period.due_on
    world.side.save()
    timeline = page(world.lead).partition("各季度进展")[2]
    assert "无须填报" in timeline
    assert "未报" not in timeline
    world.side.state_since += datetime.timedelta(days=1)
    world.side.save()
    timeline = page(world.lead).partition("各季度进展")[2]
    assert "无须填报" not in timeline
    assert "未报" in timeline


def test_the_timeline_says_who_and_when(page, world):
    report = approved(world, world.side, 37)
    approved(world, world.side, 40, "2026Q2")
    text = " ".join(page(world.lead).split())
    assert f"{report.submitted_by} 2026-11-20报送" in text
    assert f"{report.reviewed_by} 2026-11-20审核" in text
    assert "−3" in text


def test_people_to_call_by_who_may_read_them(page, world):
    world.side.leader, world.side.phone = "赵某某", "023-67512345"
    world.side.save()
    for person in ("lead", "other_lead", "cooperating", "office", "auditor"):
        text = page(getattr(world, person))
        assert "赵某某" in text, person
        assert 'href="tel:02367512345"' in text, person
    masked = page(world.other_office)
    assert "赵某某" in masked
    assert "67512345" not in masked
    for_stranger = page(world.stranger)
    assert "赵某某" not in for_stranger
    assert "67512345" not in for_stranger
    assert "联系人</h2>" not in for_stranger


def test_nobody_entered_yet_is_said(page, world):
    assert "尚未登记联系人" in page(world.lead)


def test_targets_say_whether_they_are_reached(page, world):
    target = TargetFactory(plan=world.plan, task=world.task)
    text = page(world.stranger)
    assert reverse("tasks:target", args=[target.pk]) in text
    assert "无数据" in text


def test_both_sides_dates_stand_beside_the_documents(page, world):
    world.side.due_on = datetime.date(2027, 3, 31)
    world.side.save()
    text = page(world.stranger)
    assert "核定时限" in text
    assert "2027-03-31" in text
    assert "2022-01-01—2030-12-31" in text


def test_the_history_is_a_tab_with_its_own_address(as_, world, clock):
    for number in range(60):
        audit.record("task.edit", world.task, by=world.office, after={"title": f"第{number}稿"})
    address = world.task.get_absolute_url()
    browser = as_(world.lead)
    assert f"{address}?tab=history" in browser.get(address).text
    first = browser.get(f"{address}?tab=history").text
    assert "修改任务" in first
    assert "第59稿" in first
    assert "第0稿" not in first
    assert "第0稿" in browser.get(f"{address}?tab=history&page=2").text
    assert "各季度进展" not in first


def test_an_empty_history_says_what_would_be_there(as_, world, clock):
    text = as_(world.stranger).get(f"{world.task.get_absolute_url()}?tab=history").text
    assert "还没有可以查看的记录" in text


def test_markup_in_the_history_is_shown_as_text(as_, world, clock):
    audit.record(
        "task.edit", world.task, by=world.office, after={"title": "<b>x</b>"}, reason="<i>"
    )
    text = as_(world.lead).get(f"{world.task.get_absolute_url()}?tab=history").text
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "<b>x</b>" not in text


def test_who_may_edit_gets_the_way_there(page, world):
    edit = reverse("tasks:task_edit", args=[world.task.pk])
    assert edit in page(world.office)
    assert edit not in page(world.lead)
