"""Makes values safe for a cell: text stays text, numbers and dates are ones that Excel knows."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from tracker.lib.columns import Cell, Mark, NotedDate
from tracker.lib.workdays import SHANGHAI

CELL_LIMIT: Final = 32_767  # UTF-16 units that a cell of Excel holds
SURE: Final = CELL_LIMIT // 2  # characters that are within it, whichever they are
TITLE_LIMIT: Final = 31
NAME_LIMIT: Final = 200  # bytes; file systems allow 255, an extension and a counter still fit
EXACT: Final = 10**15  # a number from there on loses its last digits in Excel
FIRST_YEAR: Final = 1901  # Excel counts days from 1900 and believes that year to be a leap year

CleanValue = str | float | Decimal | datetime.date | None

# Control characters that XML refuses, lone surrogates, and the two non-characters.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel writes a character that XML refuses as _x001F_, and reads what looks like it as one.
_SPELT: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_TITLE: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NOT_IN_NAME: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")
_HARD_STARTS: Final = frozenset((*FORMULA_STARTS, " "))


def clean_text(text: str) -> str:
    """Return the text without what a sheet cannot hold; what is cut off is marked as cut."""
    if len(text) <= SURE and text.isprintable():
        return str(text)  # nearly all; the rest takes ten times as long
    text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * CELL_LIMIT:
        return text
    mark = _("……（超过单元格上限，以下截去）")
    return encoded[: 2 * (CELL_LIMIT - len(mark))].decode("utf-16-le", "ignore") + mark


def clean_value(value: Cell) -> CleanValue:
    """Return what goes into the cell for the value; not-a-number and infinity become empty."""
    if value is None:
        return None
    if type(value) is str:
        return clean_text(value)
    if isinstance(value, NotedDate):
        clean = _clean_date(value.day)
        return f"{clean}{value.note}" if isinstance(clean, str) else clean
    if isinstance(value, (str, Mark)):
        return clean_text(str(value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, (int, float, Decimal)):
        return _clean_number(value)
    return _clean_date(value)


def is_easy(text: str) -> bool:
    """Say whether the text can stand in a sheet's part as it is: nearly all can."""
    return (
        0 < len(text) <= SURE
        and text.isprintable()
        and text[0] not in _HARD_STARTS
        and text[-1] != " "
        and not ("&" in text or "<" in text or ">" in text or "_x" in text)
    )


def are_easy(texts: Collection[str]) -> bool:
    """Say the same of all of them at once, which takes half as long."""
    joined = " ".join(texts)
    return (
        all(texts)
        and max(map(len, texts), default=0) <= SURE
        and joined.isprintable()
        and _HARD_STARTS.isdisjoint([text[0] for text in texts])
        and " " not in [text[-1] for text in texts]
        and not ("&" in joined or "<" in joined or ">" in joined or "_x" in joined)
    )


def spelt(text: str) -> str:
    """Return the text as a sheet's part spells it: _x0041_ in it stays that, and becomes no A."""
    return _SPELT.sub("_x005F_", text) if "_x" in text else text


def _clean_date(value: datetime.date) -> str | datetime.date:
    if value.year < FIRST_YEAR:
        return value.isoformat()
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(SHANGHAI).replace(tzinfo=None)
    return value


def _clean_number(value: float | Decimal) -> str | float | Decimal | None:
    if not math.isfinite(value):
        return None
    return value if -EXACT < value < EXACT else str(value)


def needs_quote(value: object) -> bool:
    """Say whether Excel would take the text for a formula when its cell is edited."""
    return isinstance(value, str) and value.startswith(FORMULA_STARTS)


def sheet_titles(titles: Iterable[str]) -> list[str]:
    """Return tab names that Excel accepts, in order and all different."""
    taken: set[str] = set()
    result = []
    for title in titles:
        base = _NOT_IN_TITLE.sub("-", clean_text(title)).strip().strip("'") or _("表")
        name, number = base[:TITLE_LIMIT].rstrip("'"), 1
        while name.casefold() in taken:
            number += 1
            mark = f"({number})"
            name = base[: TITLE_LIMIT - len(mark)] + mark
        taken.add(name.casefold())
        result.append(name)
    return result


def file_name(stem: str, extension: str) -> str:
    """Return a file name that every system accepts, with the stem's words kept as they are."""
    stem = _NOT_IN_NAME.sub("-", clean_text(stem)).strip(" .") or _("文件")
    short = stem.encode()[:NAME_LIMIT].decode("utf-8", "ignore")
    return f"{short}.{extension}"
