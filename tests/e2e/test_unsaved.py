"""What is typed and not saved outlives the session, the page and a crash, but not the log-out."""

import json

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from tasks.models import ProgressReport
from tasks.services import periods
from tests.e2e.test_journey import log_in, log_out
from tests.factories import (
    PASSWORD,
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    joint_plan,
    officer,
)
from tracker.lib.workdays import today

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TEXT = "完成川渝输气管道焊接86公里。"
RESTORED = "已恢复您上次没有保存的内容"
NEWER = "您有没有保存的内容；在那之后，本表又保存过。"


@pytest.fixture
def form(transactional_db: None) -> str:
    """The address of the form of a lead unit with two officers."""
    quarter = periods.latest_open_quarter(today())
    plan = joint_plan(tracked_from=str(quarter))
    side = ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory())
    PeriodFactory(plan=plan, quarter_text=str(quarter))
    officer(side.unit, username="lead", name="张某")
    officer(side.unit, username="colleague", name="李某")
    return reverse("tasks:report", args=[side.pk, str(quarter)])


def kept(page: Page) -> list[str]:
    keys = "JSON.stringify(Object.keys(localStorage).filter(key => key.includes('kept')))"
    return list(json.loads(page.evaluate(keys)))


def wait_for_kept(page: Page, number: int) -> None:
    """It is written a moment after the last key. (The pages' policy forbids wait_for_function.)"""
    for _n in range(100):
        if len(kept(page)) == number:
            return
        page.wait_for_timeout(50)
    assert len(kept(page)) == number


def type_in(page: Page, form: str, text: str = TEXT) -> None:
    page.goto(form)
    page.get_by_role("spinbutton", name="完成进度").fill("65")
    page.get_by_label("进展情况").fill(text)
    expect(page.locator("#saved")).to_have_text("有未保存的修改")


def expect_restored(page: Page) -> None:
    expect(page.get_by_text(RESTORED)).to_be_visible()
    expect(page.get_by_label("进展情况")).to_have_value(TEXT)
    expect(page.get_by_role("spinbutton", name="完成进度")).to_have_value("65")
    expect(page.locator("#count-progress")).to_have_text(f"{len(TEXT)}/4000")
    expect(page.locator("#saved")).to_have_text("有未保存的修改")


def test_a_session_that_ended_loses_nothing(page: Page, form: str, complaints: list[str]) -> None:
    log_in(page, "lead")
    type_in(page, form)
    Session.objects.all().delete()
    page.get_by_role("button", name="提交至").click()
    page.get_by_label("用户名").fill("lead")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect_restored(page)
    assert not ProgressReport.objects.exists()
    page.get_by_role("button", name="提交至").click()
    expect(page.get_by_text("已提交至重庆市双碳办。")).to_be_visible()
    assert ProgressReport.objects.get().progress == TEXT
    wait_for_kept(page, 0)
    assert "#" not in page.url
    assert complaints == []


def test_a_token_that_is_gone_loses_nothing(page: Page, form: str) -> None:
    log_in(page, "lead")
    type_in(page, form)
    page.context.clear_cookies(name="tanzetong_csrf")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("填写中的内容留在本浏览器里")).to_be_visible()
    page.get_by_role("link", name="回到原来的页面").click()
    expect_restored(page)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#saved")).to_contain_text("已保存")
    expect(page.get_by_text(RESTORED)).to_be_hidden()
    assert kept(page) == []
    page.reload()
    expect(page.get_by_text(RESTORED)).to_be_hidden()
    assert ProgressReport.objects.get().progress == TEXT


def test_a_window_that_was_closed_loses_nothing_and_it_can_be_discarded(
    page: Page, form: str, complaints: list[str]
) -> None:
    log_in(page, "lead")
    type_in(page, form)
    wait_for_kept(page, 1)
    # Or the draft might save itself on leaving; a window that crashes does not.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('gone')) }")
    second = page.context.new_page()
    page.close(run_before_unload=False)
    complaints.clear()  # of what was kept from leaving
    second.goto(form)
    expect_restored(second)
    second.get_by_role("button", name="放弃没有保存的内容").click()
    expect(second.get_by_label("进展情况")).to_have_value("")
    expect(second.locator("#saved")).to_contain_text("尚未保存")
    assert kept(second) == []
    second.reload()
    expect(second.get_by_text(RESTORED)).to_be_hidden()
    assert complaints == []


