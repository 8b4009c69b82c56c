"""The progress form saves itself: on leaving, and never over what another has saved."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tasks.models import ProgressReport
from tests.e2e.test_journey import log_in
from tests.e2e.test_unsaved import TEXT, form, kept, type_in
from tests.factories import PASSWORD

__all__ = ["form"]
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
LEAVE = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_draft_is_saved_on_leaving(page: Page, form: str) -> None:
    log_in(page, "lead")
    type_in(page, form)
    page.evaluate(LEAVE)
    expect(page.locator("#saved")).to_contain_text("已保存")
    report = ProgressReport.objects.get()
    assert (report.state, report.progress) == ("draft", TEXT)
    assert kept(page) == []
    page.get_by_label("进展情况").fill("接着写。")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("已保存草稿，尚未提交。")).to_be_visible()
    assert ProgressReport.objects.get().progress == "接着写。"


def test_what_another_saved_is_not_overwritten_and_both_are_shown(page: Page, form: str) -> None:
    log_in(page, "lead")
    type_in(page, form)
    other = Client()
    other.login(username="colleague", password=PASSWORD)
    data = {"percent": "50", "progress": "同事写的。", "version": "0", "action": "save"}
    assert other.post(form, data).status_code == 302
    page.evaluate(LEAVE)
    page.get_by_role("button", name="查看两个版本").click()
    expect(page.get_by_role("heading", name="对方已改")).to_be_visible()
    assert ProgressReport.objects.get().progress == "同事写的。"
    page.get_by_role("group", name="进展情况保存哪一个").get_by_label("合并").check()
    page.get_by_role("button", name="按各栏的选择保存").click()
    expect(page.get_by_text("已保存草稿，尚未提交。")).to_be_visible()
    report = ProgressReport.objects.get()
    assert (report.percent, report.progress) == (65, f"同事写的。\n{TEXT}")
