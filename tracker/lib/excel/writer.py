"""Writes a book: for each filled sheet its title, its head, its rows, ready to read and print."""

from __future__ import annotations

import datetime
import itertools
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from django.utils.translation import get_language
from openpyxl.packaging.core import DocumentProperties
from openpyxl.utils import get_column_letter

from tracker.lib.columns import Align, Cell, Column, Filled, Section
from tracker.lib.excel import charts, measure, pages, skeleton, styles
from tracker.lib.excel.clean import CleanValue, clean_text, clean_value, needs_quote, sheet_titles
from tracker.lib.excel.fast import BATCH, ROW_POINTS, TextRows
from tracker.lib.excel.files import opened_beside
from tracker.lib.excel.packing import write_parts
from tracker.lib.excel.shared import Shared
from tracker.lib.excel.styles import Look

Cells = Sequence[tuple[Look, CleanValue] | None]
HEAD_ROW: Final = 3  # the title and the line of who and when stand above
TITLE_POINTS: Final = 44.0
LINE_POINTS: Final = 26.0
HEAD_POINTS: Final = 34.0
EMPTY_POINTS: Final = 60.0
IN_MEMORY: Final = 1 << 18  # bytes of a sheet's rows, before they go to a file
SPARE_POINTS: Final = 12.0


def write_book(
    path: Path,
    title: str,
    sheets: Sequence[Filled],
    *,
    made_at: datetime.datetime,
    author: str,
    subject: str = "",
    shared: Shared | None = None,
) -> None:
    """Write the sheets as one workbook to the path; the same content gives the same bytes.

    `shared` is what the books of one run have in common.
    """
    moment = made_at.astimezone(datetime.UTC).replace(tzinfo=None)
    about = DocumentProperties(
        title=clean_text(title),
        creator=clean_text(author),
        subject=clean_text(subject) or None,
        language="en" if get_language() == "en" else "zh-CN",
        created=moment,
        modified=moment,
    )
    tabs, shared = sheet_titles(filled.tab_title for filled in sheets), shared or Shared()
    with ExitStack() as files:
        made = []
        for tab, filled in zip(tabs, sheets, strict=True):
            file = files.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))
            writer = _SheetWriter(filled, shared, cast(BinaryIO, file))
            made.append((writer.write(tab), writer.text))
        with opened_beside(path) as (_name, target):
            write_parts(target, made_at, skeleton.pack(made, shared.looks.used, about))


