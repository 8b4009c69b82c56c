"""English heads of lists and books stand whole, in the face that LibreOffice falls back to too."""

import pytest
from django.utils import translation

from tasks.columns import LATE_LIST, UNIT_LIST
from tracker.lib.columns import Column
from tracker.lib.heads import LATIN_WORD, with_room
from tracker.lib.lists import ListOf

# Widths of words in DejaVu Sans at 12 points, in units of a column's width, with its padding.
MEASURED = {"Number": 9.9, "Overdue": 10.5, "Outcome": 11.1, "Rank": 6.4, "Extensions": 13.1,
            "Cooperating": 14.7, "Succession": 13.4}  # fmt: skip


@pytest.mark.parametrize(("word", "needed"), MEASURED.items())
def test_a_column_has_room_for_its_head(word: str, needed: float) -> None:
    assert with_room(Column("x", word, width=4)).width >= needed


def test_chinese_heads_and_wide_columns_stay_as_they_are() -> None:
    assert with_room(Column("x", "完成时限", width=4)).width == 4
    assert with_room(Column("x", "Number", width=40)).width == 40


@pytest.mark.parametrize("rows", [LATE_LIST, UNIT_LIST], ids=lambda one: one.page)
def test_exported_lists_have_it(rows: ListOf) -> None:
    with translation.override("en"):
        for column in rows.sheet(rows.heads).columns:
            for word in LATIN_WORD.findall(str(column.label)):
                assert column.width >= MEASURED.get(word, len(word)), word
