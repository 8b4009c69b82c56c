"""What people do to a form before they send it back, and how it is read all the same."""

import datetime
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from reports.returns import key, parsing
from reports.returns.compare import compare
from reports.returns.read import read
from reports.returns.shapes import Change, Refused
from tests.factories import TODAY
from tests.reports.returns.conftest import QUARTER, World, cell_of, row_of


@pytest.mark.parametrize(
    ("value", "percent"),
    [
        (80, 80), (80.0, 80), ("80", 80), ("80%", 80), ("８０％", 80), (" 80 % ", 80), (0.8, 80),
        ("0.8", 80), ("80个百分点", 80), (0.57, 57), (0, 0), (1, 1), ("100%", 100), ("", None),
        ("+80", 80), (0.29, 29), (100, 100), ("1%", 1),
    ],
)  # fmt: skip
def test_percentages_as_people_write_them(value: object, percent: int | None) -> None:
    assert parsing.percent(value) == percent


@pytest.mark.parametrize(
    "value",
    [
        "约80%", "八十", 101, -1, "80-90", 79.5, True, {"date": "2025-09-30"}, "9" * 400, "nan",
        "1e2", "0.8%", "#REF!", "８０。", "80%%", float("inf"), 1e300,
    ],
)  # fmt: skip
def test_what_is_no_percentage_gets_a_sentence(value: object) -> None:
    with pytest.raises(ValueError, match="完成进度") as caught:
        parsing.percent(value)
    assert str(caught.value).endswith(("如80。", "后填写。"))


@pytest.mark.parametrize(("value", "percent"), [(0.8, 80), (1, 100), (0.01, 1), ("80%", 80)])
def test_in_a_format_of_percentages_one_is_a_hundred(value: object, percent: int) -> None:
    assert parsing.share(value) == percent


@pytest.mark.parametrize(
    "value",
    [
        {"date": "2025-09-30T00:00:00"}, {"date": "2025-09-30"}, "2025-09-30", "2025/9/30",
        "2025.9.30", "20250930", "2025年9月30日", "２０２５年９月３０日", " 2025 年 9 月 30 日 ",
    ],
)  # fmt: skip
def test_dates_as_people_write_them(value: object) -> None:
    assert parsing.day(value) == datetime.date(2025, 9, 30)


@pytest.mark.parametrize("value", ["9月30日", "2025-13-01", "2025-02-30", "三季度", True])
def test_what_is_no_date_gets_a_sentence(value: object) -> None:
    with pytest.raises(ValueError, match="无法识别日期"):
        parsing.day(value)


@pytest.mark.parametrize(
    ("value", "yes"),
    [("是", True), ("√", True), ("Ｙ", True), (True, True), (1, True), ("否", False), ("", False),
     (0, False), ("×", False), (False, False)],
)  # fmt: skip
def test_yes_and_no_as_people_write_them(value: object, yes: bool) -> None:
    assert parsing.yes(value) is yes


def test_neither_yes_nor_no_gets_a_sentence() -> None:
    with pytest.raises(ValueError, match="请填“是”或“否”"):
        parsing.yes("可能")


def moved(book: Any) -> None:
    """A column put in before the first, a row before the head, another in the table."""
    page = book.worksheets[0]
    for area in list(page.merged_cells.ranges):
        page.unmerge_cells(str(area))
    page.insert_cols(1)
    page.insert_rows(4)
    page.insert_rows(7)


def renamed(book: Any) -> None:
    page = book.worksheets[0]
    page["G4"], page["I4"], page["J4"] = "本季度完成进度", "目前 进展 情况", "存在的问题（困难）"


def hidden(book: Any) -> None:
    page = book.worksheets[0]
    page.row_dimensions[6].hidden = True
    page.column_dimensions["I"].hidden = True
    page.auto_filter.ref = "A4:N7"


def retitled(book: Any) -> None:
    book.worksheets[0].title = "Sheet1"
    book.create_sheet("备忘", 0)["A1"] = "随便写的"


def sorted_down(book: Any) -> None:
    page = book.worksheets[0]
    rows = [[cell.value for cell in row] for row in page.iter_rows(5, 7)]
    for number, values in enumerate(reversed(rows), 5):
        for place, value in enumerate(values, 1):
            page.cell(number, place).value = value


def merged(book: Any) -> None:
    """Two tasks with one text: what is merged is said of both."""
    page = book.worksheets[0]
    page["I6"] = None
    page.merge_cells("I5:I6")


