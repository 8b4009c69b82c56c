"""A session ends on its own: the person comes back to the page and to what was typed."""

from importlib import import_module
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from tasks.models import ProgressReport
from tests.e2e.test_journey import log_in, log_out
from tests.factories import (
    PASSWORD,
    OfficeFactory,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    joint_plan,
    officer,
)
from tracker.middleware import SEEN

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TEXT = "完成川渝输气管道焊接86公里。"
REASON = "请补充佐证材料，并说明滞后的原因。"
ENDED = "登录已结束"


@pytest.fixture
def report(transactional_db: None) -> ProgressReport:
    """A report that waits for review, its officer `lead` and its `coordinator`."""
    plan = joint_plan(tracked_from="2026Q3")
    side = ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory())
    period = PeriodFactory(plan=plan, quarter_text="2026Q3")
    officer(side.unit, username="lead")
    coordinator(OfficeFactory(), username="coordinator")
    return ProgressReportFactory(responsibility=side, period=period, submitted=True)


def leave_idle() -> None:
    """What half an hour without a click comes to."""
    store = import_module(project.SESSION_ENGINE).SessionStore
    for row in Session.objects.all():
        session: Any = store(row.session_key)
        session[SEEN] -= project.SESSION_IDLE_MINUTES * 60
        session.save()


def come_back(page: Page, username: str) -> None:
    expect(page.get_by_text(ENDED)).to_be_visible()
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def test_the_progress_form_comes_back_with_its_text(
    page: Page, report: ProgressReport, complaints: list[str]
) -> None:
    report.state = "draft"
    report.save(update_fields=["state"])
    form = reverse("tasks:report", args=[report.responsibility_id, "2026Q3"])
    log_in(page, "lead")
    page.goto(form)
    page.get_by_label("进展情况").fill(TEXT)
    leave_idle()
    page.get_by_role("button", name="提交至").click()
    come_back(page, "lead")
    expect(page.get_by_text("已恢复您上次没有保存的内容")).to_be_visible()
    expect(page.get_by_label("进展情况")).to_have_value(TEXT)
    assert page.url.endswith(form)
    assert complaints == []


def test_the_reason_for_a_return_comes_back(
    page: Page, report: ProgressReport, complaints: list[str]
) -> None:
    log_in(page, "coordinator")
    page.goto(reverse("tasks:review"))
    page.locator("#return-box summary").click()
    page.locator("#return-box textarea").fill(REASON)
    leave_idle()
    page.locator("#return-box button").click()
    come_back(page, "coordinator")
    expect(page.locator("#return-box").get_by_text("已恢复您上次没有提交的内容")).to_be_visible()
    expect(page.locator("#return-box textarea")).to_have_value(REASON)
    report.refresh_from_db()
    assert report.state == "submitted"
    page.locator("#return-box button").click()
    expect(page.get_by_text("已退回")).to_be_visible()
    report.refresh_from_db()
    assert report.state in {"returned", "draft"}
    page.wait_for_load_state()  # the scripts have run
    kept = "Object.keys(localStorage).filter(key => key.includes('kept')).length"
    assert page.evaluate(kept) == 0
    assert complaints == []


def test_a_part_of_a_page_leads_to_the_log_in(page: Page, report: ProgressReport) -> None:
    log_in(page, "lead")
    page.goto(reverse("tasks:list"))
    leave_idle()
    page.get_by_label("所属方").select_option("重庆市")
    expect(page.get_by_text(ENDED)).to_be_visible()
    come_back(page, "lead")
    page.wait_for_url("**" + reverse("tasks:list") + "*")


def test_after_the_log_out_the_way_back_shows_nothing(page: Page, report: ProgressReport) -> None:
    log_in(page, "coordinator")
    page.goto(reverse("tasks:review"))
    title = report.responsibility.task.title
    expect(page.get_by_text(title).first).to_be_visible()
    log_out(page)
    for _step in range(3):
        page.go_back()
        page.wait_for_load_state()
        expect(page.get_by_text(title)).to_have_count(0)
