"""Writes the rows of a sheet as text; tests/lib/test_excel_fast.py sets them beside openpyxl's.

A batch of rows is turned into text column by column: a value that a column repeats is made into
its cell once. A piece of text reaches from behind one reference to the next, so that a row is its
pieces joined by its number. Rows go to a file, not to memory.
"""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any, BinaryIO, Final, cast

from django.db.models import Model
from django.utils.functional import Promise
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from tracker.lib.columns import Cell, Column, Mark, NotedDate
from tracker.lib.excel import measure
from tracker.lib.excel.clean import CleanValue, are_easy, clean_value, is_easy, needs_quote, spelt
from tracker.lib.excel.styles import Look, Looks, body_look, body_name

Piece = tuple[bytes, int]  # a cell from behind its reference on, and how many lines it takes
ROW_POINTS: Final = 26.0  # a line of text and a little air
BATCH: Final = 500  # rows
REMEMBERED: Final = 2000  # values of a column
# To a dictionary 1 and True, 0.0 and -0.0 are the same: numbers of other types are not kept.
KEPT: Final = (
    frozenset({type(None), str, datetime.date, datetime.datetime, Mark, NotedDate}),
    frozenset({type(None), int}),
)
_START, _END = b'" s="%d" t="inlineStr"><is><t%b>', b"</t></is></c>"


class TextRows:
    """The rows of one sheet."""

    def __init__(self, columns: Sequence[Column], looks: Looks, file: BinaryIO) -> None:
        self.file, self.number, self._looks, self._columns = file, 0, looks, columns
        letters = (get_column_letter(number) for number in range(1, len(columns) + 1))
        self._starts = [f'<c r="{letter}'.encode() for letter in letters]
        ends = zip(columns, [*self._starts[1:], b"</row>"], strict=True)
        self._pieces = [[_Pieces(one, looks, end) for _kinds in KEPT] for one, end in ends]
        self._heights: dict[int, bytes] = {}

    def write(self, rows: Sequence[Any], too_high: Callable[[Any], None]) -> None:
        """Write rows of one type; one that is too high for a row of a sheet is the caller's."""
        kept = zip(self._columns, self._pieces, strict=True)
        made = [_made(pieces, _values(column, rows)) for column, pieces in kept]
        texts, lines = zip(*(zip(*some, strict=True) for some in made), strict=True)
        most = map(max, repeat(1), *(some for some in lines if max(some) > 1), repeat(1))
        done: list[bytes] = []
        for row, high, parts in zip(rows, most, zip(*texts, strict=True), strict=False):
            if high not in self._heights:
                points, *more = measure.split_height(max(ROW_POINTS, measure.height_of(high)))
                self._heights[high] = b"" if more else _height(points) + self._starts[0]
            if height := self._heights[high]:
                self.number += 1
                done.append((b"%d" % self.number).join((b'<row r="', height, *parts)))
            else:
                self.file.write(b"".join(done))
                done = []
                too_high(row)
        self.file.write(b"".join(done))

    def add(self, cells: Sequence[tuple[Look, CleanValue] | None], height: float) -> None:
        """Write a row of cells with looks of their own: what stands around the table."""
        self.number += 1
        parts = [b'<row r="', number := b"%d" % self.number, _height(height)]
        for start, cell in zip(self._starts, cells, strict=False):
            if cell is not None:
                parts += (start, number, _cell(self._looks.number(cell[0]), cell[1]))
        self.file.write(b"".join([*parts, b"</row>"]))


class _Pieces(dict[Cell, Piece]):
    """By value the pieces of a column."""

    def __init__(self, column: Column, looks: Looks, end: bytes) -> None:
        self._column, self._looks, self._end = column, looks, end
        self._room = measure.line_room(column.width)
        self._numbers: dict[tuple[bool, str], int] = {}

    def __missing__(self, value: Cell) -> Piece:
        made = self[value] = self.make(value)
        return made

    def learn(self, values: Iterable[Cell]) -> None:
        """Make the pieces of the easy texts among them, nearly all, at once."""
        new: list[Any] = [text for text in {*values} - {None} if text not in self]
        easy = new if are_easy(new) else list(filter(is_easy, new))
        start, end = _START % (self._look("", "") if easy else 0, b""), _END + self._end
        for text, lines in zip(easy, measure.line_counts(easy, self._room), strict=True):
            self[text] = start + text.encode() + end, lines

    def make(self, value: Cell) -> Piece:
        """A piece that is not kept."""
        value = str(value) if isinstance(value, (Promise, Model)) else value
        clean = clean_value(value)
        lines = measure.line_count(clean, self._room) if isinstance(clean, str) else 1
        return _cell(self._look(value, clean), clean) + self._end, lines

    def _look(self, value: Cell, clean: CleanValue) -> int:
        has_own = isinstance(value, (Mark, NotedDate))
        key = needs_quote(clean), body_name(self._column, value) if has_own else ""
        if key not in self._numbers:
            self._numbers[key] = self._looks.number(body_look(self._column, value, quoted=key[0]))
        return self._numbers[key]


def _made(caches: Sequence[_Pieces], values: list[Cell]) -> list[Piece]:
    """The pieces of a column's values; those of the types that are kept are made once."""
    seen = set(map(type, values))
    for kinds, pieces in zip(KEPT, caches, strict=True):
        if seen <= kinds:
            if len(pieces) > REMEMBERED:
                pieces.clear()
            if seen <= {type(None), str}:
                pieces.learn(values)
            return list(map(pieces.__getitem__, values))
    return list(map(caches[0].make, values))


def _values(column: Column, rows: Sequence[Any]) -> list[Cell]:
    """The column's values, without the steps of `Column.cell` where the way is one step."""
    if column.value is not None or "." in column.path:
        return list(map(column.value or column.cell, rows))
    if isinstance(rows[0], dict):
        return [row.get(column.path) for row in rows]
    return list(map(operator.attrgetter(column.path), rows))


def _height(points: float) -> bytes:
    return b'" ht="%.16g" customHeight="1">' % round(points, 1)


def _cell(style: int, value: CleanValue) -> bytes:
    """What follows the reference in a cell; a text is spelt as the part needs it."""
    if value is None or value == "":
        return b'" s="%d"/>' % style
    if isinstance(value, str):
        text = spelt(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        space = b"" if text == text.strip() else b' xml:space="preserve"'
        return _START % (style, space) + text.encode() + _END
    number = cast(Any, to_excel)(value) if isinstance(value, datetime.date) else value
    return b'" s="%d"><v>%.16g</v></c>' % (style, float(number))
