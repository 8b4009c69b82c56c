"""An inspector's day without scripts, by keyboard, in English."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.api.conftest import Cast

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Enter = Callable[..., Page]


@pytest.fixture
def day(transactional_db: None, cast: Cast) -> Cast:
    """A task is late in 重庆市, another in 四川省."""
    here = make.TaskFactory(plan=cast.plan, title="拖了很久的任务", overdue=True)
    make.ResponsibilityFactory(task=here, unit=cast.chongqing.unit)
    there = make.TaskFactory(plan=cast.plan, title="别处的任务", overdue=True)
    make.ResponsibilityFactory(task=there, unit=cast.sichuan.unit)
    return cast


def test_without_scripts_from_the_desk_to_the_task(day: Cast, enter: Enter) -> None:
    page = enter("auditor", java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="逾期", exact=True).first.click()
    expect(page.get_by_role("link", name="拖了很久的任务")).to_be_visible()
    expect(page.get_by_role("link", name="别处的任务")).to_have_count(0)
    page.get_by_label("关键词").fill("没有这样的字")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_role("link", name="拖了很久的任务")).to_have_count(0)
    page.get_by_role("link", name=re.compile("没有这样的字")).first.click()
    page.get_by_role("link", name="拖了很久的任务").click()
    expect(page.get_by_role("heading", name=re.compile("拖了很久的任务"))).to_be_visible()
    expect(page.get_by_text(re.compile("超过时限")).first).to_be_visible()


def test_by_keyboard_to_the_oldest(day: Cast, enter: Enter) -> None:
    page = enter("auditor")
    page.goto("/overdue/")
    page.wait_for_load_state()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="拖了很久的任务")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tasks/\d+/$"))


def test_in_english_on_a_phone(day: Cast, enter: Enter) -> None:
    page = enter("auditor", language="en", width=390)
    for address in ("/", "/overdue/", "/overdue/?kind=missing"):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.goto("/overdue/?kind=overdue")
    expect(page.get_by_text("拖了很久的任务").first).to_be_visible()
