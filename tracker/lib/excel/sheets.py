"""The cells of a workbook's sheets, read from its parts in one pass and within bounds."""

import datetime
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from tracker.lib.excel.walk import Walker, damaged, too_much

MAX_ROWS: Final = 3000
MAX_COLUMNS: Final = 60
MAX_CELLS: Final = MAX_ROWS * MAX_COLUMNS  # of all sheets, filled or only formatted
MAX_MERGED: Final = MAX_ROWS
_REFERENCE: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")

Value = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta | None


@dataclass
class Grid:
    """A sheet: its cells by row and column from 1, and the areas that are merged.

    `beyond` says that a cell stands below the last row that is read. `width` and `height` reach as
    far as cells or merged areas do, within what is read.
    """

    title: str
    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    width: int = 0
    height: int = 0
    beyond: bool = False

    def reach(self, row: int, column: int) -> None:
        """A cell, or the end of a merged area, stands there."""
        self.width = max(self.width, min(column, MAX_COLUMNS))
        self.height = max(self.height, min(row, MAX_ROWS))


class Book:
    """An opened workbook. Raises UnreadableFile for what is no workbook or is too much."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._walker = Walker()
        self._left = MAX_CELLS
        self._strings: list[str] = []
        self._dated: frozenset[int] = frozenset()
        self._epoch = CALENDAR_WINDOWS_1900

    def visible(self) -> Iterator[Grid]:
        """The sheets that somebody sees, in order."""
        place = next(iter(self._related("", "officeDocument").values()), "xl/workbook.xml")
        listed = self._listed(place)
        parts = self._related(place, "worksheet")
        for part in self._related(place, "sharedStrings").values():
            self._read_strings(part)
        for part in self._related(place, "styles").values():
            self._read_styles(part)
        for title, number in listed:
            if number in parts:  # what is not there is a sheet of charts
                yield self._grid(title, parts[number])

    def _content(self, part: str) -> bytes:
        try:
            return self._archive.read(part)
        except KeyError as error:
            raise damaged() from error

    def _related(self, part: str, kind: str) -> dict[str, str]:
        """The parts of a kind that belong to a part, by the number that it gives them."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, str] = {}

        def begin(name: str, attributes: Mapping[str, str]) -> None:
            if name == "Relationship" and attributes.get("Type", "").endswith(f"/{kind}"):
                target = posixpath.join("/", folder, attributes.get("Target", ""))
                found[attributes.get("Id", "")] = posixpath.normpath(target).lstrip("/")

        if place in self._archive.namelist():
            self._walker.walk(self._content(place), begin, _nothing)
        return found

    def _listed(self, part: str) -> list[tuple[str, str]]:
        """Title and number of each visible sheet."""
        listed: list[tuple[str, str]] = []

        def begin(name: str, attributes: Mapping[str, str]) -> None:
            if name == "sheet" and attributes.get("state", "visible") == "visible":
                listed.append((attributes.get("name", ""), attributes.get("id", "")))
            elif name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
                self._epoch = CALENDAR_MAC_1904

        self._walker.walk(self._content(part), begin, _nothing)
        if not listed:
            raise damaged()
        return listed

    def _read_strings(self, part: str) -> None:
        """The texts that cells name by number; what is said of their reading is left out."""
        texts: list[str] = []
        within: list[str] = []

        def begin(name: str, attributes: Mapping[str, str]) -> None:
            within.append(name)

        def end(name: str, text: str) -> None:
            within.pop()
            if name == "t" and "rPh" not in within:
                texts.append(text)
            elif name == "si":
                self._strings.append("".join(texts))
                texts.clear()

        self._walker.walk(self._content(part), begin, end)

    def _read_styles(self, part: str) -> None:
        """Which of the cells' formats are those of a date."""
        formats = dict(BUILTIN_FORMATS)
        used: list[int] = []
        within: list[str] = []

        def begin(name: str, attributes: Mapping[str, str]) -> None:
            if name == "numFmt":
                formats[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            elif name == "xf" and within[-1:] == ["cellXfs"]:
                used.append(_number(attributes.get("numFmtId")))
            within.append(name)

        def end(name: str, text: str) -> None:
            within.pop()

        self._walker.walk(self._content(part), begin, end)
        dates = {number for number, words in formats.items() if is_date_format(words[:200])}
        self._dated = frozenset(n for n, number in enumerate(used) if number in dates)

    def _grid(self, title: str, part: str) -> Grid:
        grid = Grid(title[:31])
        reader = _SheetReader(grid, self)
        self._walker.walk(self._content(part), reader.begin, reader.end)
        self._left -= grid.width * grid.height
        if self._left < 0:
            raise too_much()
        return grid

    def value(self, kind: str, style: int, text: str) -> Value:
        """What a cell says, by the kind and style that it names."""
        if kind == "s":
            number = _number(text)
            return self._strings[number] if 0 <= number < len(self._strings) else None
        if kind == "b":
            return text == "1"
        if kind != "n" or not text:
            return text
        try:
            number_or_part = int(text) if re.fullmatch(r"-?\d{1,18}", text) else float(text)
            if style not in self._dated:
                return number_or_part
            return from_excel(number_or_part, self._epoch) or number_or_part
        except (ValueError, OverflowError):
            return text


class _SheetReader:
    """Takes a sheet's elements as they come."""

    def __init__(self, grid: Grid, book: Book) -> None:
        self._grid = grid
        self._book = book
        self._row = self._column = 0
        self._kind, self._style = "n", 0
        self._texts: list[str] = []
        self._in_cell = False
        self._number_of_cells = 0

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """A row, a cell or a merged area begins."""
        match name:
            case "row":
                self._row = _number(attributes.get("r"), self._row + 1)
                self._column = 0
            case "c":
                self._begin_cell(attributes)
            case "mergeCell":
                self._merge(attributes.get("ref", ""))

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._number_of_cells += 1
        if self._number_of_cells > MAX_CELLS:
            raise too_much()
        place = _place(attributes.get("r", ""))
        self._row, self._column = place or (self._row, self._column + 1)
        self._kind = attributes.get("t", "n")
        self._style = _number(attributes.get("s"), 0)
        self._in_cell = True
        self._texts.clear()

    def end(self, name: str, text: str) -> None:
        """A text or a cell ends."""
        if self._in_cell and name in {"v", "t"}:
            self._texts.append(text)
        elif name == "c":
            self._in_cell = False
            self._end_cell()

    def _end_cell(self) -> None:
        if self._row > MAX_ROWS:
            self._grid.beyond = True
        self._grid.reach(self._row, self._column)
        if 0 < self._row <= MAX_ROWS and 0 < self._column <= MAX_COLUMNS and self._texts:
            value = self._book.value(self._kind, self._style, "".join(self._texts))
            self._grid.cells[(self._row, self._column)] = value

    def _merge(self, area: str) -> None:
        first, _colon, last = area.partition(":")
        begin, end = _place(first), _place(last)
        if begin is None or end is None:
            return
        if len(self._grid.merged) >= MAX_MERGED:
            raise too_much()
        self._grid.reach(*end)
        self._grid.merged.append((*begin, min(end[0], MAX_ROWS), min(end[1], MAX_COLUMNS)))


def _place(text: str) -> tuple[int, int] | None:
    """Row and column of BC12; None where it is no such name."""
    found = _REFERENCE.fullmatch(text)
    return (int(found[2]), column_index_from_string(found[1])) if found else None


def _number(text: str | None, default: int = -1) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,9}", text, re.ASCII) else default


def _nothing(name: str, text: str) -> None:
    """Nothing ends that matters."""
