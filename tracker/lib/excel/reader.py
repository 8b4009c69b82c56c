"""Reads a sheet that somebody sends: bounded, without macros or entities, as plain texts.

The parts are walked with `walk` and not loaded by openpyxl, which builds every cell that a file
names, and each cell that a merged area covers, before anybody can count them.
"""

import datetime
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from tracker.lib.archives import DAMAGED, check_packing
from tracker.lib.excel.sheets import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Book, Grid, Value
from tracker.lib.excel.walk import LONGEST, UnreadableFile, damaged, declares, too_much
from tracker.lib.text import clean_text

__all__ = ["MAX_BYTES", "MAX_COLUMNS", "MAX_ROWS", "Line", "Page", "UnreadableFile", "read_book"]

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_UNPACKED: Final = 10 * 1024 * 1024
MAX_PARTS: Final = 500
LONGEST_CELL: Final = 500
MAX_TEXT: Final = 2_000_000  # characters of a sheet, each text counted once
_DECLARED: Final = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """A row of the sheet with its number there; a merged cell's text stands in all it covers."""

    number: int
    cells: tuple[str, ...]
    merged: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not any(self.cells)


@dataclass(frozen=True)
class Page:
    """A sheet by its name."""

    title: str
    lines: list[Line]


def read_book(content: bytes) -> list[Page]:
    """The visible sheets of an .xlsx file. Raises UnreadableFile with a sentence."""
    _check(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [Page(grid.title, list(_lines(grid))) for grid in Book(archive).visible()]
    except UnreadableFile:
        raise
    except DAMAGED as error:
        raise damaged() from error


def _check(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise UnreadableFile(
            _("文件超过%(limit)d MB，请删去图片和多余的工作表后重试。")
            % {"limit": MAX_BYTES // 1024 // 1024}
        )
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise UnreadableFile(
            _("这是旧格式或加了密码的 Excel 文件，请去掉密码，另存为 .xlsx 后重试。")
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive)
    except UnreadableFile:
        raise
    except DAMAGED as error:
        raise UnreadableFile(_("这不是 Excel 工作簿（.xlsx），请核对文件。")) from error


def _check_parts(archive: zipfile.ZipFile) -> None:
    """No bomb, no macros, nothing that declares entities."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise UnreadableFile(_("这不是 Excel 工作簿（.xlsx），请核对文件。"))
    if any(name.endswith("vbaProject.bin") for name in names):
        raise UnreadableFile(_("文件带有宏，请另存为不带宏的 .xlsx 后重试。"))
    if len(parts) > MAX_PARTS:
        raise UnreadableFile(_("文件内容过多，请只留需要的工作表后重试。"))
    check_packing(parts)
    left = MAX_UNPACKED
    for part in parts:
        # What the head says of the size is the sender's own word: count what comes out.
        with archive.open(part) as source:
            content = source.read(left + 1)
        left -= len(content)
        if left < 0:
            raise UnreadableFile(_("文件展开后过大，请只留需要的工作表后重试。"))
        if part.filename.endswith((".xml", ".rels")) and _DECLARED.search(content):
            raise declares()


def _lines(grid: Grid) -> Iterator[Line]:
    if grid.beyond:
        raise UnreadableFile(
            _("工作表“%(title)s”超过%(limit)d行，请分开上传，并删去下面的空行。")
            % {"title": grid.title, "limit": MAX_ROWS}
        )
    texts = _texts(grid)
    covered = _covered(grid)
    for row in range(1, grid.height + 1):
        places = [(row, column) for column in range(1, grid.width + 1)]
        cells = tuple(texts.get(covered.get(place, place), "") for place in places)
        merged = frozenset(place[1] - 1 for place in places if place in covered)
        yield Line(row, cells, merged)


def _texts(grid: Grid) -> dict[tuple[int, int], str]:
    """The cells as texts; what stands in many cells is kept once."""
    known: dict[str, str] = {}
    texts: dict[tuple[int, int], str] = {}
    left = MAX_TEXT
    for place, value in grid.cells.items():
        raw = str(value)
        if raw not in known:
            known[raw] = as_text(value)
            left -= len(known[raw])
        if left < 0:
            raise too_much()
        texts[place] = known[raw]
    return texts


def _covered(grid: Grid) -> dict[tuple[int, int], tuple[int, int]]:
    """Which cells a merged one covers."""
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    left = MAX_CELLS
    for top, first, bottom, last in grid.merged:
        left -= max(0, bottom - top + 1) * max(0, last - first + 1)
        if left < 0:
            raise too_much()
        for row in range(top, bottom + 1):
            for column in range(first, last + 1):
                if (row, column) != (top, first):
                    covered[(row, column)] = (top, first)
    return covered


def as_text(value: Value) -> str:
    """A cell as text: full-width forms folded, 67500000.0 as 67500000, lines joined."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime.datetime):
        value = value.date()
    folded = unicodedata.normalize("NFKC", str(value)[:LONGEST])
    return " ".join(clean_text(folded).split())[:LONGEST_CELL]
