"""A column is named once and serves the page and the sheet alike."""

import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tracker.lib.columns import (
    DATE,
    NUMBER,
    PERCENT,
    WHOLE,
    Book,
    Column,
    Filled,
    Mark,
    NotedDate,
    Sheet,
)

RED = Mark("逾期", "■", "#C62828", "#FDEEEE")


def test_a_path_leads_through_objects_and_dicts_and_stops_at_none():
    row = SimpleNamespace(task={"title": "甲"}, unit=None)
    assert Column("task.title", "任务").cell(row) == "甲"
    assert Column("unit.name", "单位").cell(row) is None
    assert Column("unit.name", "单位").text(row) == ""


def test_value_replaces_the_path():
    assert Column("x", "数", value=lambda row: row["n"] * 2).cell({"n": 3}) == 6


@pytest.mark.parametrize(
    ("format_", "value", "text"),
    [
        (PERCENT, 45, "45%"),
        (PERCENT, "未报", "未报"),
        (DATE, datetime.date(2025, 12, 31), "2025-12-31"),
        (NUMBER, Decimal("1234.5"), "1,234.5"),
        (WHOLE, 7, "7"),
        (WHOLE, RED, "■ 逾期"),
        (DATE, NotedDate(datetime.date(2025, 12, 31), "（方案）"), "2025-12-31（方案）"),
    ],
)
def test_a_page_shows_the_value_in_its_format(format_, value, text):
    assert Column("v", "值", format=format_).text({"v": value}) == text


def test_a_column_without_label_needs_a_model():
    with pytest.raises(ValueError, match="no label"):
        Column("v").head()


def test_a_sheet_gives_heads_cells_and_what_may_be_imported():
    sheet = Sheet("s", "表", [Column("a", "甲", parse=str), Column("b", "乙")])
    assert sheet.heads() == ["甲", "乙"]
    assert sheet.cells({"a": 1, "b": None}) == [1, None]
    assert [(c.path, t) for c, t in sheet.texts({"a": 1, "b": None})] == [("a", "1"), ("b", "")]
    assert [c.path for c in sheet.importable()] == ["a"]
    assert Book("book", "册", [sheet]).sheet("s") is sheet


def test_a_copy_may_have_words_of_its_own():
    sheet = Sheet("s", "表", [Column("a", "甲")], heading="总表")
    assert Filled(sheet, []).tab_title == "表"
    assert Filled(sheet, []).head_line == "总表"
    assert Filled(sheet, [], tab="一", heading="二").tab_title == "一"
    assert Filled(sheet, [], tab="一", heading="二").head_line == "二"
