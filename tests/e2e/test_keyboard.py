"""By keyboard alone: the skip link, the search, rows, menus, and the sheet of keys."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.api.conftest import Cast

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Enter = Callable[..., Page]


@pytest.fixture
def page(transactional_db: None, cast: Cast, enter: Enter) -> Page:
    """The list of three tasks, for the lead."""
    for title in ("推动能源消费绿色低碳转型", "加强煤气油储备能力建设"):
        make.ResponsibilityFactory(task=make.TaskFactory(plan=cast.plan, title=title))
    page = enter("lead")
    page.goto(reverse("tasks:list"))
    page.wait_for_load_state()
    return page


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def test_the_first_stop_leads_past_the_navigation(page: Page) -> None:
    page.keyboard.press("Tab")
    assert focused(page) == "跳到正文"
    expect(page.get_by_text("跳到正文")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_slash_leads_to_the_search_and_is_a_sign_in_a_field(page: Page) -> None:
    page.keyboard.press("/")
    search = page.locator("#top-search")
    expect(search).to_be_focused()
    page.keyboard.type("a/j?")
    expect(search).to_have_value("a/j?")
    expect(page.locator("#keys")).to_be_hidden()


def test_j_and_k_go_through_the_rows_and_enter_opens(page: Page) -> None:
    titles = page.locator("main tbody th a").all_text_contents()
    assert len(titles) == 3
    page.keyboard.press("j")
    assert focused(page) == titles[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page) == titles[2]
    page.keyboard.press("k")
    assert focused(page) == titles[1]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(titles[1])


def test_focus_is_seen(page: Page) -> None:
    page.keyboard.press("j")
    style = "getComputedStyle(document.activeElement)"
    assert page.evaluate(f"{style}.outlineStyle") == "solid"
    assert page.evaluate(f"parseFloat({style}.outlineWidth)") >= 2


def test_menus_open_by_enter_and_close_by_escape(page: Page) -> None:
    summary = page.locator(".menu-right summary").last
    summary.focus()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="退出登录")
    expect(button).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(button).to_be_hidden()
    expect(summary).to_be_focused()


def test_keys_are_shown_and_can_be_turned_off(page: Page) -> None:
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="快捷键")
    expect(sheet).to_be_visible()
    box = sheet.get_by_role("checkbox", name="启用单键快捷键")
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.reload()
    page.keyboard.press("/")
    expect(page.locator("#top-search")).not_to_be_focused()
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
