"""The coordinators' queue, through the browser's door."""

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.urls import reverse

from tasks.models import ProgressReport
from tasks.states import ReportState
from tasks.views.compare import mark
from tests.answers import Answer
from tests.factories import (
    NOW,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
)
from tests.tasks.views.conftest import World
from units.models import AuditEntry, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
QUEUE = "/review/"


@pytest.fixture
def report(world: World) -> ProgressReport:
    """A report of 重庆市 that waits for its office."""
    return ProgressReportFactory(
        responsibility=world.side,
        period=world.period,
        submitted=True,
        percent=62,
        progress="完成管道建设。储气库开工。",
    )


def approve(browser: Client, report: ProgressReport, version: object = None) -> Answer:
    data = {"version": report.version if version is None else version}
    return browser.post(reverse("tasks:approve", args=[report.pk]), data, follow=True)


def send_back(browser: Client, report: ProgressReport, reason: str) -> Answer:
    data = {"version": report.version, "reason": reason}
    return browser.post(reverse("tasks:return", args=[report.pk]), data, follow=True)


def test_the_queue_shows_what_waits_beside_the_last_report(
    world: World, as_: Browser, report: ProgressReport
) -> None:
    ProgressReportFactory(
        responsibility=world.side,
        period=PeriodFactory(plan=world.plan, quarter_text="2026Q2", closed=True),
        approved=True,
        percent=50,
        progress="完成管道建设。",
    )
    text = as_(world.office).get(QUEUE).text
    assert "第1份，共1份待审" in text
    assert "比上次提高12个百分点" in text
    assert "<mark>储气库开工。</mark>" in text
    assert "<mark>完成管道建设。</mark>" not in text


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("other_office", 404),
        ("lead", 403),
        ("other_lead", 404),
        ("auditor", 403),
        ("stranger", 404),
    ],
)
def test_others_find_an_empty_queue_and_cannot_judge(
    world: World, as_: Browser, report: ProgressReport, who: str, status: int
) -> None:
    """Who may read the report is told that they may not judge it; for others it is not there."""
    browser = as_(getattr(world, who))
    page = browser.get(QUEUE, {"report": report.pk})
    assert "没有待审的进展。" in page.text
    assert "储气库开工" not in page.text
    tries = (approve(browser, report), *(send_back(browser, report, r) for r in ("不该成功。", "")))
    for response in tries:
        assert response.status_code == status
    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED
    assert not AuditEntry.objects.filter(verb="report.approve").exists()


def test_nobody_reviews_the_own_filing(world: World, as_: Browser) -> None:
    report = ProgressReportFactory(
        responsibility=world.side, period=world.period, submitted=True, filled_by=world.office
    )
    browser = as_(world.office)
    assert "没有待审的进展。" in browser.get(QUEUE).text
    assert approve(browser, report).status_code == 403


def test_approving_says_so_and_goes_on(world: World, as_: Browser, report: ProgressReport) -> None:
    response = approve(as_(world.office), report)
    report.refresh_from_db()
    assert report.state == ReportState.APPROVED
    assert report.reviewed_by == world.office
    assert "已审核通过：重庆市能源局“协同开发油气资源”。" in response.text
    assert "没有待审的进展。" in response.text


def test_returning_needs_a_reason(world: World, as_: Browser, report: ProgressReport) -> None:
    response = send_back(as_(world.office), report, " \x00 ")
    assert response.status_code == 422
    assert "请填写退回理由。" in response.text
    assert 'href="#return_reason"' in response.text
    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_returning_names_the_new_day(world: World, as_: Browser, report: ProgressReport) -> None:
    response = send_back(as_(world.office), report, "=请补充\x07数据来源。")
    report.refresh_from_db()
    assert report.state == ReportState.RETURNED
    assert report.return_reason == "=请补充数据来源。"
    assert "请其2026-11-25前重报。" in response.text