def untouched(book: Any) -> None:
    """Nothing."""


CHANGES = [untouched, moved, renamed, hidden, retitled, sorted_down]
VALUES = {"G5": "８０％", "I5": "完成一期。", "J5": "资金不足", "G6": 0.5, "I6": "完成二期。"}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_sheet_says_the_same(world: World, change: Callable[[Any], None]) -> None:
    found = world.compared(world.filled(VALUES, change))
    assert found.can_apply
    assert not found.to_confirm
    first, second, third = (row_of(found, number).entry for number in (1, 2, 3))
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.percent, first.progress, first.problems) == (80, "完成一期。", "资金不足")
    assert (second.percent, second.progress) == (50, "完成二期。")
    assert (third.percent, third.progress) == (None, "")
    assert row_of(found, 3).change is Change.UNCHANGED


def test_what_is_merged_is_said_of_all(world: World) -> None:
    found = world.compared(world.filled(VALUES, merged))
    assert [cell_of(found, number, "progress").said for number in (1, 2)] == ["完成一期。"] * 2


def test_a_percent_format_is_taken_as_it_is_shown(world: World) -> None:
    def shown(book: Any) -> None:
        book.worksheets[0]["G5"].number_format = "0%"

    found = world.compared(world.filled({"G5": 1, "G6": 1}, shown))
    assert [cell_of(found, number, "percent").said for number in (1, 2)] == [100, 1]


def test_numbers_and_dates_in_texts_stay_what_they_show(world: World) -> None:
    found = world.compared(world.filled({"I5": 12, "I6": datetime.date(2025, 9, 30), "I7": 1.5}))
    texts = [cell_of(found, number, "progress").said for number in (1, 2, 3)]
    assert texts == ["12", "2025年9月30日", "1.5"]


def test_extra_sheets_and_columns_are_named(world: World) -> None:
    def extra(book: Any) -> None:
        book.worksheets[0]["Q4"] = "领导批示"
        retitled(book)

    found = world.compared(world.filled(VALUES, extra))
    assert found.can_apply
    assert [note for note in found.notes if "领导批示" in note]
    assert [note for note in found.notes if "备忘" in note]


def test_a_column_that_was_taken_away_says_nothing(world: World) -> None:
    def gone(book: Any) -> None:
        book.worksheets[0]["J4"] = None

    found = world.compared(world.filled(VALUES, gone))
    assert cell_of(found, 1, "problems").change is Change.UNCHANGED
    assert cell_of(found, 1, "progress").change is Change.NEW


def lost(book: Any) -> None:
    """What a program may drop: the hidden sheet, the property, the hidden column."""
    del book[key.SHEET]
    del book.custom_doc_props[key.PROPERTY]
    for page in book.worksheets:
        page.delete_cols(page.max_column)


def test_a_lost_key_is_made_good_by_unit_quarter_and_number(world: World) -> None:
    path = world.filled({**VALUES, "配合任务!F5": "配合了。"}, lost)
    assert read(path).key is None
    found = world.compared(path)
    assert (found.unit, found.quarter) == (world.unit, QUARTER)
    assert found.can_apply
    assert len(found.to_confirm) == 2
    assert all(row.to_confirm for row in found.rows)
    assert cell_of(found, 1, "percent").taken == 80
    assert row_of(found, 4).text == "配合了。"


def test_the_property_alone_tells_unit_and_quarter(world: World) -> None:
    def sheet_lost(book: Any) -> None:
        del book[key.SHEET]
        book.worksheets[0]["A1"] = book.worksheets[0]["A2"] = book.worksheets[0]["A3"] = None

    returned = read(world.filled(VALUES, sheet_lost))
    assert returned.key is not None
    assert (returned.key.unit, returned.quarter) == (world.unit.pk, QUARTER)
    found = compare(returned, for_user=world.by, today=TODAY)
    assert found.to_confirm
    assert cell_of(found, 1, "percent").taken == 80


def broken(book: Any) -> None:
    page = book[key.SHEET]
    page["A1"] = page["A1"].value[:-3] + "abc"


def test_a_broken_signature_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="校验信息被改动"):
        read(world.filled(VALUES, broken))


def test_a_workbook_that_is_no_form_is_refused(world: World) -> None:
    path = world.folder / "other.xlsx"
    book = openpyxl.Workbook()
    book.worksheets[0].append(["姓名", "电话"])
    book.save(path)
    with pytest.raises(Refused, match="没有找到回填表的内容"):
        read(path)
