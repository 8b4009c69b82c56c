"""An officer's day: little news in three clicks, by mouse, keys, phone, without JavaScript."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from tasks.models import ProgressReport, Responsibility
from tasks.services import periods
from tasks.states import ReportState
from tests.e2e.test_journey import log_in
from tests.e2e.test_unsaved import kept, wait_for_kept
from tests.factories import (
    PASSWORD,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    joint_plan,
    officer,
)
from tracker.lib.workdays import today

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
REASON = "汛期停工，下季度复工。"
TEXT = "完成川渝输气管道焊接86公里。"
SENT = "“协同开发油气资源”已提交至重庆市双碳办。"
NO_ANSWER = "连接不上服务器，没有提交"
SMALLEST = 36  # pixels: what a finger hits


class Mouse:
    """Counts what is clicked."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1


@pytest.fixture
def side(transactional_db: None) -> Responsibility:
    """A lead that said 44 % last quarter and nothing yet in the one that is open."""
    quarter = periods.latest_open_quarter(today())
    plan = joint_plan(tracked_from=str(quarter.previous))
    task = TaskFactory(plan=plan, title="协同开发油气资源")
    side = ResponsibilityFactory(task=task, unit=UnitFactory(name="重庆市能源局"))
    officer(side.unit, username="lead")
    last = PeriodFactory(plan=plan, quarter_text=str(quarter.previous), closed=True)
    ProgressReportFactory(responsibility=side, period=last, percent=44, approved=True)
    PeriodFactory(plan=plan, quarter_text=str(quarter))
    return side


def this_quarters() -> ProgressReport:
    return ProgressReport.objects.get(state=ReportState.SUBMITTED)


def enter(page: Page) -> None:
    """Up to the log-in's button, which is the first click."""
    page.goto("/")
    page.get_by_label("用户名").fill("lead")
    page.get_by_label("密码").fill(PASSWORD)


def no_news(page: Page) -> Locator:
    return page.locator("summary").filter(has_text="本季度无新进展")


def send(page: Page) -> Locator:
    return page.get_by_role("button", name="提交至重庆市双碳办")


def test_no_news_takes_three_clicks_from_the_log_in(
    page: Page, side: Responsibility, complaints: list[str]
) -> None:
    mouse = Mouse()
    enter(page)
    mouse.click(page.get_by_role("button", name="登录"))
    mouse.click(no_news(page))
    expect(page.get_by_label("无新进展的理由")).to_be_focused()
    page.keyboard.type(REASON)
    mouse.click(send(page))
    expect(page.get_by_text(SENT)).to_be_visible()
    assert mouse.clicks == 3
    report = this_quarters()
    assert (report.percent, report.progress, report.no_news) == (44, REASON, True)
    assert kept(page) == []
    assert complaints == []


def test_a_little_news_takes_three_clicks_with_last_quarter_beside(
    page: Page, side: Responsibility, complaints: list[str]
) -> None:
    mouse = Mouse()
    enter(page)
    mouse.click(page.get_by_role("button", name="登录"))
    expect(page.locator(".duty-last")).to_contain_text("44%")
    mouse.click(page.get_by_role("link", name="填报", exact=True).last)
    expect(page.locator(".fill-before").first).to_contain_text("44%")
    page.get_by_role("spinbutton", name="完成进度").fill("46")
    page.get_by_label("进展情况").fill(TEXT)
    mouse.click(send(page))
    expect(page.get_by_text("已提交至重庆市双碳办。")).to_be_visible()
    assert mouse.clicks == 3
    assert this_quarters().percent == 46
    assert complaints == []


