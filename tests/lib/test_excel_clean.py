"""Text, values and names that a workbook can hold."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.lib.excel import clean_text, file_name, measure, sheet_titles
from tracker.lib.excel.clean import CELL_LIMIT, are_easy, clean_value, is_easy


@given(st.text(st.characters(), max_size=200))
def test_clean_text_is_stable_and_can_be_written(text):
    clean = clean_text(text)
    assert clean_text(clean) == clean
    clean.encode()


def test_what_is_too_long_is_cut_with_a_mark():
    for text in ("x" * 40_000, "😀" * 20_000):
        clean = clean_text(text)
        assert len(clean.encode("utf-16-le")) // 2 <= CELL_LIMIT
        assert clean.endswith("以下截去）")
    assert clean_text("x" * CELL_LIMIT) == "x" * CELL_LIMIT


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (Decimal("NaN"), None),
        (True, "是"),
        (False, "否"),
        (10**15, "1000000000000000"),
        (10**15 - 1, 10**15 - 1),
        (datetime.date(1899, 1, 1), "1899-01-01"),
        (
            datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
            datetime.datetime(2026, 1, 1, 8),  # noqa: DTZ001 - Excel's dates have no zone
        ),
    ],
)
def test_values_that_excel_cannot_hold(value, clean):
    assert clean_value(value) == clean


def test_sheet_titles_are_legal_and_different():
    titles = sheet_titles(["a/b", "A-B", "x" * 40, "x" * 50, "'引'", "", "[]:*?/\\"])
    assert titles == ["a-b", "A-B(2)", "x" * 31, "x" * 28 + "(2)", "引", "表", "-------"]


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("重庆市能源局2025年第4季度进展情况表", "重庆市能源局2025年第4季度进展情况表.xlsx"),
        ("../../etc/passwd", "-..-etc-passwd.xlsx"),
        ("a\x00b:c", "ab-c.xlsx"),
        ("..", "文件.xlsx"),
    ],
)
def test_file_names_are_safe_everywhere(stem, name):
    assert file_name(stem, "xlsx") == name


def test_a_long_file_name_fits_the_file_system(tmp_path):
    name = file_name("很" * 300, "xlsx")
    (tmp_path / name).touch()
    assert len(name.encode()) <= 205


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("", 10, 1),
        ("五个中文字", 10, 1),
        ("六个中文字符", 10, 2),
        ("一\n二\n三", 10, 3),
        ("word word word", 10, 2),
        ("x" * 25, 10, 3),
        ("甲" + "x" * 25, 10, 3),
    ],
)
def test_lines_are_counted_as_they_wrap(text, room, lines):
    assert measure.line_count(text, room) == lines


@given(st.lists(st.text(st.one_of(st.characters(), st.sampled_from("碳达峰 =_x&\n")), max_size=9)))
def test_texts_are_easy_together_where_each_is(texts):
    assert are_easy(texts) == all(map(is_easy, texts))
