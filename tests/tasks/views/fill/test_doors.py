"""The progress form: who has it and when; who may read a report."""

import pytest
from django.urls import reverse

from tasks.models import ProgressReport
from tasks.states import ReportKind, TaskState
from tests.factories import PeriodFactory, ProgressReportFactory
from tests.tasks.views.conftest import World
from tests.tasks.views.fill.conftest import Browser, address, filled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize("who", ["other_lead", "cooperating", "stranger", "office", "auditor"])
def test_nobody_else_has_the_form(world: World, as_: Browser, who: str) -> None:
    browser = as_(getattr(world, who))
    assert browser.get(address(world)).status_code == 404
    assert browser.post(address(world), filled()).status_code == 404
    assert not ProgressReport.objects.exists()


@pytest.mark.parametrize("quarter", ["2026Q5", "x", "1999Q1", "2026Q2"])
def test_a_quarter_without_a_period_is_not_found(world: World, as_: Browser, quarter: str) -> None:
    browser = as_(world.lead)
    assert browser.get(address(world, quarter)).status_code == 404
    assert browser.post(address(world, quarter), filled()).status_code == 404
    assert not ProgressReport.objects.exists()


def test_a_quarter_not_yet_open_says_from_when(world: World, as_: Browser) -> None:
    browser = as_(world.lead)
    sentence = "2026年第4季度尚未开放填报，2026-12-01起填报。"
    assert sentence in browser.get(address(world, "2026Q4")).text
    PeriodFactory(plan=world.plan, quarter_text="2026Q4")
    response = browser.post(address(world, "2026Q4"), filled())
    assert response.status_code == 404
    assert sentence in response.text
    assert not ProgressReport.objects.exists()


def test_a_closed_quarter_takes_a_late_report(world: World, as_: Browser) -> None:
    PeriodFactory(plan=world.plan, quarter_text="2026Q2", closed=True)
    response = as_(world.lead).post(address(world, "2026Q2"), filled())
    assert response.status_code == 302
    assert ProgressReport.objects.get().kind == ReportKind.LATE


def test_an_ended_task_asks_for_nothing(world: World, as_: Browser) -> None:
    world.side.state = TaskState.CLOSED
    world.side.save(update_fields=["state"])
    response = as_(world.lead).post(address(world), filled())
    assert "该任务已销号，无须填报。" in response.text
    assert not ProgressReport.objects.exists()


@pytest.mark.parametrize(
    ("who", "state", "status"),
    [
        ("lead", "draft", 200),
        ("office", "draft", 404),
        ("auditor", "draft", 404),
        ("office", "submitted", 200),
        ("auditor", "submitted", 200),
        ("other_lead", "submitted", 404),
        ("cooperating", "submitted", 404),
        ("other_office", "submitted", 404),
        ("other_lead", "approved", 200),
        ("cooperating", "approved", 200),
        ("other_office", "approved", 200),
        ("stranger", "approved", 404),
        ("office", "returned", 200),
    ],
)
def test_who_may_read_a_report(
    world: World, as_: Browser, who: str, state: str, status: int
) -> None:
    traits = {} if state == "draft" else {state: True}
    report = ProgressReportFactory(
        responsibility=world.side, period=world.period, progress="只给看得见的人。", **traits
    )
    response = as_(getattr(world, who)).get(reverse("tasks:view_report", args=[report.pk]))
    assert response.status_code == status
    assert ("只给看得见的人。" in response.text) == (status == 200)


def test_a_report_read_by_others_does_not_tell_that_it_was_returned_once(
    world: World, as_: Browser
) -> None:
    report = ProgressReportFactory(
        responsibility=world.side, period=world.period, approved=True, return_reason="数据有误。"
    )
    view = reverse("tasks:view_report", args=[report.pk])
    assert "数据有误。" not in as_(world.other_lead).get(view).text
    assert "数据有误。" in as_(world.lead).get(view).text
