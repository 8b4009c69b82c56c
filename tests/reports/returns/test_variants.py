"""What other programs, and people with them, make of a form: real files, read all the same."""

import datetime
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from reports.returns import parsing
from reports.returns.read import read
from reports.returns.shapes import Change, Refused
from tests.needed import by_libreoffice
from tests.reports.returns.conftest import World, cell_of, row_of

LONG_AGO = datetime.date(2025, 9, 30)
AT_FIVE_PAST_TWO = datetime.datetime.combine(LONG_AGO, datetime.time(14, 5))


def rewritten(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The workbook with one of its parts changed as text."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


def test_a_formula_is_read_by_its_result(world: World) -> None:
    path = world.filled({"G5": "=20*4", "I5": '="完成"&"一期"'})

    def counted(text: str) -> str:
        text = re.sub(r"(<f>20\*4</f>)<v ?/>|(<f>20\*4</f>)<v></v>", r"<f>20*4</f><v>80</v>", text)
        cell = r'(<c r="I5"[^>]*?)>(<f>.*?</f>)(?:<v ?/>|<v></v>)'
        return re.sub(cell, r'\1 t="str">\2<v>完成一期</v>', text)

    found = world.compared(rewritten(path, "xl/worksheets/sheet1.xml", counted))
    assert cell_of(found, 1, "percent").said == 80
    assert cell_of(found, 1, "progress").said == "完成一期"


@pytest.mark.parametrize("formula", ["=20*4", "=Sheet9!A1"])
def test_a_formula_without_result_is_told_and_not_taken_for_empty(
    world: World, formula: str
) -> None:
    found = world.compared(world.filled({"G5": formula, "I6": formula, "I7": "照常"}))
    assert not found.can_apply
    assert {cell.address for cell, _note in found.wrong_cells} == {"G5", "I6"}
    assert all("没有算出的结果" in note for _cell, note in found.wrong_cells)
    assert cell_of(found, 3, "progress").taken == "照常"


def test_a_formula_whose_result_is_an_empty_text_is_empty(world: World) -> None:
    path = world.filled({"J5": '=""'})

    def counted(text: str) -> str:
        return re.sub(
            r'(<c r="J5"[^>]*?)>(<f>.*?</f>)(?:<v ?/>|<v></v>)', r'\1 t="str">\2<v></v>', text
        )

    found = world.compared(rewritten(path, "xl/worksheets/sheet1.xml", counted))
    assert row_of(found, 1).change is Change.UNCHANGED


def test_an_error_in_a_cell_is_told(world: World) -> None:
    found = world.compared(world.filled({"G5": "#REF!", "I6": "#DIV/0!"}))
    assert {cell.address for cell, _note in found.wrong_cells} == {"G5", "I6"}
    assert all("结果是错误值" in note for _cell, note in found.wrong_cells)


def test_rich_text_is_its_words(world: World) -> None:
    rich = CellRichText("完成", TextBlock(InlineFont(b=True), "一期"), "建设。")
    found = world.compared(world.filled({"I5": rich}))
    assert cell_of(found, 1, "progress").said == "完成一期建设。"


def test_an_apostrophe_before_a_number_is_no_word(world: World) -> None:
    def quoted(book: Any) -> None:
        page = book.worksheets[0]
        page["G5"].quotePrefix = True
        page["G5"].data_type = "s"

    found = world.compared(world.filled({"G5": "80", "G6": "'60", "G7": "’７０％"}, quoted))
    assert [cell_of(found, n, "percent").said for n in (1, 2, 3)] == [80, 60, 70]


@pytest.mark.parametrize(
    ("value", "percent"),
    [(1e2, 100), (8e1, 80), (5.0e-1, 50), (0.1 + 0.2, 30), (79.9999999999, 80)],
)
def test_scientific_and_inexact_numbers(world: World, value: float, percent: int) -> None:
    assert cell_of(world.compared(world.filled({"G5": value})), 1, "percent").said == percent


@pytest.mark.parametrize("words", ["1e2", "百分之八十", "八成", "80%左右", "约80", "八十", "80-90"])
def test_what_is_not_understood_is_said_with_what_to_write(world: World, words: str) -> None:
    found = world.compared(world.filled({"G5": words}))
    assert [(cell.address, words in note, "请改为数字，如80" in note)
            for cell, note in found.wrong_cells] == [("G5", True, True)]  # fmt: skip


def test_where_shares_are_written_a_bare_one_is_asked(world: World) -> None:
    found = world.compared(world.filled({"G5": 0.8, "G6": 1, "G7": "1%"}))
    assert cell_of(found, 1, "percent").said == 80
    assert cell_of(found, 3, "percent").said == 1
    assert [cell.address for cell, _note in found.wrong_cells] == ["G6"]
    assert "1%或100" in found.wrong_cells[0][1]
    assert world.compared(world.filled({"G5": 80, "G6": 1})).can_apply


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (LONG_AGO, "2025年9月30日"),
        (AT_FIVE_PAST_TWO, "2025年9月30日 14:05"),
        (datetime.time(14, 5), "14:05:00"),
        ("2025.9.30前完成", "2025.9.30前完成"),
        (13912345678, "13912345678"),
        (0.1 + 0.2, "0.3"),
        (True, "是"),
    ],
)
def test_what_is_no_text_is_said_as_people_read_it(world: World, value: object, text: str) -> None:
    assert cell_of(world.compared(world.filled({"I5": value})), 1, "progress").said == text


