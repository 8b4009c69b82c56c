"""Writes a book: for each filled sheet its title, its head, its rows, ready to read and print."""

from __future__ import annotations

import datetime
import io
import itertools
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from django.utils.translation import get_language
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import NamedStyle
from openpyxl.utils import get_column_letter

from tracker.lib.columns import Align, Cell, Column, Filled, Section
from tracker.lib.excel import charts, measure, pages, styles
from tracker.lib.excel.clean import (
    clean_text,
    clean_value,
    needs_quote,
    sheet_titles,
    spelt,
)
from tracker.lib.excel.fast import ROW_POINTS, TextRows
from tracker.lib.excel.files import settle, written_beside

if TYPE_CHECKING:
    from openpyxl.cell import Cell as ExcelCell
    from openpyxl.worksheet.worksheet import Worksheet

Room = Callable[[], BinaryIO]  # gives a file for a sheet's rows, gone with the writing
HEAD_ROW: Final = 3  # the title and the line of who and when stand above
TITLE_POINTS: Final = 44.0
LINE_POINTS: Final = 26.0
HEAD_POINTS: Final = 34.0
EMPTY_POINTS: Final = 60.0
LARGE: Final = 5  # rows from which on a sheet's are written as text; it is faster from the first


def write_book(
    path: Path,
    title: str,
    sheets: Sequence[Filled],
    *,
    made_at: datetime.datetime,
    author: str,
    subject: str = "",
) -> None:
    """Write the sheets as one workbook to the path; the same content gives the same bytes."""
    workbook = Workbook(write_only=True)
    styles.set_ground(workbook)
    properties = workbook.properties
    properties.title, properties.creator = clean_text(title), clean_text(author)
    properties.subject = clean_text(subject) or None
    properties.language = "en" if get_language() == "en" else "zh-CN"
    properties.created = made_at.astimezone(datetime.UTC).replace(tzinfo=None)
    tabs = sheet_titles(filled.tab_title for filled in sheets)
    with ExitStack() as files:

        def file() -> BinaryIO:
            return files.enter_context(tempfile.TemporaryFile())

        writers = [
            _SheetWriter(workbook, tab, filled, file)
            for tab, filled in zip(tabs, sheets, strict=True)
        ]
        for writer in writers:
            writer.write()
        raw = io.BytesIO()
        workbook.save(raw)
        texts = {writer.part: writer.text.put_into for writer in writers if writer.text}
        with written_beside(path) as beside:
            settle(raw, beside, made_at, texts)


