"""What books of one run share: the looks of their cells, and cells that are made for many at once.

Those of a few rows take almost as long as those of many, and a row may stand in several books.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Final

from openpyxl.utils import get_column_letter

from tracker.lib.columns import Filled, Section, Sheet
from tracker.lib.excel import measure
from tracker.lib.excel.clean import CleanValue, clean_text
from tracker.lib.excel.fast import BATCH, ColumnCells, Made
from tracker.lib.excel.styles import HEAD, Look, Looks

MOST: Final = 4 * BATCH  # rows of a sheet whose cells wait to be written


class Shared:
    """Given to each of the books that share it."""

    def __init__(self) -> None:
        self.looks = Looks()
        self._sheets: dict[int, SheetCells] = {}

    def cells(self, sheet: Sheet) -> SheetCells:
        """Those of the sheet, which may be one of several books."""
        if id(sheet) not in self._sheets:
            self._sheets[id(sheet)] = SheetCells(sheet, self.looks)
        return self._sheets[id(sheet)]

    def make(self, sheets: Iterable[Filled]) -> None:
        """Make the cells of these sheets' rows, those of a kind together."""
        rows: dict[int, list[Any]] = {}
        for filled in sheets:
            # Many rows are made as many at once by themselves.
            if isinstance(filled.rows, Sequence) and len(filled.rows) < BATCH:
                self.cells(filled.sheet)
                rows.setdefault(id(filled.sheet), []).extend(filled.rows)
        for sheet, some in rows.items():
            self._sheets[sheet].make(some)


class SheetCells:
    """Makes the cells of a sheet's rows, or has them."""

    def __init__(self, sheet: Sheet, looks: Looks) -> None:
        self.sheet = sheet
        letters = map(get_column_letter, range(1, len(sheet.columns) + 1))
        self.starts = [f'<c r="{letter}'.encode() for letter in letters]
        ends = zip(sheet.columns, [*self.starts[1:], b"</row>"], strict=True)
        self._columns = [ColumnCells(column, looks, end) for column, end in ends]
        self._made: dict[int, tuple[Any, Made]] = {}  # by the row's identity; it stays while here

    @cached_property
    def head(self) -> tuple[list[tuple[Look, CleanValue]], float]:
        """The cells of the head, and how high it has to be."""
        heads = self.sheet.heads()
        widths = (column.width for column in self.sheet.columns)
        height = measure.row_height(zip(heads, widths, strict=True))
        return [(HEAD, clean_text(head)) for head in heads], height

    def make(self, rows: Sequence[Any]) -> None:
        """Make those of the rows that are not there yet."""
        if len(self._made) > MOST:
            self._made.clear()
        by_type: dict[type, dict[int, Any]] = {}
        for row in rows:
            if id(row) not in self._made and not isinstance(row, Section):
                by_type.setdefault(type(row), {})[id(row)] = row
        for some in by_type.values():
            for batch in _batches(some.values()):
                made = zip(batch, self._new(batch), strict=True)
                self._made.update((id(row), (row, cells)) for row, cells in made)

    def made(self, rows: Sequence[Any]) -> Iterable[Made]:
        """Of each row, all of one type, its lines and its cells."""
        if all(id(row) in self._made for row in rows):
            return [self._made[id(row)][1] for row in rows]
        return self._new(rows)

    def _new(self, rows: Sequence[Any]) -> Iterable[Made]:
        texts, lines = zip(*(column.pieces(rows) for column in self._columns), strict=True)
        most = map(max, itertools.repeat(1), itertools.repeat(1), *filter(None, lines))
        return zip(most, zip(*texts, strict=True), strict=False)


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(rows)
    while batch := list(itertools.islice(rest, BATCH)):
        yield batch
