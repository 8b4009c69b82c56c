"""When a returned report is due again, and what “no news” binds."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from tasks.models import ProgressReport
from tasks.services import progress
from tasks.services.entry import Entry
from tests.factories import PeriodFactory, ProgressReportFactory
from tests.tasks.services.conftest import Desk
from tracker.lib.workdays import SHANGHAI

D = datetime.date
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("returned", "due"),
    [
        (D(2026, 9, 3), D(2026, 10, 10)),  # filed on the 2nd: the quarter's own day
        (D(2026, 9, 29), D(2026, 10, 10)),
        (D(2026, 10, 9), D(2026, 10, 13)),  # 10 October is worked, 11 and 12 are not and are
        (D(2026, 10, 20), D(2026, 10, 23)),
        (D(2026, 11, 20), D(2026, 11, 25)),
    ],
)
def test_early_filing_costs_no_time(desk: Desk, returned: D, due: D) -> None:
    report = desk.submit()
    assert report.period.due_on == D(2026, 10, 10)
    now = datetime.datetime.combine(returned, datetime.time(10), tzinfo=SHANGHAI)
    back = progress.return_report(report, reason="补充数据", by=desk.reviewer, now=now)
    assert back.redo_by == due
    assert ProgressReport.objects.sent_back().get().redo_by == due
    draft = desk.save(version=back.version)
    assert draft.is_sent_back
    assert not desk.submit(version=draft.version).is_sent_back


@pytest.fixture
def earlier(desk: Desk) -> ProgressReport:
    """What was last approved: 41 %."""
    plan = desk.side.task.plan
    first = PeriodFactory(plan=plan, quarter_text="2026Q1", closed=True)
    ProgressReportFactory(responsibility=desk.side, period=first, approved=True, percent=20)
    last = PeriodFactory(plan=plan, quarter_text="2026Q2", closed=True)
    return ProgressReportFactory(responsibility=desk.side, period=last, approved=True, percent=41)


@pytest.mark.parametrize("percent", [40, 42, 0, 100])
def test_no_news_with_another_percent_is_refused(
    desk: Desk, earlier: ProgressReport, percent: int
) -> None:
    entry = Entry(percent=percent, progress="等待批复。", no_news=True)
    for write in (desk.save, desk.submit):
        with pytest.raises(ValidationError) as caught:
            write(entry)
        (sentence,) = caught.value.message_dict["percent"]
        assert set(caught.value.message_dict) == {"percent"}
        assert f"应与上次填报的41%相同，现为{percent}%" in sentence
    assert ProgressReport.objects.count() == 2


@pytest.mark.parametrize("percent", [None, 41])
def test_no_news_keeps_the_percent(
    desk: Desk, earlier: ProgressReport, percent: int | None
) -> None:
    report = desk.submit(Entry(percent=percent, progress="等待批复。", no_news=True))
    report.refresh_from_db()
    assert (report.percent, report.no_news, report.state) == (41, True, "submitted")


def test_what_waits_for_review_is_the_last_report_too(desk: Desk, earlier: ProgressReport) -> None:
    ProgressReport.objects.filter(pk=earlier.pk).update(state="submitted")
    assert desk.submit(Entry(progress="等待批复。", no_news=True)).percent == 41


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_what_was_not_handed_in_does_not_bind(
    desk: Desk, earlier: ProgressReport, state: str
) -> None:
    ProgressReport.objects.filter(pk=earlier.pk).update(state=state)
    assert desk.submit(Entry(progress="等待批复。", no_news=True)).percent == 20


def test_a_later_quarter_does_not_bind(desk: Desk) -> None:
    later = PeriodFactory(plan=desk.side.task.plan, quarter_text="2026Q4")
    ProgressReportFactory(responsibility=desk.side, period=later, approved=True, percent=90)
    assert desk.submit(Entry(percent=40, progress="等待批复。", no_news=True)).percent == 40


def test_a_first_report_without_news_needs_its_percent(desk: Desk) -> None:
    with pytest.raises(ValidationError) as caught:
        desk.submit(Entry(progress="等待批复。", no_news=True))
    assert "请填写完成进度" in caught.value.message_dict["percent"][0]
