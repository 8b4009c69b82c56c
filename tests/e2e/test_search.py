"""The search by browser: the box in the frame by keyboard, without scripts, on a phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_journey import log_in
from tests.factories import (
    PASSWORD,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    joint_plan,
    officer,
)

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def task(transactional_db: None):
    plan = joint_plan(short_title="联合行动方案")
    found = TaskFactory(plan=plan, title="协同开发油气资源")
    side = ResponsibilityFactory(task=found, unit=UnitFactory(name="重庆市能源局"))
    TaskFactory(plan=plan, title="油气管网建设")
    officer(side.unit, username="lead")
    return found


def test_the_box_is_worked_by_keyboard(page: Page, task, complaints: list[str]) -> None:
    log_in(page, "lead")
    page.wait_for_load_state()  # the keys' script is there
    page.keyboard.press("/")
    box, options = page.locator("#top-search"), page.locator("#top-hits [role=option]")
    expect(box).to_be_focused()
    page.keyboard.type("油气")
    expect(options).to_have_count(3)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", re.compile("^hit-task-"))
    page.keyboard.press("ArrowUp")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#top-hits")).to_be_hidden()
    expect(box).to_have_value("油气")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{task.get_absolute_url()}")
    assert complaints == []


def test_enter_without_a_choice_leads_to_the_page(page: Page, task, complaints: list[str]) -> None:
    log_in(page, "lead")
    page.wait_for_load_state()  # the keys' script is there
    page.keyboard.press("/")
    page.keyboard.type("能源局")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    expect(page.get_by_role("link", name="重庆市能源局")).to_be_visible()
    expect(page.locator("mark").first).to_have_text("能源局")
    assert complaints == []


def test_a_click_takes_a_hit_and_nothing_found_says_so(page: Page, task) -> None:
    log_in(page, "lead")
    page.locator("#top-search").fill("没有这样")
    expect(page.locator("#top-hits")).to_contain_text("没有找到。")
    page.locator("#top-search").fill("管网")
    page.locator("#top-hits a", has_text="油气管网建设").click()
    expect(page.get_by_role("heading", name="油气管网建设")).to_be_visible()


def test_it_works_without_scripts_and_on_a_phone(browser: Browser, live_server, task) -> None:
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_label("用户名").fill("lead")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.locator("#top-search").fill("油气")
    page.locator("#top-search").press("Enter")
    expect(page.locator(".search-hit")).to_have_count(2)
    context.close()


def test_the_hits_fit_a_phone(page: Page, task, complaints: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, "lead")
    page.locator("#top-search").fill("油气")
    expect(page.locator("#top-hits")).to_be_visible()
    box = page.locator("#top-hits").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.goto("/search/?q=油气")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert complaints == []
