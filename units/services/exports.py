"""A list as a workbook: what is on the screen, with its filters in words, on record."""

import datetime
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tracker.lib.columns import Filled
from tracker.lib.excel import file_name, write_book
from tracker.lib.lists import Head, ListOf, rows_in_words
from units.models import User
from units.services import audit

AT_ONCE: Final = 1000  # rows that are read and told together


@dataclass(frozen=True)
class Part:
    """A sheet: its name, how many rows it has, and where they come from.

    `rows` are read once. `heads` are its own where they are not those of the whole.
    """

    number: int
    rows: Iterable[Any]
    title: str = ""
    tab: str = ""
    heads: Sequence[Head] = ()


@dataclass(frozen=True)
class Export:
    """What is asked for: columns, rows and the filters in words; `told` is for the log, too."""

    of: ListOf
    heads: Sequence[Head]
    parts: Sequence[Part]
    filters: str = ""
    title: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.title or str(self.of.title)

    @property
    def number(self) -> int:
        """How many rows there are in all."""
        return sum(part.number for part in self.parts)

    def file_name(self, day: datetime.date) -> str:
        """任务2026-11-20.xlsx"""
        words = {"name": self.name, "day": day.isoformat()}
        return file_name(_("%(name)s%(day)s") % words, "xlsx")


def part_of(found: Any, tell: Callable[[list[Any]], Iterable[Any]] = iter, **words: Any) -> Part:
    """The rows of a query, told so many at a time: memory does not grow with their number."""
    return Part(found.count(), in_turns(found, tell), **words)


def in_turns(found: Any, tell: Callable[[list[Any]], Iterable[Any]]) -> Iterator[Any]:
    """What is told of the rows of a query, so many at a time."""
    source = found.iterator(chunk_size=AT_ONCE)
    while some := list(islice(source, AT_ONCE)):
        yield from tell(some)


def check(export: Export) -> None:
    """Raise ValidationError where there are more rows than are made while one waits."""
    most = settings.EXPORT_ROWS
    if export.number > most:
        raise ValidationError(
            _("共%(number)d行，超过%(most)d行，请加筛选条件后再导出。")
            % {"number": export.number, "most": most}
        )


def write(export: Export, *, by: User, now: datetime.datetime) -> bytes:
    """The workbook. Raises ValidationError as `check` does."""
    check(export)
    with tempfile.TemporaryDirectory(prefix="tanzetong-list-") as folder:
        path = Path(folder) / "list.xlsx"
        filled = [_filled(export, part, by, now.date()) for part in export.parts]
        write_book(path, export.name, filled, made_at=now, author=str(by))
        return path.read_bytes()


def _filled(export: Export, part: Part, by: User, day: datetime.date) -> Filled:
    words = {
        "day": day.isoformat(),
        "person": by,
        "rows": rows_in_words(part.number),
    }
    title = part.title or export.name
    return Filled(
        export.of.sheet(part.heads or export.heads, title),
        part.rows,
        tab=part.tab,
        left=export.filters or _("未设筛选条件"),
        right=_("%(day)s由%(person)s从系统导出，%(rows)s") % words,
    )


def record_export(export: Export, *, by: User) -> None:
    """Who took which rows and columns."""
    after = {
        "list": export.of.page,
        "filters": export.filters,
        "columns": [head.key for head in export.heads],
        "rows": export.number,
        **export.told,
    }
    audit.record(export.of.verb, None, by=by, after=after)