class _SheetWriter:
    """Writes the rows of one sheet from the top down; the page comes last."""

    def __init__(self, filled: Filled, shared: Shared, file: BinaryIO) -> None:
        self.filled, self.cells = filled, shared.cells(filled.sheet)
        self.columns = list(filled.sheet.columns)
        self.head = HEAD_ROW + bool(filled.lead)
        self.text = TextRows(self.cells.starts, shared.looks, file)
        self.merged: list[str] = []
        self.has_tall_rows = False

    @property
    def row(self) -> int:
        """How many rows are written."""
        return self.text.number

    def write(self, tab: str) -> pages.Page:
        """Write the rows; returns what else the sheet has."""
        filled = self.filled
        self._write_top()
        has_sections = self._write_rows(filled.rows)
        last, area = self.row, ""
        if last == self.head:
            self._write_line(str(filled.sheet.empty), "center", EMPTY_POINTS)
        elif filled.sheet.filters and not (self.has_tall_rows or has_sections):
            # A filter would hide the continued part of a row that was split.
            area = f"A{self.head}:{self._letter(len(self.columns))}{last}"
        for note in filled.notes if last > self.head else ():
            self._write_line(note, "left", 0)
        if filled.foot:
            self._write_line(filled.foot, "left", HEAD_POINTS)
        if filled.sheet.grouped and not self.has_tall_rows:
            starts = [filled.sheet.columns[0].cell(row) not in (None, "") for row in filled.rows]
            self.merged += pages.joined_groups(self.head + 1, starts)
        return self._page(tab, area)

    def _page(self, tab: str, filtered: str) -> pages.Page:
        sheet = self.filled.sheet
        bars = [charts.placed(one, self.head + 1) for one in self.filled.charts]
        widths = [*self._widths(), *[charts.WIDTH] * bool(bars)]
        high = int(sheet.one_page)
        if not (high or bars) and self.row <= pages.MOST_ROWS:
            heights = pages.written_heights(self.text.file)
            high = pages.pages_high(heights, widths, sheet.paper, self.head)
        if high:
            # LibreOffice may round rows off the last of a given number of pages: this one goes.
            self.text.add([(styles.line_look("left"), " ")], SPARE_POINTS)
        return pages.Page(
            tab=tab,
            widths=tuple(widths),
            paper=sheet.paper,
            head=self.head,
            sticky=sheet.sticky,
            foot=pages.foot(),
            high=high,
            area=f"A1:{self._letter(len(widths))}{self.row}",
            filtered=filtered,
            merged=tuple(self.merged),
            # A page that ended within a chart would cut it in two.
            breaks=tuple(one.since for one in bars if one.since > self.head and not high),
            bars=tuple(bars),
        )

    def _widths(self) -> list[float]:
        return [column.width for column in self.columns]

    def _write_rows(self, rows: Iterable[Any]) -> bool:
        """Write the rows; True where sections stand between them."""
        has_sections = False
        for kind, some in itertools.groupby(rows, type):
            if issubclass(kind, Section):
                has_sections = True
                for row in some:
                    self._write_section(row.text)
            else:
                while batch := list(itertools.islice(some, BATCH)):
                    self.text.write(batch, self.cells.made(batch), self._write_row)
        return has_sections

    def _write_top(self) -> None:
        self._write_over(styles.TITLE, self.filled.head_line, TITLE_POINTS)
        self._write_sides()
        if self.filled.lead:
            self._write_over(styles.LEAD, self.filled.lead, LINE_POINTS)
        cells, height = self.cells.head
        self.text.add(cells, max(HEAD_POINTS, height))

    def _write_sides(self) -> None:
        """Write who reports at the left and when at the right, each over its share of columns."""
        left, right = self.filled.left, self.filled.right
        count = len(self.columns)
        middle = self._share(left, right) if count > 1 else 1
        cells: list[tuple[Look, CleanValue] | None] = [None] * count
        cells[0] = styles.line_look("left"), clean_text(left)
        if right and count > 1:
            cells[middle] = styles.line_look("right"), clean_text(right)
        self.text.add(cells, LINE_POINTS)
        self._merge(1, middle)
        self._merge(middle + 1, count)

    def _share(self, left: str, right: str) -> int:
        """Return how many columns the left words get: their share of the table's width."""
        total = sum(column.width for column in self.columns)
        words = measure.text_width(left) + measure.text_width(right)
        part = total * measure.text_width(left) / words if words else total / 2
        used = 0.0
        for number, column in enumerate(self.columns, 1):
            used += column.width
            if used >= part:
                return min(number, len(self.columns) - 1)
        return len(self.columns) - 1

    def _write_line(self, text: str, align: Align, least: float) -> None:
        """Write a line over the whole width of the table."""
        height = max(measure.row_height([(text, sum(self._widths()))]), least)
        self.text.add([(styles.line_look(align), clean_text(text))], height)
        self._merge(1, len(self.columns))

    def _write_over(self, look: Look, text: str, least: float) -> None:
        """Write a line of large type over the table and the charts beside it."""
        beside = bool(self.filled.charts)
        scale = look.size / styles.BODY_SIZE
        total = (sum(self._widths()) + charts.WIDTH * beside) / scale
        height = measure.row_height([(text, total)]) * scale
        self.text.add([(look, clean_text(text))], max(height, least))
        self._merge(1, len(self.columns) + beside)

    def _write_section(self, text: str) -> None:
        rest = [(styles.SECTION, None)] * (len(self.columns) - 1)
        self.text.add([(styles.SECTION, clean_text(text)), *rest], ROW_POINTS)
        self._merge(1, len(self.columns))

    def _write_row(self, row: Any) -> None:
        """Write a row cell by cell: one that takes several rows of the sheet."""
        pairs = list(zip(self.columns, self.filled.sheet.cells(row), strict=True))
        cells = [self._body(column, value, clean_value(value)) for column, value in pairs]
        texts = [
            (clean, column.width)
            for column, (_look, clean) in zip(self.columns, cells, strict=True)
            if isinstance(clean, str)
        ]
        heights = measure.split_height(max(ROW_POINTS, measure.row_height(texts)))
        self.text.add(cells, heights[0])
        if len(heights) > 1:
            self._continue_row(pairs, heights[1:])

    def _continue_row(self, pairs: Sequence[tuple[Column, Cell]], heights: list[float]) -> None:
        """Give a row that is too high for Excel further rows, merged with it column by column."""
        self.has_tall_rows = True
        first = self.row
        blank = [self._body(column, value, None) for column, value in pairs]
        for height in heights:
            self.text.add(blank, height)
        letters = map(self._letter, range(1, len(self.columns) + 1))
        self.merged += (f"{letter}{first}:{letter}{self.row}" for letter in letters)

    @staticmethod
    def _body(column: Column, value: Cell, clean: CleanValue) -> tuple[Look, CleanValue]:
        return styles.body_look(column, value, quoted=needs_quote(clean)), clean

    def _merge(self, first: int, last: int) -> None:
        if last > first:
            row = self.row
            self.merged.append(f"{self._letter(first)}{row}:{self._letter(last)}{row}")

    @staticmethod
    def _letter(number: int) -> str:
        return get_column_letter(number)
