"""A whole report and its review: without JavaScript, by keyboard alone, on a phone, in English."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tasks.models import ProgressReport, Responsibility
from tasks.services import periods
from tasks.states import ReportState
from tests.factories import (
    PASSWORD,
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    joint_plan,
    officer,
)
from tracker.lib.workdays import today

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TEXT = "完成川渝输气管道焊接86公里。"
MOST_STEPS = 120
Open = Callable[..., Page]


@pytest.fixture
def form(transactional_db: None) -> str:
    """The address of a lead's form; nothing has been said in the quarter."""
    quarter = periods.latest_open_quarter(today())
    plan = joint_plan(tracked_from=str(quarter))
    task = TaskFactory(plan=plan, title="协同开发油气资源")
    side: Responsibility = ResponsibilityFactory(task=task, unit=UnitFactory(name="重庆市能源局"))
    PeriodFactory(plan=plan, quarter_text=str(quarter))
    officer(side.unit, username="lead")
    coordinator(plan.sides.get(jurisdiction__code="500000").office, username="coordinator")
    return reverse("tasks:report", args=[side.pk, str(quarter)])


@pytest.fixture
def opened(browser: Browser, live_server: Any) -> Iterator[Open]:
    """Opens a window of its own kind, before the log-in."""
    contexts = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield open_page
    for context in contexts:
        context.close()


def log_in(page: Page, username: str) -> None:
    page.context.clear_cookies()
    page.goto("/login/")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    expect(page.locator("#id_password")).to_have_count(0)


def state() -> str:
    return str(ProgressReport.objects.get().state)


def test_without_javascript_from_the_report_to_its_approval(form: str, opened: Open) -> None:
    page = opened(java_script_enabled=False, viewport={"width": 390, "height": 844})
    log_in(page, "lead")
    page.goto(form)
    page.get_by_role("spinbutton", name="完成进度").fill("146")
    page.get_by_label("进展情况").fill(TEXT)
    page.get_by_role("button", name="提交至重庆市双碳办").click()
    # A sentence says what is wrong, and what was written stays.
    expect(page.locator("#error-summary")).to_be_visible()
    expect(page.get_by_label("进展情况")).to_have_value(TEXT)
    assert not ProgressReport.objects.exists()
    page.get_by_role("spinbutton", name="完成进度").fill("46")
    page.get_by_role("button", name="提交至重庆市双碳办").click()
    expect(page.get_by_text("已提交至重庆市双碳办。")).to_be_visible()
    log_in(page, "coordinator")
    page.goto("/review/")
    expect(page.get_by_text(TEXT)).to_be_visible()
    page.locator("#return-box summary").click()
    page.get_by_label("退回理由").fill("请补充数据来源。")
    page.get_by_role("button", name="退回重庆市能源局").click()
    assert state() == ReportState.RETURNED
    log_in(page, "lead")
    expect(page.get_by_text("请补充数据来源。").first).to_be_visible()
    page.goto(form)
    expect(page.get_by_label("进展情况")).to_have_value(TEXT)
    page.get_by_label("进展情况").fill(f"{TEXT}数据来自市能源局月报。")
    page.get_by_role("button", name="提交至重庆市双碳办").click()
    log_in(page, "coordinator")
    page.goto("/review/")
    page.locator("#approve").click()
    assert state() == ReportState.APPROVED
    page.goto("/matrix/")
    expect(page.locator(".matrix")).to_contain_text("已审核")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _step in range(MOST_STEPS):
        if page.evaluate("css => document.activeElement.matches(css)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")


def test_by_keyboard_alone_from_the_form_to_the_approval(form: str, opened: Open) -> None:
    page = opened(viewport={"width": 1440, "height": 900})
    log_in(page, "lead")
    page.goto(form)
    tab_to(page, "[name=percent]")
    page.keyboard.type("46")
    tab_to(page, "[name=progress]")
    page.keyboard.insert_text(TEXT)
    expect(page.locator("#count-progress")).to_have_text(f"{len(TEXT)}/4000")
    tab_to(page, "button[value=submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已提交至重庆市双碳办。")).to_be_visible()
    log_in(page, "coordinator")
    page.goto("/review/")
    tab_to(page, "#approve")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已审核通过")).to_be_visible()
    assert state() == ReportState.APPROVED


def test_on_a_phone_in_english(form: str, opened: Open) -> None:
    page = opened(viewport={"width": 390, "height": 844}, locale="en")
    log_in(page, "lead")
    page.get_by_role("button", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(form)
    page.locator("[name=percent]").last.fill("46")
    page.locator("[name=progress]").fill(TEXT)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator("button[value=submit]").click()
    expect(page.locator("[name=progress]")).to_have_count(0)
    report = ProgressReport.objects.get()
    assert (report.state, report.percent, report.progress) == (ReportState.SUBMITTED, 46, TEXT)


def test_a_connection_lost_while_typing_and_a_page_closed_lose_nothing(
    form: str, opened: Open
) -> None:
    page = opened()
    log_in(page, "lead")
    page.goto(form)
    page.context.set_offline(True)
    page.locator("[name=progress]").fill(TEXT)
    page.get_by_role("spinbutton", name="完成进度").fill("46")
    expect(page.locator("#saved")).to_have_text("有未保存的修改")
    keys = "Object.entries(localStorage).filter(([k, v]) => k.includes('kept') && v.includes('46'))"
    for _n in range(100):
        if page.evaluate(f"{keys}.length"):
            break
        page.wait_for_timeout(50)
    second = page.context.new_page()
    page.close()
    second.context.set_offline(False)
    second.goto(form)
    expect(second.locator("[name=progress]")).to_have_value(TEXT)
    second.get_by_role("button", name="提交至重庆市双碳办").click()
    expect(second.get_by_text("已提交至重庆市双碳办。")).to_be_visible()
    assert ProgressReport.objects.get().progress == TEXT