def test_another_person_does_not_get_it_and_log_out_removes_it(page: Page, form: str) -> None:
    log_in(page, "lead")
    type_in(page, form)
    page.on("dialog", lambda dialog: dialog.accept())
    Session.objects.all().delete()
    page.goto("/")
    log_in(page, "colleague")
    page.goto(form)
    expect(page.get_by_label("进展情况")).to_have_value("")
    assert len(kept(page)) == 1
    type_in(page, form, "我也写了。")
    wait_for_kept(page, 2)
    log_out(page)
    assert kept(page) == []


def test_what_was_saved_since_is_not_overwritten_unasked(page: Page, form: str) -> None:
    log_in(page, "lead")
    type_in(page, form)
    page.on("dialog", lambda dialog: dialog.accept())
    other = Client()
    other.login(username="colleague", password=PASSWORD)
    data = {"percent": "50", "progress": "同事写的。", "version": "0", "action": "save"}
    assert other.post(form, data).status_code == 302
    page.goto("/")
    page.goto(form)
    expect(page.get_by_text(NEWER)).to_be_visible()
    expect(page.get_by_label("进展情况")).to_have_value("同事写的。")
    page.get_by_role("button", name="换成没有保存的内容").click()
    expect_restored(page)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#saved")).to_contain_text("已保存")
    assert ProgressReport.objects.get().progress == TEXT
    assert kept(page) == []


def test_a_clash_keeps_what_was_typed(page: Page, form: str) -> None:
    log_in(page, "lead")
    type_in(page, form)
    other = Client()
    other.login(username="lead", password=PASSWORD)
    data = {"percent": "50", "progress": "另一窗口写的。", "version": "0", "action": "save"}
    assert other.post(form, data).status_code == 302
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("heading", name="有新版本")).to_be_visible()
    expect(page.get_by_text("您在另一窗口于")).to_be_visible()
    expect(page.get_by_label("进展情况")).to_have_value(TEXT)
    assert len(kept(page)) == 1
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#saved")).to_contain_text("已保存")
    assert ProgressReport.objects.get().progress == TEXT
    assert kept(page) == []


NO_ANSWER = "连接不上服务器，没有提交"


@pytest.mark.parametrize("button", ["提交至", "保存草稿"])
def test_a_server_that_is_gone_is_told_and_the_text_is_sent_later(
    page: Page, form: str, button: str
) -> None:
    log_in(page, "lead")
    type_in(page, form)
    page.context.set_offline(True)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text(NO_ANSWER)).to_be_visible()
    expect(page.get_by_label("进展情况")).to_have_value(TEXT)
    expect(page.locator("#saved")).to_have_text("有未保存的修改")
    wait_for_kept(page, 1)
    assert not ProgressReport.objects.exists()
    page.context.set_offline(False)
    expect(page.get_by_text(NO_ANSWER)).to_be_hidden()
    page.get_by_role("button", name=button).click()
    expect(page.locator(".note, #saved").filter(has_text="已").first).to_be_visible()
    expect(page.get_by_text(TEXT).first).to_be_visible()
    assert ProgressReport.objects.get().progress == TEXT
    assert kept(page) == []


@pytest.mark.parametrize("status", [502, 503])
def test_a_server_behind_its_proxy_that_is_gone_is_told_too(
    page: Page, form: str, status: int
) -> None:
    log_in(page, "lead")
    type_in(page, form)
    page.route(f"**{form}", lambda route: route.fulfill(status=status, body="gone"))
    page.get_by_role("button", name="提交至").click()
    expect(page.get_by_text(NO_ANSWER)).to_be_visible()
    wait_for_kept(page, 1)
    page.unroute(f"**{form}")
    page.get_by_role("button", name="提交至").click()
    expect(page.get_by_text("已提交至重庆市双碳办。")).to_be_visible()
    assert ProgressReport.objects.get().progress == TEXT
