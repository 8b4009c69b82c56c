"""Reads a form that came back: forgiving in how it is written, strict in what it says."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import translation

from reports.returns import key, parsing
from reports.returns.columns import (
    ALIASES,
    CODE,
    NUMBER,
    SHEETS,
    TITLE,
    name_of,
)
from reports.returns.shapes import Kind, ReadRow, Refused, Returned
from reports.returns.sheet import Rows, at
from tracker.lib.excel.guard import Opened, Raw, Table, open_book
from tracker.lib.excel.walk import UnreadableFile
from tracker.lib.garbage import uncollected
from tracker.lib.told import told as _
from tracker.lib.workdays import Quarter

HEAD_WITHIN: Final = 60  # rows in which the head is looked for
ALIKE: Final = 0.8  # of a head that somebody has retyped
MAX_COVERED: Final = 200_000  # cells that merged areas cover
QUARTER: Final = re.compile(  # no month: 2026年10月 is not the first quarter
    r"(?:19|20|21)\d\d\s*(?:[Qq]\s*|年\s*第?)[1-4一二三四](?![\d年月])(?:\s*季度)?"
)
# Without these a table is none of the form's.
NEEDED: Final = {Kind.LEAD: {"progress", "percent"}, Kind.PART: {"text"}}


@uncollected()
def read(path: Path) -> Returned:
    """What stands in the file. Raises Refused with a sentence; asks the database nothing."""
    try:
        book = open_book(path)
    except UnreadableFile as error:
        raise Refused(str(error)) from error
    carried = key.found(_pieces(book), book.properties.get(key.PROPERTY, ""))
    words: dict[str, Sequence[str]] = {}
    rows: list[ReadRow] = []
    notes: list[str] = []
    for table in book.tables:
        head = _head(table)
        if head is None:
            if table.shown and any(any(row) for row in table.rows):
                notes.append(_("工作表“%(title)s”不是回填表，没有读取。") % {"title": table.title})
            continue
        words[table.title] = _words_above(table, head)
        notes += _unknown(table, head)
        rows += _rows(table, head)
    if not rows:
        raise Refused(_("文件中没有找到回填表的内容：请使用下载的回填表填写，不要改动表头。"))
    quarter = carried.quarter if carried else _quarter(words)
    return Returned(carried, quarter, words, rows, notes)


def _pieces(book: Opened) -> list[str]:
    """What stands in the sheet of the key, under whatever name a program has kept it."""
    for table in book.tables:
        texts = [str(row[0]) for row in table.rows if row and row[0] != ""]
        if table.title == key.SHEET or (texts and texts[0].startswith(key.MARK)):
            return texts
    return []


@dataclass(frozen=True)
class Head:
    """The head row of a table: its place, and in which column each field stands."""

    kind: Kind
    row: int
    places: Mapping[str, int]
    others: Sequence[str]


def _head(table: Table) -> Head | None:
    for number, row in enumerate(table.rows[:HEAD_WITHIN]):
        if sum(value != "" for value in row) < len(NEEDED[Kind.PART]) + 1:
            continue
        for kind in Kind:
            places, others = _places(row, kind)
            if NEEDED[kind] <= places.keys() and {NUMBER, TITLE, CODE} & places.keys():
                return Head(kind, number, places, others)
    return None


def _places(row: Sequence[Raw], kind: Kind) -> tuple[dict[str, int], list[str]]:
    """Which column is which by its head: first what is the same, then what is much alike."""
    known = _known_heads(kind, tuple(code for code, _name in settings.LANGUAGES))
    places: dict[str, int] = {}
    left: list[tuple[int, str]] = []
    for place, value in enumerate(row):
        text = _plain(value)
        name = known.get(text)
        if name is not None and name not in places:
            places[name] = place
        elif text:
            left.append((place, text))
    others = []
    for place, text in left:
        free = [one for one, name in known.items() if name not in places]
        alike = difflib.get_close_matches(text, free, n=1, cutoff=ALIKE)
        if alike and known[alike[0]]:
            places[known[alike[0]]] = place
        else:
            others.append(text)
    return {name: place for name, place in places.items() if name}, others


@lru_cache(maxsize=8)
def _known_heads(kind: Kind, languages: tuple[str, ...]) -> dict[str, str]:
    """Every head that a column of the form has or may have been given, bare, with its field."""
    sheet, heads = SHEETS[kind], dict[str, str]()
    for language in languages:
        with translation.override(language):
            heads |= {_plain(column.head()): name_of(column) for column in sheet.columns}
    for column in sheet.columns:
        for alias in ALIASES.get(name_of(column), ()):
            heads.setdefault(_plain(alias), name_of(column))
    return heads


def _plain(value: object) -> str:
    """A head without blanks, stars and what stands in brackets."""
    bare = re.sub(r"\(.*?\)|[\s*:：]", "", parsing.folded(value)[:200])
    return bare.casefold()


def _words_above(table: Table, head: Head) -> list[str]:
    texts = (parsing.folded(value) for row in table.rows[: head.row] for value in row)
    return [text for text in texts if text]


def _unknown(table: Table, head: Head) -> Iterator[str]:
    if head.others:
        words = {"title": table.title, "heads": "、".join(head.others[:10])}
        yield _("工作表“%(title)s”中的这些列不是回填表的，没有读取：%(heads)s。") % words


def _rows(table: Table, head: Head) -> Iterator[ReadRow]:
    """The rows that say anything of a task; a row that was split over several is one."""
    first, covered = head.row + 1, _covered(table)
    body = [
        _with_covered(row, covered[number]) if number in covered else row
        for number, row in enumerate(table.rows[first:], first)
    ]
    sheet = Rows(table, head.kind, head.places, body)
    before: tuple[object, ...] | None = None
    for number, row, (side, said, due) in zip(count(first), body, sheet.plain(), strict=False):
        task = parsing.whole(at(row, sheet.task_at))
        found = ReadRow(head.kind, table.title, number + 1, side, task, said, due, sheet, row)
        if side is None and sheet.says_nothing(found):
            continue
        if number in covered:
            here = (side, task, *(cell.raw for cell in found.cells.values()))
            if here == before:
                continue
            before = here
        else:
            before = None
        yield found


def _with_covered(row: Sequence[Raw], by_place: Mapping[int, Raw]) -> Sequence[Raw]:
    return [by_place.get(place, value) for place, value in enumerate(row)]


def _covered(table: Table) -> dict[int, dict[int, Raw]]:
    """By row the cells that a merged one covers, with its value; whole lines across are left."""
    covered: dict[int, dict[int, Raw]] = {}
    left = MAX_COVERED
    for top, first, bottom, last in table.merged:
        if bottom == top:
            continue
        bottom = min(bottom, len(table.rows) - 1)
        left -= max(0, bottom - top) * max(0, last - first + 1)
        if left < 0:
            raise Refused(_("表中合并的单元格过多，请取消合并后重新上传。"))
        value = at(table.rows[top], first) if top < len(table.rows) else ""
        for row in range(top, bottom + 1):
            covered.setdefault(row, {}).update(dict.fromkeys(range(first, last + 1), value))
    return covered


def _quarter(words: Mapping[str, Sequence[str]]) -> Quarter | None:
    """The quarter that the headings name, where they name one."""
    found = {
        str(Quarter.parse(match[0]))
        for texts in words.values()
        for text in texts[:3]
        for match in QUARTER.finditer(text)
    }
    return Quarter.parse(found.pop()) if len(found) == 1 else None
