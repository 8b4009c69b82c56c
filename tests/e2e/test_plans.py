"""An office enters a plan by keyboard alone, without scripts, and on a phone; a unit signs."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tasks.models import Assignment, Plan, Task
from tests.factories import (
    PASSWORD,
    JurisdictionFactory,
    OfficeFactory,
    UnitFactory,
    coordinator,
    officer,
)
from units.models import Office

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(transactional_db: None) -> Office:
    JurisdictionFactory()
    made: Office = OfficeFactory()
    coordinator(made, username="office")
    officer(UnitFactory(name="重庆市能源局"), username="unit")
    UnitFactory(name="重庆市水利局")
    return made


def log_in(page: Page, username: str) -> None:
    page.goto("/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("main h1")


def press(page: Page, words: str) -> None:
    """Reach a link or button by its words and press Enter on it."""
    page.get_by_role("main").get_by_text(words, exact=True).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def enter_plan(page: Page) -> None:
    page.goto("/plans/")
    press(page, "新建方案")
    page.focus("#id_code")
    for text in ("lake-2027", "", "湖泊保护方案", "", "渝府发[2027]3号", "重庆市人民政府"):
        if text:
            page.keyboard.type(text)
        page.keyboard.press("Tab")
    for name, value in (
        ("signed_on", "2027-01-05"),
        ("starts_on", "2027-01-05"),
        ("ends_on", "2030-12-31"),
    ):
        page.fill(f"#id_{name}", value)
    page.press("#id_title", "Enter")
    page.wait_for_url("**/manage/")
    press(page, "新增行动")
    page.fill("#id_title", "治水行动")
    page.press("#id_title", "Enter")
    page.wait_for_url("**/manage/**")
    press(page, "新增任务")
    page.fill("#id_title", "修复湖岸")
    page.press("#id_title", "Enter")
    page.wait_for_url("**/duties/")
    page.fill("#id_names", "市能源局牵头，水利局配合")
    press(page, "预览")
    page.wait_for_selector("text=请核对下面的对应关系")
    press(page, "加入这2个单位")
    page.wait_for_selector("text=已加入2个单位。")


@pytest.fixture
def plain(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A browser that runs no scripts."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_plan_from_its_beginning_to_a_signature(
    office: Office, page: Page, plain: Page, complaints: list[str], scripts: bool
) -> None:
    used = page if scripts else plain
    log_in(used, "office")
    enter_plan(used)
    used.goto("/plans/lake-2027/publish/")
    press(used, "印发")
    used.wait_for_selector("text=方案已印发。")
    used.goto("/assignments/?kind=new")
    press(used, "全部交办（2项）")
    used.wait_for_selector("text=已交办2项")
    plan = Plan.objects.get(code="lake-2027")
    assert (plan.number, plan.status) == ("渝府发〔2027〕3号", "issued")
    used.context.clear_cookies()
    log_in(used, "unit")
    used.goto("/assignments/")
    press(used, "全部签收（1项）")
    used.wait_for_selector("text=已签收1项。")
    assert Assignment.objects.unsigned().count() == 1
    assert complaints == []


def test_two_windows_on_one_task(office: Office, page: Page) -> None:
    log_in(page, "office")
    enter_plan(page)
    task = Task.objects.get()
    page.goto(f"/tasks/{task.pk}/edit/")
    other = page.context.new_page()
    other.goto(f"/tasks/{task.pk}/edit/")
    other.fill("#id_title", "另一窗口的标题")
    other.press("#id_title", "Enter")
    other.wait_for_url("**/manage/**")
    page.fill("#id_title", "本窗口的标题")
    page.press("#id_title", "Enter")
    page.wait_for_selector("text=现在的内容")
    assert page.input_value("#id_title") == "本窗口的标题"
    assert page.locator(".plan-theirs").inner_text().split() == ["现在的内容", "另一窗口的标题"]
    page.press("#id_title", "Enter")
    page.wait_for_url("**/manage/**")
    task.refresh_from_db()
    assert task.title == "本窗口的标题"


@pytest.mark.parametrize("width", [390, 1024])
def test_nothing_is_wider_than_the_window(office: Office, page: Page, width: int) -> None:
    log_in(page, "office")
    enter_plan(page)
    task = Task.objects.get()
    page.set_viewport_size({"width": width, "height": 800})
    for path in (
        "/plans/new/",
        "/plans/lake-2027/manage/",
        "/plans/lake-2027/edit/",
        f"/tasks/{task.pk}/edit/",
        f"/tasks/{task.pk}/duties/",
        f"/tasks/{task.pk}/duties/new/",
        "/assignments/",
    ):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, path
