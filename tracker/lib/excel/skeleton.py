"""Packs a book: what openpyxl makes of it, with the rows and styles that were written apart.

openpyxl is asked once for books of the same outline, as those of all units of a run: they differ
by numbers of rows, merged cells and charts' titles. In the outline stand holes for them, numbers
that occur nowhere else; each gives way to the book's own.
"""

from __future__ import annotations

import functools
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol, cast
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.xml.functions import tostring

from tracker.lib.columns import Bars
from tracker.lib.excel import pages, styles
from tracker.lib.excel.files import CHUNK
from tracker.lib.excel.packing import Part

if TYPE_CHECKING:
    from openpyxl.packaging.core import DocumentProperties

    from tracker.lib.excel.pages import Page

Split = list[tuple[str, list[bytes]]]  # of each part by name the texts between the holes
CORE, STYLES = "docProps/core.xml", "xl/styles.xml"
WITH_HOLES: Final = re.compile(r"xl/(workbook|worksheets/|drawings/|charts/)[^_]*$")
SHEET: Final = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_MERGED: Final = re.compile(rb'<mergeCells count="1"><mergeCell ref="A(\d+):B\d+" ?/></mergeCells>')
_NO_ROWS: Final = re.compile(rb"<sheetData\s*(/>|>\s*</sheetData>)")
_LAST_NUMBER: Final = re.compile(r"\d+$")


class Rows(Protocol):
    """A sheet's rows, written as text."""

    file: BinaryIO


def pack(
    sheets: Sequence[tuple[Page, Rows]], looks: Sequence[styles.Look], about: DocumentProperties
) -> Iterator[tuple[str, Part]]:
    """Yield the parts of the book by name: whole, or a large one in pieces."""
    holes = _Holes(page.tab for page, _rows in sheets)
    outline = tuple(holes.outline(page) for page, _rows in sheets)
    for name, texts in _skeleton(outline, holes.prefix):
        sheet = SHEET.fullmatch(name)
        if name == CORE:
            yield name, cast(bytes, tostring(about.to_tree()))
        elif name == STYLES:
            yield name, styles.styles_part(tuple(looks))
        elif sheet:
            yield name, _with_rows(holes.filled(texts), sheets[int(sheet[1]) - 1][1].file)
        else:
            yield name, holes.filled(texts)


def _with_rows(part: bytes, file: BinaryIO) -> Part:
    before, _empty, behind = part.partition(b"<sheetData/>")
    file.seek(0)
    first = file.read(CHUNK)
    if len(first) < CHUNK:
        return b"".join((before, b"<sheetData>", first, b"</sheetData>", behind))
    rest = iter(lambda: file.read(CHUNK), b"")
    return chain((before, b"<sheetData>", first), rest, (b"</sheetData>", behind))


class _Holes:
    """The values of a book that stand where its outline has a number of six digits."""

    def __init__(self, tabs: Iterator[str]) -> None:
        words = " ".join(tabs)
        self.prefix = next(n for n in range(99, 9, -1) if not _hole(n).search(words.encode()))
        self._values: list[bytes] = []

    def outline(self, page: Page) -> Page:
        """The page with holes."""
        return replace(
            page,
            area=self._last(page.area),
            filtered=self._last(page.filtered),
            merged=self._merged(page.merged),
            breaks=tuple(self._number(str(row)) for row in page.breaks),
            bars=tuple(map(self._bars, page.bars)),
        )

    def filled(self, texts: Sequence[bytes]) -> bytes:
        """The texts with the values between them."""
        parts = list(texts)
        parts[1::2] = [self._values[int(place)] for place in texts[1::2]]
        return b"".join(parts)

    def _number(self, value: str) -> int:
        self._values.append(value.encode())
        return self.prefix * 10_000 + len(self._values) - 1

    def _last(self, area: str) -> str:
        return _LAST_NUMBER.sub(lambda found: str(self._number(found[0])), area)

    def _merged(self, areas: Sequence[str]) -> tuple[str, ...]:
        """One area for all of them; none where there are none."""
        cells = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
        hole = self._number(f'<mergeCells count="{len(areas)}">{cells}</mergeCells>')
        return (f"A{hole}:B{hole}",) if areas else ()

    def _bars(self, bars: Bars) -> Bars:
        return replace(
            bars,
            title=str(self._number(escape(bars.title))),
            first=self._number(str(bars.first)),
            last=self._number(str(bars.last)),
            since=self._number(str(bars.since)),
            until=self._number(str(bars.until)),
        )


def _hole(prefix: int) -> re.Pattern[bytes]:
    return re.compile(rb"(?<!\d)%d(\d{4})(?!\d)" % prefix)


@functools.lru_cache(maxsize=128)
def _skeleton(outline: tuple[Page, ...], prefix: int) -> Split:
    workbook = Workbook(write_only=True)
    for page in outline:
        pages.close_sheet(pages.open_sheet(workbook, page), page)
    raw = io.BytesIO()
    workbook.save(raw)
    hole = _hole(prefix)
    with zipfile.ZipFile(raw) as book:
        parts = {info.filename: book.read(info) for info in book.infolist()}
    return [
        (name, hole.split(_bare(part)) if WITH_HOLES.match(name) else [part])
        for name, part in parts.items()
    ]


def _bare(part: bytes) -> bytes:
    return _NO_ROWS.sub(b"<sheetData/>", _MERGED.sub(rb"\1", part))