def test_a_text_that_was_not_read_is_not_approved(
    world: World, as_: Browser, report: ProgressReport
) -> None:
    browser = as_(world.office)
    for version in (report.version + 1, "", "x"):
        response = approve(browser, report, version)
        assert "这份进展已有变化，没有作出处理" in response.text
    ProgressReport.objects.update(version=7)
    response = send_back(browser, report, "旧页面上的理由。")
    assert "这份进展已有变化，没有作出处理" in response.text
    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_what_a_colleague_has_approved_is_not_approved_again(
    world: World, as_: Browser, report: ProgressReport
) -> None:
    browser = as_(world.office)
    approve(browser, report)
    report.refresh_from_db()
    for response in (approve(browser, report), send_back(browser, report, "再想想。")):
        assert "当前状态为“已审核”" in response.text
    report.refresh_from_db()
    assert report.state == ReportState.APPROVED
    assert AuditEntry.objects.filter(verb="report.approve").count() == 1


def test_the_queue_moves_from_one_to_the_next(
    world: World, as_: Browser, report: ProgressReport
) -> None:
    second = ProgressReportFactory(
        responsibility=world.side,
        period=PeriodFactory(plan=world.plan, quarter_text="2026Q2"),
        submitted=True,
    )
    browser = as_(world.office)
    first = browser.get(QUEUE).text
    assert 'id="next-report"' in first
    assert f"{QUEUE}?report={second.pk}" in first
    for odd in ("x", "-1", "9" * 5000, ""):
        assert browser.get(QUEUE, {"report": odd}).status_code == 200
    response = approve(browser, second)  # of the earlier quarter: it stands first
    assert response.redirect_chain == [(f"{QUEUE}?report={report.pk}", 302)]


def test_the_number_of_queries_does_not_grow_with_the_queue(
    world: World,
    as_: Browser,
    report: ProgressReport,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    for quarter in ("2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2"):
        period = PeriodFactory(plan=world.plan, quarter_text=quarter)
        ProgressReportFactory(responsibility=world.side, period=period, submitted=True)
    browser = as_(world.office)
    with django_assert_max_num_queries(26):
        assert "共6份待审" in browser.get(QUEUE).text


def test_judging_is_by_post_alone(world: World, as_: Browser, report: ProgressReport) -> None:
    browser = as_(world.office)
    for name in ("tasks:approve", "tasks:return"):
        assert browser.get(reverse(name, args=[report.pk])).status_code == 405


def test_a_percent_that_fell_is_pointed_out(
    world: World, as_: Browser, report: ProgressReport
) -> None:
    earlier = PeriodFactory(plan=world.plan, quarter_text="2026Q2", closed=True)
    ProgressReportFactory(responsibility=world.side, period=earlier, approved=True, percent=70)
    assert "比上次下降8个百分点" in as_(world.office).get(QUEUE).text


def test_new_sentences_are_marked() -> None:
    parts = mark("甲。乙；", "乙。丙！\n甲")
    assert [(part.text.strip(), part.is_new) for part in parts] == [
        ("乙。", False),
        ("丙！", True),
        ("甲", False),
    ]
    assert "".join(part.text for part in parts) == "乙。丙！\n甲"


def test_the_queue_can_be_narrowed_to_a_quarter_and_stays_so(
    world: World, as_: Browser, report: ProgressReport
) -> None:
    earlier = PeriodFactory(plan=world.plan, quarter_text="2026Q2")
    for side in (world.side, ResponsibilityFactory(task=TaskFactory(plan=world.plan))):
        ProgressReportFactory(responsibility=side, period=earlier, submitted=True)
    browser = as_(world.office)
    assert "第1份，共3份待审" in browser.get(QUEUE).text
    page = browser.get(QUEUE, {"quarter": "2026Q2"})
    assert "第1份，共2份待审" in page.text
    first = page.context["report"]
    action = f"{reverse('tasks:approve', args=[first.pk])}?quarter=2026Q2"
    assert f'action="{action}"' in page.text
    answer = browser.post(action, {"version": first.version})
    assert answer["Location"].startswith(f"{QUEUE}?quarter=2026Q2&report=")
    assert "第1份，共1份待审" in browser.get(answer["Location"]).text
    assert "2026年第1季度没有待审的进展。" in browser.get(QUEUE, {"quarter": "2026Q1"}).text
    assert "筛选条件有误" in browser.get(QUEUE, {"quarter": "soon"}).text


def test_it_says_how_long_a_report_has_waited(
    world: World, as_: Browser, report: ProgressReport
) -> None:
    report.submitted_at = NOW - datetime.timedelta(days=7)
    report.save()
    assert "已等5个工作日" in as_(world.office).get(QUEUE).text