class _SheetWriter:
    """Writes one sheet from the top down, as the write-only mode demands.

    The rows of a small one are written by openpyxl, those of a large one as text.
    """

    def __init__(self, workbook: Workbook, tab: str, filled: Filled, file: Room) -> None:
        self.workbook = workbook
        self.file = file
        self.filled = filled
        self.columns = list(filled.sheet.columns)
        # The write-only sheet has the page's settings too; only the stubs do not say so.
        self.page = cast("Worksheet", workbook.create_sheet(tab))
        self.head = HEAD_ROW + bool(filled.lead)
        self.row = 0
        self.text: TextRows | None = None
        self.has_tall_rows = False
        self._cells: dict[tuple[int, str, bool], ExcelCell] = {}

    @property
    def part(self) -> str:
        """The name of the sheet's part, once the book is saved."""
        return self.page.path.lstrip("/")

    def write(self) -> None:
        rows = iter(self.filled.rows)
        first = list(itertools.islice(rows, LARGE))
        if len(first) == LARGE:
            self.text = TextRows(self.columns, self._body, self.file())
        widths = [column.width for column in self.columns]
        widths += [charts.WIDTH] * bool(self.filled.charts)
        pages.set_up(self.page, self.filled.sheet, widths, self.head)
        self._write_top()
        has_sections = self._write_rows(itertools.chain(first, rows))
        last = self.row
        if last == self.head:
            empty = str(self.filled.sheet.empty)
            self._write_line(empty, "center", EMPTY_POINTS)
        elif self.filled.sheet.filters and not (self.has_tall_rows or has_sections):
            # A filter would hide the continued part of a row that was split.
            self.page.auto_filter.ref = f"A{self.head}:{self._letter(len(self.columns))}{last}"
        for note in self.filled.notes if last > self.head else ():
            self._write_line(note, "left", 0)
        if self.filled.foot:
            self._write_line(self.filled.foot, "left", HEAD_POINTS)
        for bars in self.filled.charts:
            charts.add(self.page, bars, top=self.head + 1, column=len(self.columns) + 1)
        count = len(self.columns) + bool(self.filled.charts)
        self.page.print_area = f"A1:{self._letter(count)}{self.row}"
        self._settle_pages()

    def _settle_pages(self) -> None:
        sheet, setup = self.filled.sheet, self.page.page_setup
        if sheet.grouped and not self.has_tall_rows:
            starts = [sheet.columns[0].cell(row) not in (None, "") for row in self.filled.rows]
            pages.join_groups(self.page, self.head + 1, starts)
        if not setup.fitToHeight and self.row <= pages.MOST_ROWS and not self.filled.charts:
            widths = [column.width for column in self.columns]
            pages.leave_no_page_nearly_empty(self.page, self._heights(), widths, self.head)

    def _heights(self) -> list[float]:
        """Of each row that is written."""
        if self.text:
            return pages.written_heights(self.text.file)
        rows = self.page.row_dimensions
        return [float(rows[number].height) for number in range(1, self.row + 1)]

    def _write_rows(self, rows: Iterable[Any]) -> bool:
        """Write the rows; True where sections stand between them."""
        has_sections = False
        for row in rows:
            if isinstance(row, Section):
                has_sections = True
                self._write_section(row.text)
            elif self.text and self.text.write(row):
                self.row += 1
            else:
                self._write_row(self.filled.sheet.cells(row))
        return has_sections

    def _write_top(self) -> None:
        title = styles.title_style()
        self._write_over(title, self.filled.head_line, styles.TITLE_SIZE, TITLE_POINTS)
        self._write_sides()
        if self.filled.lead:
            self._write_over(styles.lead_style(), self.filled.lead, styles.LEAD_SIZE, LINE_POINTS)
        heads = self.filled.sheet.heads()
        widths = [column.width for column in self.columns]
        height = max(HEAD_POINTS, measure.row_height(zip(heads, widths, strict=True)))
        style = self._named(styles.head_style())
        self._append([self._styled(style, head) for head in heads], height)

    def _write_sides(self) -> None:
        """Write who reports at the left and when at the right, each over its share of columns."""
        left, right = self.filled.left, self.filled.right
        count = len(self.columns)
        middle = self._share(left, right) if count > 1 else 1
        cells: list[ExcelCell | None] = [None] * count
        cells[0] = self._styled(self._named(styles.line_style("left")), left)
        if right and count > 1:
            cells[middle] = self._styled(self._named(styles.line_style("right")), right)
        self._append(cells, LINE_POINTS)
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
        total = sum(column.width for column in self.columns)
        height = max(measure.row_height([(text, total)]), least)
        self._append([self._styled(self._named(styles.line_style(align)), text)], height)
        self._merge(1, len(self.columns))

    def _write_over(self, style: NamedStyle, text: str, size: float, least: float) -> None:
        """Write a line of large type over the table and the charts beside it."""
        beside = bool(self.filled.charts)
        total = sum(column.width for column in self.columns) + charts.WIDTH * beside
        scale = size / styles.BODY_SIZE
        height = measure.row_height([(text, total / scale)]) * scale
        self._append([self._styled(self._named(style), text)], max(height, least))
        self._merge(1, len(self.columns) + beside)

    def _write_section(self, text: str) -> None:
        style = self._named(styles.section_style())
        cells = [self._styled(style, text) for _column in self.columns]
        for cell in cells[1:]:
            cell.value = None
        self._append(cells, ROW_POINTS)
        self._merge(1, len(self.columns))

    def _write_row(self, values: Sequence[Cell]) -> None:
        pairs = list(zip(self.columns, values, strict=True))
        shown = [(column, value, clean_value(value)) for column, value in pairs]
        texts = [(clean, column.width) for column, _value, clean in shown if isinstance(clean, str)]
        heights = measure.split_height(max(ROW_POINTS, measure.row_height(texts)))
        cells = [self._body(place, *parts) for place, parts in enumerate(shown)]
        self._append(cells, heights[0])
        if len(heights) > 1:
            self._continue_row(pairs, heights[1:])

    def _continue_row(self, pairs: Sequence[tuple[Column, Cell]], heights: list[float]) -> None:
        """Give a row that is too high for Excel further rows, merged with it column by column."""
        self.has_tall_rows = True
        first = self.row
        for height in heights:
            blank = [self._body(n, column, value, None) for n, (column, value) in enumerate(pairs)]
            self._append(blank, height)
        for number in range(1, len(self.columns) + 1):
            letter = self._letter(number)
            self.page.merged_cells.add(f"{letter}{first}:{letter}{self.row}")

    def _body(self, place: int, column: Column, value: Cell, clean: object) -> ExcelCell:
        """Return the column's cell for this style, made once and filled anew for each row."""
        quote = needs_quote(clean)
        key = (place, styles.body_style_name(column, value), quote)
        cell = self._cells.get(key)
        if cell is None:
            if key[1] not in self.workbook.named_styles:
                self.workbook.add_named_style(styles.body_style(column, value))
            cell = self._styled(key[1], "")
            cell.quotePrefix = quote
            self._cells[key] = cell
        self._fill(cell, clean)
        return cell

    def _styled(self, style: str, text: str) -> ExcelCell:
        cell = WriteOnlyCell(self.page)
        cell.style = style
        self._fill(cell, clean_text(text))
        return cell

    @staticmethod
    def _fill(cell: ExcelCell, value: object) -> None:
        number_format = cell.number_format
        cell.value = value  # type: ignore[assignment]  # clean_value gives only what a cell takes
        if isinstance(value, str):
            cell.value = spelt(value)
            cell.data_type = "s"  # openpyxl would make a formula of a leading =
        elif isinstance(value, datetime.date):
            cell.number_format = number_format  # openpyxl sets its own for dates

    def _named(self, style: NamedStyle) -> str:
        if style.name not in self.workbook.named_styles:
            self.workbook.add_named_style(style)
        return style.name

    def _append(self, cells: Sequence[ExcelCell | None], height: float) -> None:
        self.row += 1
        if self.text:
            self.text.add(cells, height)
            return
        self.page.row_dimensions[self.row].height = round(height, 1)
        self.page.append(list(cells))

    def _merge(self, first: int, last: int) -> None:
        if last > first:
            row = self.row
            self.page.merged_cells.add(f"{self._letter(first)}{row}:{self._letter(last)}{row}")

    @staticmethod
    def _letter(number: int) -> str:
        return get_column_letter(number)
