"""Choosing columns: by keyboard, and without scripts; the workbook has what is on the screen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.api.conftest import Cast

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Enter = Callable[..., Page]


def opened(page: Page) -> Page:
    page.goto(reverse("tasks:list"))
    page.wait_for_load_state()
    page.locator(".columns-menu summary").click()
    return page


def heads(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("main thead th").all_text_contents()]


def exported(page: Page, folder: Path) -> list[object]:
    with page.expect_download() as taken:
        page.get_by_role("link", name="导出Excel").click()
    path = folder / "list.xlsx"
    taken.value.save_as(path)
    return [cell.value for cell in load_workbook(path).worksheets[0][3]]


def test_columns_are_chosen_by_keyboard(cast: Cast, enter: Enter, tmp_path: Path) -> None:
    page = opened(enter("lead"))
    expect(page.get_by_text("用箭头调整先后")).to_be_visible()
    expect(page.locator(".columns-place").first).to_be_hidden()
    up = page.get_by_role("button", name="上移：完成时限")
    up.focus()
    for _step in range(4):
        page.keyboard.press("Enter")
    # At the top there is no further up: the focus stays on the row.
    expect(page.get_by_role("button", name="下移：完成时限")).to_be_focused()
    page.get_by_role("checkbox", name="灯", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_role("checkbox", name="状态", exact=True).check()
    page.get_by_role("button", name="保存").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已保存列的选择。")).to_be_visible()
    assert heads(page) == ["完成时限", "序号", "任务", "牵头单位及完成进度", "状态"]
    shown = exported(page, tmp_path)
    assert shown[:4] == ["完成时限", "序号", "任务", "方案"]
    assert shown[-1] == "状态"


def test_columns_are_chosen_without_scripts(cast: Cast, enter: Enter, tmp_path: Path) -> None:
    page = opened(enter("lead", java_script_enabled=False))
    expect(page.get_by_text("序号小的在前")).to_be_visible()
    expect(page.get_by_text("用箭头调整先后")).to_be_hidden()
    expect(page.locator("[data-move]").first).to_be_hidden()
    page.get_by_label("完成时限的序号").fill("1")
    page.get_by_label("序号的序号").fill("2")
    page.get_by_role("button", name="保存").click()
    assert heads(page)[:2] == ["完成时限", "序号"]
    assert exported(page, tmp_path)[:2] == ["完成时限", "序号"]
    page.locator(".columns-menu summary").click()
    page.get_by_role("button", name="恢复默认").click()
    assert heads(page)[0] == "序号"
