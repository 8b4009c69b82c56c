"""Reads a sheet that somebody sends: bounded, without macros or entities, as plain texts."""

from __future__ import annotations

import datetime
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from tracker.lib.text import clean_text

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_UNPACKED: Final = 20 * 1024 * 1024
MAX_PARTS: Final = 500
MAX_ROWS: Final = 3000
MAX_COLUMNS: Final = 60
_DECLARED: Final = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


class UnreadableFile(ValueError):
    """The file cannot be used; the message is a sentence for the user."""


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
        book = load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError,
            AttributeError, IndexError, SyntaxError, OSError) as error:  # fmt: skip
        raise UnreadableFile(_("文件已损坏或不是 Excel 工作簿，请另存为 .xlsx 后重试。")) from error
    return [
        Page(sheet.title, list(_lines(sheet)))
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
    ]


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
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
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
    left = MAX_UNPACKED
    for part in parts:
        # What the head says of the size is the sender's own word: count what comes out.
        with archive.open(part) as source:
            content = source.read(left + 1)
        left -= len(content)
        if left < 0:
            raise UnreadableFile(_("文件展开后过大，请只留需要的工作表后重试。"))
        if part.filename.endswith((".xml", ".rels")) and _DECLARED.search(content):
            raise UnreadableFile(_("文件中有不允许的内容（实体声明），请重新制作后上传。"))


def _lines(sheet: Any) -> Iterator[Line]:
    if sheet.max_row > MAX_ROWS:
        raise UnreadableFile(
            _("工作表“%(title)s”超过%(limit)d行，请分开上传，并删去下面的空行。")
            % {"title": sheet.title[:31], "limit": MAX_ROWS}
        )
    covered = _covered(sheet)
    width = min(sheet.max_column, MAX_COLUMNS)
    for number, row in enumerate(sheet.iter_rows(max_col=width), 1):
        texts, merged = [], set()
        for cell in row:
            first = covered.get((cell.row, cell.column))
            if first is not None:
                merged.add(cell.column - 1)
            value = sheet.cell(*first).value if first else cell.value
            texts.append(as_text(value))
        yield Line(number, tuple(texts), frozenset(merged))


def _covered(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """Which cells a merged one covers, within bounds."""
    covered = {}
    for area in list(sheet.merged_cells.ranges)[:MAX_ROWS]:
        first = (area.min_row, area.min_col)
        for row in range(area.min_row, min(area.max_row, MAX_ROWS) + 1):
            for column in range(area.min_col, min(area.max_col, MAX_COLUMNS) + 1):
                if (row, column) != first:
                    covered[(row, column)] = first
    return covered


def as_text(value: object) -> str:
    """A cell as text: full-width forms folded, 67500000.0 as 67500000, lines joined."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime.datetime):
        value = value.date()
    folded = unicodedata.normalize("NFKC", str(value))
    return " ".join(clean_text(folded).split())[:500]
