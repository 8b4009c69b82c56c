"""The form's whole way in a browser: taken, filled in offline, sent in, looked at, applied."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from tasks.models import ProgressReport, Responsibility
from tests.factories import (
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    joint_plan,
    officer,
)
from tests.needed import by_libreoffice

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TEXT = "完成川渝输气管道焊接86公里。\n二期工程开工。"


@pytest.fixture
def side(transactional_db: None) -> Responsibility:
    """A lead of an open quarter of which nothing is filed."""
    plan = joint_plan()
    task = TaskFactory(plan=plan, title="协同开发油气资源")
    side: Responsibility = ResponsibilityFactory(task=task, unit=UnitFactory(name="重庆市能源局"))
    PeriodFactory(plan=plan)
    return side


def enter(page: Page, site: str, side: Responsibility) -> None:
    client = Client()
    client.force_login(officer(side.unit))
    key = settings.SESSION_COOKIE_NAME
    cookie: Any = {"name": key, "value": client.cookies[key].value, "url": site}
    page.context.add_cookies([cookie])


def taken(page: Page, folder: Path) -> Path:
    """From the desk to the form on one's own disk."""
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="下载回填表").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="重庆市能源局").first.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def filled(path: Path, **values: Any) -> None:
    """Typed in and saved."""
    book = openpyxl.load_workbook(path)
    for address, value in values.items():
        book.worksheets[0][address] = value
    book.save(path)


def send(page: Page, path: Path) -> None:
    page.goto("/reports/forms/")
    page.locator("input[name=sent]").set_input_files(path)
    page.get_by_role("button", name="上传并预览").click()


@pytest.mark.usefixtures("worker")
def test_a_form_goes_out_and_comes_back(
    page: Page, side: Responsibility, live_server: Any, tmp_path: Path, complaints: list[str]
) -> None:
    enter(page, live_server.url, side)
    path = taken(page, tmp_path)
    filled(path, G5="九成", I5=TEXT)
    send(page, path)
    expect(page.get_by_text("有1处有误，更正后才能写入")).to_be_visible(timeout=60_000)
    assert not ProgressReport.objects.exists()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载标注副本").click()
    marked = tmp_path / "标注.xlsx"
    download.value.save_as(marked)
    filled(marked, G5="９０％")
    send(page, by_libreoffice(marked, tmp_path))
    confirm = page.get_by_role("button", name="确认写入")
    expect(confirm).to_be_visible(timeout=60_000)
    expect(page.get_by_role("main")).to_contain_text("二期工程开工。")
    page.get_by_label("写入后一并提交").check()
    confirm.click()
    expect(page.get_by_text("已写入并提交1项。")).to_be_visible()
    report = ProgressReport.objects.get()
    assert (report.percent, report.progress, report.state) == (90, TEXT, "submitted")
    assert complaints == []
