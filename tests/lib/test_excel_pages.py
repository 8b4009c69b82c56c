"""How sheets fall onto pages: none nearly empty, groups joined, the sentence over the head."""

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tracker.lib.columns import WHOLE, Column, Filled, Sheet
from tracker.lib.excel import pages, write_book
from tracker.lib.workdays import SHANGHAI

MOMENT = datetime.datetime(2026, 1, 9, 8, 30, tzinfo=SHANGHAI)
COLUMNS = (Column("group", "类别", width=20), Column("n", "项数", format=WHOLE, width=20))


def _page(tmp_path: Path, rows: list[dict[str, Any]], *, lead: str = "", **sheet: Any) -> Any:
    path = tmp_path / "一.xlsx"
    filled = Filled(Sheet("s", "表", COLUMNS, **sheet), rows, lead=lead)
    write_book(path, "一", [filled], made_at=MOMENT, author="碳责通")
    return openpyxl.load_workbook(path).active


@pytest.mark.parametrize(
    ("count", "high"),
    [
        (10, 0),  # one page anyway
        (17, 1),  # a row or two on a second page
        (26, 0),  # half a second page
        (33, 2),  # a row or two on a third
    ],
)
def test_a_last_page_with_few_rows_is_saved(tmp_path: Path, count: int, high: int) -> None:
    page = _page(tmp_path, [{"group": "甲", "n": n} for n in range(count)])
    assert (page.page_setup.fitToWidth, int(page.page_setup.fitToHeight)) == (1, high)
    spare = page.cell(page.max_row, 1).value == " "
    assert spare == bool(high)
    assert page.print_area == f"'表'!$A$1:$B${page.max_row}"


def test_nothing_is_printed_smaller_than_can_be_read() -> None:
    heights = [44.0, 26.0, 34.0, *[26.0] * 17]
    assert pages.pages_high(heights, [40], "A4", 3) == 1
    # So wide that its text is at 8 points already.
    assert pages.pages_high([1.5 * one for one in heights], [224], "A4", 3) == 0


def test_a_group_is_one_cell_and_the_sentence_stands_over_the_head(tmp_path: Path) -> None:
    rows = [{"group": "" if n % 3 else f"第{n}组", "n": n} for n in range(7)]
    page = _page(tmp_path, rows, lead="七项，一句话说完。", filters=False, grouped=True)
    assert page["A3"].value == "七项，一句话说完。"
    assert [cell.value for cell in page[4]] == ["类别", "项数"]
    assert (page.print_title_rows, page.freeze_panes) == ("$4:$4", "A5")
    joined = {str(area) for area in page.merged_cells.ranges}
    assert {"A5:A7", "A8:A10"} <= joined
    assert not [area for area in joined if area.startswith("A11:")]
    assert [page.cell(5 + n, 2).value for n in range(7)] == list(range(7))
