"""Writes the rows of a sheet as text; tests/lib/test_excel_fast.py sets them beside openpyxl's.

A batch of rows is turned into text column by column: a value that a column repeats is made into
its cell once, texts all together. A piece of text reaches from behind one reference to the next,
so that a row is its pieces joined by its number. Rows go to a file, not to memory.
"""

import datetime
import functools
from collections.abc import Callable, Iterable, Sequence
from itertools import filterfalse
from typing import Any, BinaryIO, Final, cast

from django.db.models import Model
from django.utils.functional import Promise
from openpyxl.utils.datetime import to_excel

from tracker.lib.columns import Cell, Column, Mark, NotedDate
from tracker.lib.excel import measure
from tracker.lib.excel.clean import CleanValue, are_easy, clean_value, is_easy, needs_quote, spelt
from tracker.lib.excel.styles import Look, Looks, body_look, body_name

Piece = tuple[bytes, int]  # a cell from behind its reference on, and how many lines it takes
Made = tuple[int, tuple[bytes, ...]]  # of a row: how many lines it takes, and its cells
Pieces = tuple[Sequence[bytes], Sequence[int]]  # of values; without lines each takes one
ROW_POINTS: Final = 26.0  # a line of text and a little air
BATCH: Final = 500  # rows
REMEMBERED: Final = 2000  # values of a column
TEXTS: Final = frozenset({type(None), str})
# To a dictionary 1 is True and 1.0, 0.0 is -0.0: of numbers only whole ones are kept.
KEPT: Final = TEXTS | {int, datetime.date, datetime.datetime, Mark, NotedDate}
_HEIGHT: Final = b'" ht="%.16g" customHeight="1">'
_START, _END = '" s="%d" t="inlineStr"><is><t%s>', "</t></is></c>"


class TextRows:
    """The rows of one sheet."""

    def __init__(self, starts: Sequence[bytes], looks: Looks, file: BinaryIO) -> None:
        self.file, self.number, self._starts, self._looks = file, 0, starts, looks

    def write(self, rows: Sequence[Any], made: Iterable[Made], high: Callable[[Any], None]) -> None:
        """Write rows of one type; one that is too high for a row of a sheet is the caller's."""
        done: list[bytes] = []
        for row, (lines, parts) in zip(rows, made, strict=True):
            if height := _height(lines):
                self.number += 1
                done.append((b"%d" % self.number).join((b'<row r="', height, *parts)))
            else:
                self.file.write(b"".join(done))
                done = []
                high(row)
        self.file.write(b"".join(done))

    def add(self, cells: Sequence[tuple[Look, CleanValue] | None], height: float) -> None:
        """Write a row of cells with looks of their own: what stands around the table."""
        self.number += 1
        parts = [b'<row r="', number := b"%d" % self.number, _HEIGHT % round(height, 1)]
        for start, cell in zip(self._starts, cells, strict=False):
            if cell is not None:
                make = _same if isinstance(cell[1], str) else _cell
                parts += (start, number, make(self._looks.number(cell[0]), cell[1]))
        self.file.write(b"".join([*parts, b"</row>"]))


class ColumnCells:
    """Makes the cells of a column."""

    def __init__(self, column: Column, looks: Looks, end: bytes) -> None:
        self._column, self._looks, self._end = column, looks, end
        self._room = measure.line_room(column.width)
        self._numbers: dict[tuple[bool, str], int] = {}
        self._kept: dict[Cell, Piece] = {}

    def pieces(self, rows: Sequence[Any]) -> Pieces:
        """Those of a batch of rows."""
        values = self._column.cells(rows)
        seen = set(map(type, values))
        if seen <= TEXTS:
            return self._of_texts(values)
        if seen <= KEPT:
            if len(kept := self._kept) > REMEMBERED:
                kept.clear()
            kept.update((v, self._piece(v)) for v in dict.fromkeys(values) if v not in kept)
            made = list(map(kept.__getitem__, values))
        else:
            made = list(map(self._piece, values))
        texts, lines = zip(*made, strict=True)
        return texts, lines if max(lines) > 1 else ()

    def _of_texts(self, values: list[Any]) -> Pieces:
        """Each text is made once, or all as they come where few of them occur twice."""
        new = {*values}
        if 2 * len(new) > len(values) and None not in new and are_easy(values):
            texts, lines = self._of_easy(values)
            return texts, lines if max(lines) > 1 else ()
        easy = list(filter(is_easy, new - {None}))
        cells, high = (dict(zip(easy, some, strict=True)) for some in self._of_easy(easy))
        for value in filterfalse(cells.__contains__, dict.fromkeys(values)):
            cells[value], high[value] = self._piece(value)
        more = list(map(high.__getitem__, values)) if max(high.values()) > 1 else ()
        return list(map(cells.__getitem__, values)), more

    def _of_easy(self, texts: Sequence[str]) -> Pieces:
        """Joined, encoded and split, none of them by itself."""
        if not texts:
            return (), ()
        start, end = _START % (self._look("", ""), ""), _END + self._end.decode()
        cells = start + f"{end}\n{start}".join(texts) + end
        return cells.encode().split(b"\n"), measure.line_counts(texts, self._room)

    def _piece(self, value: Cell) -> Piece:
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


@functools.lru_cache(maxsize=256)
def _height(lines: int) -> bytes:
    """What follows the number of a row of so many lines; nothing where that is too high."""
    points, *more = measure.split_height(max(ROW_POINTS, measure.height_of(lines)))
    return b"" if more else _HEIGHT % round(points, 1) + b'<c r="A'


def _cell(style: int, value: CleanValue) -> bytes:
    """What follows the reference in a cell; a text is spelt as the part needs it."""
    if value is None or value == "":
        return b'" s="%d"/>' % style
    if isinstance(value, str):
        text = spelt(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        space = "" if text == text.strip() else ' xml:space="preserve"'
        return (_START % (style, space) + text + _END).encode()
    number = cast(Any, to_excel)(value) if isinstance(value, datetime.date) else value
    return b'" s="%d"><v>%.16g</v></c>' % (style, float(number))


_same = functools.lru_cache(maxsize=1024)(_cell)  # heads and notes are those of many books
