"""How large the widest tables print: body text of at least 8 points on A4, 10 on A3."""

from typing import Any

import openpyxl
import pytest

from reports.models import ReportFile
from tasks.models import Plan
from tests.reports.conftest import made
from tracker.lib.excel import measure, styles
from tracker.lib.workdays import Quarter
from units.models import Unit

WIDTH_POINTS = {8: 1190.55, 9: 841.89}  # of A3 and A4, landscape
POINTS_A_PIXEL = 0.75
MEASURED_PIXELS = 7.65  # a unit of width in the rendered PDF; in Excel it is 7


def printed_points(page: Any) -> float:
    """The size of the body text when the sheet is fitted to the paper's width."""
    margins = (page.page_margins.left + page.page_margins.right) * 72
    room = WIDTH_POINTS[int(page.page_setup.paperSize)] - margins
    widths = sum(dimension.width for dimension in page.column_dimensions.values())
    scale = room / (widths * MEASURED_PIXELS * POINTS_A_PIXEL)
    return float(min(scale, 1) * styles.BODY_SIZE)


@pytest.mark.parametrize(("paper", "least"), [("A4", 8), ("A3", 10)])
def test_the_widest_tables_can_be_read_on_paper(joint: Plan, paper: str, least: float) -> None:
    unit = Unit.objects.get(name="重庆市能源局")
    quarter = Quarter(2026, 3)
    own = made(quarter=quarter, lead_unit=unit, paper=paper).files.get()
    whole = made(quarter=quarter, plan=joint, book="quarterly", paper=paper).files.get()
    sizes = {page.title: printed_points(page) for file in (own, whole) for page in _book(file)}
    assert {tab: size for tab, size in sizes.items() if size < least} == {}


def test_the_widest_tables_have_the_fourteen_columns_and_the_filing(joint: Plan) -> None:
    unit = Unit.objects.get(name="重庆市能源局")
    quarter = Quarter(2026, 3)
    own = _book(made(quarter=quarter, lead_unit=unit).files.get())["牵头任务"]
    whole = _book(made(quarter=quarter, plan=joint, book="quarterly").files.get())["进展汇总"]
    heads = (
        "序号 重点任务 工作内容 牵头单位 责任（配合）单位 完成时限 目前进展情况 完成进度 存在问题 "
        "下一步工作 是否需要协调 状态 报送情况 责任人 联系电话"
    )
    for page in (own, whole):
        assert " ".join(cell.value for cell in page[3]) == heads


def test_dates_and_rows_have_room(joint: Plan) -> None:
    """A date too wide for its column would print as ####, a row too low would cut text off."""
    whole = made(quarter=Quarter(2026, 3), plan=joint, book="quarterly").files.get()
    page = _book(whole)["进展汇总"]
    width = page.column_dimensions["F"].width
    assert measure.text_width("2025-12-31（方案）") <= measure.line_room(width)
    widths = [page.column_dimensions[cell.column_letter].width for cell in page[3]]
    for cells in page.iter_rows(min_row=4):
        if not isinstance(cells[0].value, int):
            break
        lines = max(
            measure.line_count(str(cell.value or ""), measure.line_room(width))
            for cell, width in zip(cells, widths, strict=True)
            if not cell.is_date
        )
        height = page.row_dimensions[cells[0].row].height
        assert height >= min(lines * measure.LINE_POINTS, measure.MAX_ROW_POINTS)


def _book(file: ReportFile) -> Any:
    return openpyxl.load_workbook(file.full_path)
