"""Workbooks as people get them: read back, hostile text in, half files never."""

import dataclasses
import datetime
import os
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tracker.lib.columns import (
    DATE,
    NUMBER,
    PERCENT,
    WHOLE,
    Column,
    Filled,
    Mark,
    NotedDate,
    Section,
    Sheet,
)
from tracker.lib.excel import clean_text, digest, write_book, written_beside, zip_files
from tracker.lib.workdays import SHANGHAI

MOMENT = datetime.datetime(2026, 1, 9, 8, 30, tzinfo=SHANGHAI)
GREEN = Mark("正常", "●", "#2E7D32", "#EDF6EE")
SHEET = Sheet(
    "s",
    "牵头任务",
    [
        Column("n", "序号", format=WHOLE, width=6),
        Column("text", "进展情况", width=40),
        Column("percent", "完成进度", format=PERCENT),
        Column("due", "完成时限", format=DATE, width=14),
        Column("light", "状态", align="center"),
        Column("value", "数值", format=NUMBER),
    ],
    heading="2025年第4季度进展情况表",
    empty="本季度没有牵头任务。",
    sticky=2,
)
HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "＝1",
    "\t=1",
    "a\x00b\x0bc\x1f",
    "\ufffe\uffff坏",
    "孤\ud800行",
    "<b>&\"'</b>",
    "]]>",
    "line\r\nbreak\rhere",
    "x" * 40_000,
    "😀" * 20_000,
]


def row(**values: Any) -> dict[str, Any]:
    return {
        "n": 1,
        "text": "平稳推进",
        "percent": 45,
        "due": datetime.date(2025, 12, 31),
        "light": GREEN,
        "value": Decimal("1.5"),
    } | values


def write(path: Path, rows: list[Any], **words: Any) -> Any:
    write_book(
        path,
        "进展情况表",
        [Filled(SHEET, rows, left="填报单位（盖章）：甲", right="填报时间：2026年1月9日", **words)],
        made_at=MOMENT,
        author="碳责通",
    )
    return openpyxl.load_workbook(path).worksheets[0]


def test_the_head_and_the_page_are_as_an_office_expects(tmp_path):
    page = write(tmp_path / "a.xlsx", [row()], foot="审签人：", notes=["注：演示"])
    assert page["A1"].value == "2025年第4季度进展情况表"
    assert (page["A1"].font.name, page["A1"].font.size, page["A1"].font.bold) == (
        "方正小标宋简体",
        22,
        False,
    )
    assert "A1:F1" in {str(merged) for merged in page.merged_cells.ranges}
    assert page["A2"].value == "填报单位（盖章）：甲"
    assert [cell.value for cell in page[2] if cell.value][1] == "填报时间：2026年1月9日"
    assert [cell.value for cell in page[3]] == SHEET.heads()
    assert page["A3"].font.name == "黑体"
    assert (page["B4"].font.name, page["B4"].font.charset) == ("仿宋", 134)
    assert page["B4"].border.left.color.rgb.endswith("C8D0D6")
    assert page["B4"].alignment.wrap_text
    assert (page["A5"].value, page["A6"].value) == ("注：演示", "审签人：")
    assert page.freeze_panes == "C4"
    assert page.auto_filter.ref == "A3:F4"
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.print_title_rows == "$3:$3"
    assert "第 &P 页  共 &N 页" in page.oddFooter.center.text


def test_values_are_real_ones_with_formats(tmp_path):
    page = write(tmp_path / "a.xlsx", [row(), row(percent="未报", due=None, value=None)])
    assert (page["C4"].value, page["C4"].number_format) == (45, '0"%"')
    assert page["D4"].value.isoformat() == "2025-12-31T00:00:00"
    assert page["D4"].number_format == "yyyy-mm-dd"
    assert (page["F4"].value, page["F4"].data_type) == (1.5, "n")
    assert page["E4"].value == "● 正常"
    assert page["E4"].font.color.rgb.endswith("2E7D32")
    assert page["E4"].fill.start_color.rgb.endswith("EDF6EE")
    assert [page[f"{letter}5"].value for letter in "CDF"] == ["未报", None, None]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(tmp_path, text):
    page = write(tmp_path / "a.xlsx", [row(text=text)], heading=text, notes=[text])
    assert page["B4"].data_type == "s"
    assert page["B4"].value == clean_text(text)
    assert page["B4"].quotePrefix == text.startswith(("=", "+", "-", "@", "\t", "＝"))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        xml = book.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml


