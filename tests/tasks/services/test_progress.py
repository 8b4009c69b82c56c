"""A report's life: every move, every refusal, who may, and what stays on record."""

import datetime
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tasks.models import Period, ProgressReport, Responsibility
from tasks.services import progress
from tasks.services.entry import Entry
from tasks.states import PeriodState, ReportKind, ReportState, TaskState
from tests.factories import (
    NOW,
    TODAY,
    PeriodFactory,
    PlanFactory,
)
from tests.tasks.services.conftest import Desk
from tracker.lib.stale import Stale
from tracker.lib.states import IllegalMove
from units.models import AuditEntry

pytestmark = pytest.mark.django_db

FULL = Entry(
    percent=40, progress="已完成前期工作。", problems="资金尚未落实。", next_steps="推进。"
)


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def wrong(call: Callable[[], Any], *fields: str) -> dict[str, list[str]]:
    """The sentences by field; nothing may have been written."""
    before = (list(ProgressReport.objects.values()), verbs())
    with pytest.raises(ValidationError) as caught:
        call()
    assert (list(ProgressReport.objects.values()), verbs()) == before
    if not fields:
        assert not hasattr(caught.value, "error_dict")
        return {"": caught.value.messages}
    assert set(caught.value.message_dict) == set(fields)
    return caught.value.message_dict


# --- moves -------------------------------------------------------------------------------------


def test_the_whole_way(desk: Desk) -> None:
    report = desk.save(Entry(percent=None, progress="刚开始"))
    assert (report.state, report.version, report.filled_by) == ("draft", 1, desk.officer)
    desk.side.refresh_from_db()
    assert desk.side.state == TaskState.NOT_STARTED
    report = desk.submit(version=1)
    assert (report.state, report.version) == ("submitted", 2)
    assert (report.submitted_by, report.submitted_at) == (desk.officer, NOW)
    desk.side.refresh_from_db()
    assert (desk.side.state, desk.side.state_since) == (TaskState.IN_PROGRESS, TODAY)
    report = progress.return_report(report, reason="补充数据", by=desk.reviewer, now=NOW)
    assert (report.state, report.return_reason) == ("returned", "补充数据")
    assert report.redo_by == datetime.date(2026, 11, 25)  # Friday, and three working days on
    report = desk.save(version=report.version)
    assert report.state == ReportState.DRAFT
    report = desk.submit(version=report.version)
    assert report.redo_by is None
    report = progress.approve(report, by=desk.reviewer, now=NOW)
    report.refresh_from_db()
    assert (report.state, report.reviewed_by, report.reviewed_at) == (
        "approved",
        desk.reviewer,
        NOW,
    )
    assert verbs() == [
        "report.save",
        "task.start",
        "report.submit",
        "report.return",
        "report.save",
        "report.submit",
        "report.approve",
    ]
    entry = AuditEntry.objects.get(verb="report.return")
    assert (entry.reason, entry.actor, entry.object_id) == (
        "补充数据",
        desk.reviewer,
        str(report.pk),
    )


def test_a_quarter_without_news_is_a_report(desk: Desk) -> None:
    report = desk.submit(Entry(percent=40, progress="等待上级批复", no_news=True))
    assert report.no_news
    assert report.state == ReportState.SUBMITTED


@pytest.mark.parametrize("state", [ReportState.SUBMITTED, ReportState.APPROVED])
def test_what_is_handed_in_cannot_be_changed(desk: Desk, state: ReportState) -> None:
    report = desk.submit()
    ProgressReport.objects.update(state=state)
    assert "不能修改" in wrong(lambda: desk.save(version=report.version))[""][0]
    assert "不能修改" in wrong(lambda: desk.submit(version=report.version))[""][0]


@pytest.mark.parametrize("state", [ReportState.DRAFT, ReportState.RETURNED, ReportState.APPROVED])
def test_only_what_waits_can_be_reviewed(desk: Desk, state: ReportState) -> None:
    report = desk.submit()
    ProgressReport.objects.update(state=state)
    with pytest.raises(IllegalMove, match="当前状态"):
        progress.approve(report, by=desk.reviewer, now=NOW)
    with pytest.raises(IllegalMove, match="当前状态"):
        progress.return_report(report, reason="补充", by=desk.reviewer, now=NOW)
    report.refresh_from_db()
    assert (report.state, report.reviewed_at) == (state, None)
    assert "report.approve" not in verbs()


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize("percent", [-1, 101, 2**31])
def test_percent_out_of_range(desk: Desk, percent: int) -> None:
    sentences = wrong(lambda: desk.save(Entry(percent=percent)), "percent")
    assert f"现为{percent}" in sentences["percent"][0]


def test_texts_that_are_too_long(desk: Desk) -> None:
    entry = Entry(percent=1, progress="字" * 4001, problems="字" * 4000)
    assert "4001字" in wrong(lambda: desk.save(entry), "progress")["progress"][0]


def test_a_report_is_handed_in_complete(desk: Desk) -> None:
    wrong(lambda: desk.submit(Entry()), "percent", "progress")
    sentences = wrong(lambda: desk.submit(Entry(percent=1, no_news=True)), "progress")
    assert "理由" in sentences["progress"][0]
    wrong(lambda: desk.submit(Entry(percent=1, progress=" \u0000\n ")), "progress")


def test_texts_are_cleaned_and_kept_as_text(desk: Desk) -> None:
    report = desk.save(Entry(progress=" =SUM(A1)\r\n第二行\u0000\u0008 ", problems="\ud800甲"))
    report.refresh_from_db()
    assert (report.progress, report.problems) == ("=SUM(A1)\n第二行", "甲")


def test_a_stale_version_is_refused(desk: Desk) -> None:
    first = desk.save()
    desk.save(Entry(percent=50), version=first.version)
    for version in (0, first.version, 99):
        with pytest.raises(Stale):
            desk.save(version=version)
    assert ProgressReport.objects.get().percent == 50


def test_a_version_of_a_report_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(Stale):
        desk.save(version=3)
    assert not ProgressReport.objects.exists()


def test_a_period_that_has_not_opened(desk: Desk) -> None:
    desk.period = PeriodFactory(plan=desk.side.task.plan, quarter_text="2026Q4")
    sentence = wrong(desk.save)[""][0]
    assert "尚未开放" in sentence
    assert "2026-12-01" in sentence


def test_in_a_period_that_is_closed_it_is_filed_late(desk: Desk) -> None:
    """Also when it was closed after the form was opened."""
    assert desk.save().kind == ReportKind.REGULAR
    Period.objects.update(state=PeriodState.CLOSED, closed_on=datetime.date(2026, 11, 2))
    assert desk.submit(version=1).kind == ReportKind.LATE


def test_a_period_of_another_plan(desk: Desk) -> None:
    desk.period = PeriodFactory(plan=PlanFactory())
    assert "不属于" in wrong(desk.save)[""][0]


@pytest.mark.parametrize(
    "state", [TaskState.CLOSED, TaskState.STANDING, TaskState.CARRIED, TaskState.SUSPENDED]
)
def test_an_ended_task_needs_no_report(desk: Desk, state: TaskState) -> None:
    Responsibility.objects.update(state=state)
    assert "无须填报" in wrong(desk.save)[""][0]


def test_returning_needs_a_reason(desk: Desk) -> None:
    report = desk.submit()
    for reason in ("", " \n\u0000"):
        call = partial(progress.return_report, report, reason=reason, by=desk.reviewer, now=NOW)
        wrong(call, "reason")
