"""The plain way to a workbook: each cell and each part by openpyxl, nothing as text."""

import datetime
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO
from unittest import mock

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from tracker.lib.excel import pages, styles
from tracker.lib.excel.clean import CleanValue, spelt
from tracker.lib.excel.styles import Look, Looks


class PlainRows:
    """Stands in for `TextRows`: keeps the cells."""

    def __init__(self, starts: object, looks: Looks, file: BinaryIO) -> None:
        self.file, self.number = file, 0
        self.rows: list[tuple[Sequence[tuple[Look, CleanValue] | None], float]] = []

    def write(self, rows: Sequence[Any], made: object, one: Callable[[Any], None]) -> None:
        for row in rows:
            one(row)

    def add(self, cells: Sequence[tuple[Look, CleanValue] | None], height: float) -> None:
        self.number += 1
        self.rows.append((cells, round(height, 1)))
        self.file.write(b'<row ht="%g"/>' % self.rows[-1][1])


def pack(
    sheets: Sequence[tuple[pages.Page, PlainRows]], looks: object, about: Any
) -> Iterator[tuple[str, list[bytes]]]:
    """Stands in for `skeleton.pack`."""
    workbook = Workbook(write_only=True)
    styles.set_ground(workbook)
    workbook.properties = about
    modified = about.modified
    for page, written in sheets:
        sheet = pages.open_sheet(workbook, page)
        for number, (cells, height) in enumerate(written.rows, 1):
            sheet.row_dimensions[number].height = height
            sheet.append([cell and excel_cell(sheet, *cell) for cell in cells])
        pages.close_sheet(sheet, page)
    raw = io.BytesIO()
    workbook.save(raw)
    with zipfile.ZipFile(raw) as book:
        for info in book.infolist():
            part = book.read(info)
            if info.filename == "docProps/core.xml":
                part = part.replace(stamp(about.modified), stamp(modified))
            yield info.filename, [part]


def excel_cell(sheet: Any, look: Look, value: CleanValue) -> Any:
    cell: Any = WriteOnlyCell(sheet)
    styles.put_on(cell, look, sheet.parent)
    cell.value = value
    if isinstance(value, str):
        cell.value = spelt(value)
        cell.data_type = "s"  # openpyxl would make a formula of a leading =
    elif isinstance(value, datetime.date):
        cell.number_format = look.number_format  # openpyxl sets its own for dates
    return cell


def stamp(moment: datetime.datetime) -> bytes:
    return moment.replace(microsecond=0).isoformat().encode()


@contextmanager
def plainly() -> Iterator[None]:
    """Books are written in the plain way."""
    with (
        mock.patch("tracker.lib.excel.writer.TextRows", PlainRows),
        mock.patch("tracker.lib.excel.skeleton.pack", pack),
    ):
        yield
