"""Writes the rows of a large sheet as text; all else of its part is made by openpyxl.

A cell is one piece of text, and what a column repeats is turned into it once. Rows go to a file,
not to memory. The cells are those of the plain way: tests/lib/test_excel_fast.py compares them.
"""

from __future__ import annotations

import datetime
import functools
import operator
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, BinaryIO, Final, cast

from django.db.models import Model
from django.utils.functional import Promise
from openpyxl.cell import Cell as ExcelCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from tracker.lib.columns import Cell, Column, Mark, NotedDate
from tracker.lib.excel import measure
from tracker.lib.excel.clean import EXACT, CleanValue, clean_value, is_easy, needs_quote, spelt
from tracker.lib.excel.styles import body_style_name

Styled = Callable[[int, Column, Cell, CleanValue], ExcelCell]
ROW_POINTS: Final = 28.0
REMEMBERED: Final = 2000  # values of a column
_NO_ROWS: Final = re.compile(rb"<sheetData\s*(/>|>\s*</sheetData>)")


class TextRows:
    """The rows of one sheet; `styled` makes the openpyxl cell from which a style is taken."""

    def __init__(self, columns: Sequence[Column], styled: Styled, file: BinaryIO) -> None:
        self.file, self.number, self._columns = file, 0, columns
        self._texts = [_ColumnText(n, column, styled) for n, column in enumerate(columns)]
        self._starts = [f'<c r="{get_column_letter(n)}' for n in range(1, len(columns) + 1)]
        self._kits: dict[type, list[tuple[str, Callable[[Any], Cell], _ColumnText]]] = {}
        self._heights: dict[int, str] = {}

    def write(self, row: Any) -> bool:
        """Write the row; False where it is too high for one, and nothing is written."""
        number, most, parts = str(self.number + 1), 1, [""]
        if type(row) not in self._kits:
            ways = (_way(column, row) for column in self._columns)
            self._kits[type(row)] = list(zip(self._starts, ways, self._texts, strict=True))
        for start, way, texts in self._kits[type(row)]:
            text, lines = texts[way(row)]
            if lines > most:
                most = lines
            parts += (start, number, text)
        if most not in self._heights:
            points = measure.split_height(max(ROW_POINTS, measure.height_of(most)))
            self._heights[most] = _height(points[0]) if len(points) == 1 else ""
        if self._heights[most]:
            parts[0] = f'<row r="{number}"{self._heights[most]}'
            self._end(parts)
        return self._heights[most] != ""

    def add(self, cells: Sequence[ExcelCell | None], height: float) -> None:
        """Write cells of openpyxl as a row: what stands around the table."""
        parts = [f'<row r="{self.number + 1}"{_height(height)}']
        for start, cell in zip(self._starts, cells, strict=False):
            if cell is not None:
                text = _cell(cell.style_id, cast(CleanValue, cell.value))
                parts += (start, str(self.number + 1), text)
        self._end(parts)

    def put_into(self, part: bytes, write: Callable[[bytes], object]) -> None:
        """Write the part, with the rows where it has none."""
        place = _NO_ROWS.search(part)
        if place is None:
            raise ValueError("The sheet's part has rows of its own, or no place for them.")
        write(part[: place.start()] + b"<sheetData>")
        self.file.seek(0)
        while chunk := self.file.read(1 << 18):
            write(chunk)
        write(b"</sheetData>" + part[place.end() :])

    def _end(self, parts: list[str]) -> None:
        self.number += 1
        parts.append("</row>")
        self.file.write("".join(parts).encode())


class _ColumnText(dict[Cell, tuple[str, int]]):
    """By value the text of a cell behind its reference, and how many lines it takes.

    Numbers are not remembered: to a dictionary 1 and True, 0.0 and -0.0 are the same.
    """

    def __init__(self, place: int, column: Column, styled: Styled) -> None:
        self._column, self._room = column, measure.line_room(column.width)
        self._styled = functools.partial(styled, place, column)
        self._ids: dict[object, int] = {}
        self._plain = ""

    def __missing__(self, value: Cell) -> tuple[str, int]:
        if type(value) is str and is_easy(value):
            self._plain = self._plain or f'" s="{self._id(value, value)}" t="inlineStr"><is><t>'
            lines = 1 if 2 * len(value) <= self._room else measure.line_count(value, self._room)
            made = f"{self._plain}{value}</t></is></c>", lines
        elif type(value) is int and -EXACT < value < EXACT:
            return f'" s="{self._id(value, value)}"><v>{value}</v></c>', 1
        else:
            value = str(value) if isinstance(value, (Promise, Model)) else value
            clean = clean_value(value)
            text = _cell(self._id(value, clean), spelt(clean) if isinstance(clean, str) else clean)
            made = text, measure.line_count(clean, self._room) if isinstance(clean, str) else 1
            if isinstance(value, (int, float, Decimal)):
                return made
        if len(self) < REMEMBERED:
            self[value] = made
        return made

    def _id(self, value: Cell, clean: CleanValue) -> int:
        key: object = needs_quote(clean)
        if isinstance(value, (Mark, NotedDate)):
            key = (key, body_style_name(self._column, value))
        if key not in self._ids:
            self._ids[key] = self._styled(value, clean).style_id
        return self._ids[key]


def _way(column: Column, row: Any) -> Callable[[Any], Cell]:
    """The way to the column's value; into a plain mapping without the steps of `Column.cell`."""
    if column.value is None and type(row) is dict and "." not in column.path:
        return operator.methodcaller("get", column.path)
    return column.value or column.cell


def _height(points: float) -> str:
    return f' ht="{round(points, 1):.16g}" customHeight="1">'


def _cell(style: int, value: CleanValue) -> str:
    """What follows the reference in a cell; a text is spelt as the part needs it."""
    if value is None or value == "":
        return f'" s="{style}"/>'
    if isinstance(value, str):
        text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        space = "" if text == text.strip() else ' xml:space="preserve"'
        return f'" s="{style}" t="inlineStr"><is><t{space}>{text}</t></is></c>'
    number = cast(Any, to_excel)(value) if isinstance(value, datetime.date) else value
    return f'" s="{style}"><v>{float(number):.16g}</v></c>'