def test_dates_of_the_old_macs(world: World) -> None:
    def of_1904(book: Any) -> None:
        book.epoch = CALENDAR_MAC_1904
        book.worksheets[0]["I5"] = LONG_AGO

    assert cell_of(world.compared(world.filled({}, of_1904)), 1, "progress").said == "2025年9月30日"


@pytest.mark.parametrize(
    "value",
    [LONG_AGO, AT_FIVE_PAST_TWO, "2025-09-30", "2025/9/30", "2025.9.30",
     "20250930", "2025年9月30日", "２０２５年９月３０日（核定）", " 2025 年 9 月 30 日 "],
)  # fmt: skip
def test_a_changed_date_is_told_and_changes_nothing(world: World, value: object) -> None:
    found = world.compared(world.filled({"D5": value, "G5": 80}))
    assert [note for note in found.notes if "第1项任务的完成时限" in note and "以系统为准" in note]
    assert found.can_apply


def test_the_same_date_however_it_is_written_is_no_change(world: World) -> None:
    due = world.leads[0].due_on_in_force
    for value in (due, f"{due:%Y年%m月%d日}", f"{due:%Y.%m.%d}", "尽快", None):
        assert world.compared(world.filled({"D5": value})).notes == []


def test_a_title_that_is_another_ones_is_told_where_the_key_is_lost(world: World) -> None:
    def lost(book: Any) -> None:
        page = book.worksheets[0]
        page["O5"] = page["O6"] = None
        page["B6"] = "别的任务"

    told = world.compared(world.filled({"G5": 80, "G6": 60}, lost)).to_confirm
    assert "第1、2项任务是按序号对应的" in told[0]
    assert [line for line in told if "“别的任务”" in line]
    assert len(told) == 2


def test_sheets_in_another_order_and_a_percent_format_in_one_with_an_odd_name(
    world: World,
) -> None:
    def swapped(book: Any) -> None:
        book.move_sheet("牵头任务", 1)
        page = book["牵头任务"]
        page.title = "A&B <1>"
        page["G5"].number_format = "0.00%"

    found = world.compared(world.filled({"G5": 1, "配合任务!F5": "配合了。"}, swapped))
    assert cell_of(found, 1, "percent").said == 100
    assert row_of(found, 4).text == "配合了。"
    assert not found.to_confirm


def test_rows_pasted_below_without_a_number_are_told(world: World) -> None:
    def added(book: Any) -> None:
        page = book.worksheets[0]
        row = page.max_row + 2
        page.cell(row, 2).value, page.cell(row, 9).value = "新任务", "做了。"

    found = world.compared(world.filled({}, added))
    assert [row.note for row in found.rows if "没有序号" in row.note]
    assert not found.can_apply


def test_a_backup_of_the_sheet_in_the_book_is_told(world: World) -> None:
    def copied(book: Any) -> None:
        book.copy_worksheet(book.worksheets[0]).title = "牵头任务 (2)"

    found = world.compared(world.filled({"G5": 80}, copied))
    assert not found.can_apply
    assert all("重复" in row.note for row in found.rows if row.change is Change.WRONG)


def test_as_libreoffice_saves_it(world: World, tmp_path: Path) -> None:
    """With sorted rows, a hidden one, a formula, percent formats and a date; as others, refused."""

    def changed(book: Any) -> None:
        page = book.worksheets[0]
        rows = [[cell.value for cell in row] for row in page.iter_rows(5, 7)]
        for number, values in enumerate(reversed(rows), 5):
            for place, value in enumerate(values, 1):
                page.cell(number, place).value = value
        page["G7"].number_format = "0%"
        page.row_dimensions[6].hidden = True
        page.auto_filter.ref = "A4:N7"

    path = world.filled({"G5": 0.8, "I5": LONG_AGO, "G6": "=30+5", "I6": "二。\n三。"}, changed)
    found = world.compared(by_libreoffice(path, tmp_path))
    assert found.can_apply
    assert not found.to_confirm
    assert [cell_of(found, n, "percent").said for n in (1, 2, 3)] == [80, 35, None]
    assert cell_of(found, 1, "progress").said == "2025年9月30日"
    assert cell_of(found, 2, "progress").said == "二。\n三。"
    for kind in ("ods", "xls"):
        other = by_libreoffice(path, tmp_path, kind)
        for name in (other, other.rename(other.with_suffix(".xlsx"))):
            with pytest.raises(Refused, match=r"另存为 \.xlsx"):
                read(name if name.exists() else other.with_suffix(".xlsx"))


def test_times_are_no_part_of_a_day() -> None:
    assert parsing.day({"date": "2025-09-30T08:30:00"}) == LONG_AGO
    assert parsing.day("2025.9.30 8:30") == LONG_AGO