def test_a_noted_date_is_a_real_one_with_its_word_in_the_format(tmp_path):
    day = datetime.date(2025, 12, 31)
    noted = [
        NotedDate(day, "（方案）"),
        NotedDate(day, '"'),
        NotedDate(datetime.date(1899, 1, 1), "旧"),
    ]
    page = write(tmp_path / "a.xlsx", [row(due=value) for value in noted])
    assert page["D4"].value.date() == day
    formats = [page[f"D{n}"].number_format for n in (4, 5)]
    assert formats == ['yyyy-mm-dd"（方案）"', "yyyy-mm-dd"]
    assert page["D6"].value == "1899-01-01旧"


def test_a_marks_note_stands_beneath_it(tmp_path):
    page = write(tmp_path / "a.xlsx", [row(light=dataclasses.replace(GREEN, note="完成45%"))])
    assert page["E4"].value == "● 正常\n完成45%"


def test_a_section_stands_over_the_whole_width_and_there_is_no_filter(tmp_path):
    page = write(tmp_path / "a.xlsx", [Section("=一、逾期：共1项"), row()])
    assert (page["A4"].value, page["A4"].data_type) == ("=一、逾期：共1项", "s")
    assert "A4:F4" in {str(merged) for merged in page.merged_cells.ranges}
    assert page["B4"].value is None
    assert page["A5"].value == 1
    assert page.auto_filter.ref is None


def test_widths_are_counted_in_a_font_that_is_everywhere(tmp_path):
    write(tmp_path / "a.xlsx", [row()])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        xml = book.read("xl/styles.xml").decode()
    first = xml.split("<fonts")[1].split("</font>")[0]
    assert 'val="Arial"' in first
    assert "Calibri" not in xml


def test_a_cell_reused_after_hostile_text_is_plain_again(tmp_path):
    page = write(tmp_path / "a.xlsx", [row(text="=1"), row(text="平常"), row(text=None)])
    assert [page[f"B{n}"].quotePrefix for n in (4, 5, 6)] == [True, False, False]
    assert page["B6"].value is None


def test_a_sheet_may_be_kept_to_one_page(tmp_path):
    sheet = dataclasses.replace(SHEET, one_page=True, paper="A3", filters=False)
    path = tmp_path / "a.xlsx"
    write_book(path, "t", [Filled(sheet, [row()])], made_at=MOMENT, author="a")
    page = openpyxl.load_workbook(path).worksheets[0]
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 1)
    assert int(page.page_setup.paperSize or 0) == 8
    assert page.auto_filter.ref is None


def test_an_empty_table_says_so(tmp_path):
    page = write(tmp_path / "a.xlsx", [])
    assert page["A4"].value == "本季度没有牵头任务。"
    assert page.auto_filter.ref is None


def test_rows_are_high_enough_and_too_high_ones_continue(tmp_path):
    page = write(
        tmp_path / "a.xlsx", [row(), row(text="字" * 200), row(text="字" * 2000), row(n=9)]
    )
    heights = [page.row_dimensions[n].height for n in range(4, page.max_row + 1)]
    assert heights[0] < heights[1] <= 409
    assert max(heights) <= 409
    parts = next(m for m in page.merged_cells.ranges if str(m).startswith("B6:"))
    assert parts.size["rows"] > 1
    assert page.cell(parts.max_row + 1, 1).value == 9
    assert page.auto_filter.ref is None


def test_the_same_content_gives_the_same_bytes(tmp_path):
    write(tmp_path / "a.xlsx", [row(), row(text="=1")])
    write(tmp_path / "b.xlsx", [row(), row(text="=1")])
    assert digest(tmp_path / "a.xlsx").sha256 == digest(tmp_path / "b.xlsx").sha256


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")

    def fail_half_way() -> None:
        with written_beside(path) as beside:
            beside.write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.xlsx"]


def test_a_zip_keeps_chinese_names(tmp_path):
    (tmp_path / "a").write_bytes(b"content")
    zip_files(tmp_path / "b.zip", [("重庆市能源局.xlsx", tmp_path / "a")], MOMENT)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.namelist() == ["重庆市能源局.xlsx"]
        assert archive.read("重庆市能源局.xlsx") == b"content"
        assert archive.infolist()[0].date_time == (2026, 1, 9, 8, 30, 0)
