"""The main job by browser: report, approve, make the quarter's Excel, take it."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tasks.models import ProgressReport
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
from tracker.lib.workdays import Quarter, today

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TEXT = "=完成川渝输气管道焊接86公里。"


@pytest.fixture
def quarter(transactional_db: None) -> Quarter:
    """A joint task of 重庆市能源局 in the quarter that is open on the day of the test."""
    quarter = periods.latest_open_quarter(today())
    plan = joint_plan(short_title="联合行动方案", tracked_from=str(quarter))
    task = TaskFactory(plan=plan, title="协同开发油气资源")
    side = ResponsibilityFactory(task=task, unit=UnitFactory(name="重庆市能源局"))
    ResponsibilityFactory(task=task, unit=UnitFactory(sichuan=True, name="四川省能源局"))
    PeriodFactory(plan=plan, quarter_text=str(quarter))
    officer(side.unit, username="lead")
    office = plan.sides.select_related("office").order_by("order")[0].office
    coordinator(office, username="coordinator")
    return quarter


def log_in(page: Page, username: str) -> None:
    page.goto("/")
    expect(page.get_by_text("非涉密系统，严禁录入、上传涉密信息")).to_be_visible()
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="工作台", exact=True)).to_be_visible()
    page.wait_for_load_state()  # its scripts hear what is typed from here on


def log_out(page: Page) -> None:
    page.locator(".menu-right summary").last.click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()


def report_progress(page: Page) -> None:
    page.get_by_role("link", name="填报", exact=True).last.click()
    page.get_by_role("spinbutton", name="完成进度").fill("65")
    page.get_by_label("进展情况").fill(TEXT)
    expect(page.locator("#count-progress")).to_have_text(f"{len(TEXT)}/4000")
    expect(page.locator("#saved")).to_have_text("有未保存的修改")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#saved")).to_contain_text("已保存")
    page.get_by_role("button", name="提交至重庆市双碳办").click()
    expect(page.get_by_text("已提交至重庆市双碳办。")).to_be_visible()


def approve(page: Page) -> None:
    page.get_by_role("link", name="去审核").click()
    expect(page.get_by_text(TEXT)).to_be_visible()
    page.wait_for_load_state()  # the keys' script is there
    page.keyboard.press("a")
    expect(page.locator("#approve")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已审核通过：重庆市能源局“协同开发油气资源”。")).to_be_visible()


def take_the_units_table(page: Page, quarter: Quarter, place: Path) -> Path:
    page.get_by_role("link", name="报表").first.click()
    page.get_by_label("季度", exact=True).select_option(str(quarter))
    page.get_by_role("button", name="生成报表").click()
    name = f"重庆市能源局{quarter.label}进展情况表.xlsx"
    row = page.get_by_role("row").filter(has_text=name)
    row.wait_for(timeout=60_000)  # htmx asks until the worker has made it
    with page.expect_download() as waiting:
        row.get_by_role("link", name="下载").click()
    assert waiting.value.suggested_filename == name
    taken = place / name
    waiting.value.save_as(taken)
    return taken


def test_what_a_lead_reports_stands_in_the_quarters_excel(
    page: Page, quarter: Quarter, worker: None, complaints: list[str], tmp_path: Path
) -> None:
    log_in(page, "lead")
    report_progress(page)
    log_out(page)
    log_in(page, "coordinator")
    approve(page)
    table = take_the_units_table(page, quarter, tmp_path)
    assert ProgressReport.objects.get().state == ReportState.APPROVED
    cells = [cell for sheet in load_workbook(table) for row in sheet.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == TEXT] == ["s"]
    assert any(cell.value == 65 for cell in cells)
    assert complaints == []


def test_the_main_pages_fit_a_phone(page: Page, quarter: Quarter, complaints: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, "lead")
    for address in ("/", "/tasks/", "/fill/", "/overdue/", "/targets/", "/reports/", "/notices/"):
        page.goto(address)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels too wide"
    assert complaints == []