def test_by_keyboard_alone(page: Page, side: Responsibility) -> None:
    enter(page)
    page.keyboard.press("Enter")
    expect(no_news(page)).to_be_visible()
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.duty-quick > summary')"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_label("无新进展的理由")).to_be_focused()
    page.keyboard.type(REASON)
    page.keyboard.press("Tab")
    expect(send(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text(SENT)).to_be_visible()
    assert this_quarters().progress == REASON


def test_without_javascript(browser: Browser, live_server: Any, side: Responsibility) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    enter(page)
    page.get_by_role("button", name="登录").click()
    no_news(page).click()
    page.get_by_label("无新进展的理由").fill(REASON)
    send(page).click()
    expect(page.get_by_text(SENT)).to_be_visible()
    page.goto(reverse("tasks:detail", args=[side.task_id]))
    expect(page.get_by_text(REASON)).to_be_visible()
    expect(page.get_by_role("cell", name="44")).to_be_visible()  # the chart's figures
    context.close()
    assert this_quarters().no_news


def test_on_a_phone(page: Page, side: Responsibility, complaints: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, "lead")
    no_news(page).click()
    page.get_by_label("无新进展的理由").fill(REASON)
    for control in (no_news(page), send(page), page.get_by_label("无新进展的理由")):
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= SMALLEST
    form = reverse("tasks:report", args=[side.pk, str(periods.latest_open_quarter(today()))])
    for address in ("", form, reverse("tasks:detail", args=[side.task_id])):
        if address:
            page.goto(address)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels too wide"
    page.goto("/")  # the reason is still there
    send(page).click()
    expect(page.get_by_text(SENT)).to_be_visible()
    assert this_quarters().progress == REASON
    assert complaints == []


def test_in_english(page: Page, side: Responsibility, complaints: list[str]) -> None:
    page.context.set_extra_http_headers({"Accept-Language": "en"})
    log_in(page, "lead")
    page.get_by_role("button", name="English").click()
    page.locator(".duty-quick > summary").click()
    expect(page.locator(".duty-quick textarea")).to_be_focused()
    page.keyboard.type(REASON)
    page.locator(".duty-quick button").click()
    expect(page.get_by_text("协同开发油气资源").first).to_be_visible()
    expect(page.locator(".duty-quick")).to_have_count(0)
    assert this_quarters().progress == REASON
    assert complaints == []


# --- a connection that is lost ------------------------------------------------------------------


def test_the_workbench_keeps_a_reason_while_the_server_is_gone(
    page: Page, side: Responsibility
) -> None:
    log_in(page, "lead")
    no_news(page).click()
    page.get_by_label("无新进展的理由").fill(REASON)
    page.context.set_offline(True)
    send(page).click()
    expect(page.get_by_text(NO_ANSWER)).to_be_visible()
    expect(page.get_by_label("无新进展的理由")).to_have_value(REASON)
    wait_for_kept(page, 1)
    assert not ProgressReport.objects.filter(state=ReportState.SUBMITTED).exists()
    page.context.set_offline(False)
    expect(page.get_by_text(NO_ANSWER)).to_be_hidden()
    page.reload()
    expect(page.get_by_text("已恢复您上次没有保存的内容，尚未提交。")).to_be_visible()
    expect(page.get_by_label("无新进展的理由")).to_have_value(REASON)
    send(page).click()
    expect(page.get_by_text(SENT)).to_be_visible()
    assert this_quarters().progress == REASON
    assert kept(page) == []


def test_a_reason_that_was_kept_comes_back_in_the_whole_form(
    page: Page, side: Responsibility
) -> None:
    log_in(page, "lead")
    no_news(page).click()
    page.get_by_label("无新进展的理由").fill(REASON)
    wait_for_kept(page, 1)
    page.goto(reverse("tasks:report", args=[side.pk, str(periods.latest_open_quarter(today()))]))
    expect(page.get_by_label("进展情况")).to_have_value(REASON)
    expect(page.get_by_label("本季度无新进展")).to_be_checked()
    page.get_by_label("存在问题").fill("另有问题。")
    page.wait_for_timeout(500)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/")
    expect(page.get_by_text("有未保存的内容")).to_be_visible()
    expect(page.get_by_label("无新进展的理由")).to_be_hidden()
