"""The log as a file: its lines, and CSV as it is read."""

import csv
import datetime
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils import translation

from tracker.lib.columns import Column, Sheet
from tracker.lib.excel import clean_text
from tracker.lib.excel.clean import needs_quote
from tracker.lib.workdays import SHANGHAI
from units.models import AuditEntry
from units.services import log

BOM: Final = "\ufeff"


@dataclass(frozen=True)
class Line:
    """An entry as a file tells it: texts alone."""

    at: str
    what: str
    result: str
    who: str
    unit: str
    about: str
    changes: str
    reason: str
    source: str
    address: str
    number: str


def line_of(entry: AuditEntry) -> Line:
    """An entry of administration."""
    return Line(
        at=moment(entry.at),
        what=log.verb_words(entry),
        result=str(entry.get_result_display()),
        who=entry.actor_name,
        unit=entry.unit_name,
        about=entry.object_name,
        changes=changes_text((c.label, c.before, c.after) for c in log.changes(entry)),
        reason=entry.reason,
        source=str(entry.get_source_display()),
        address=entry.ip or "",
        number=str(entry.pk),
    )


def lines_of(entries: Iterable[AuditEntry]) -> Iterator[Line]:
    """Entries of administration, one after another."""
    return map(line_of, entries)


def moment(at: datetime.datetime) -> str:
    """A moment to the second, as it was in Shanghai."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def changes_text(changes: Iterable[tuple[str, str, str]]) -> str:
    """What changed, a line for each."""
    return "\n".join(f"{label}：{before} → {after}" for label, before, after in changes)


def csv_parts(lines: Iterable[Line], sheet: Sheet) -> Iterator[str]:
    """The file in parts; no cell becomes a formula. The language is that of the caller."""
    return _csv_parts(lines, sheet.columns, translation.get_language())


def _csv_parts(lines: Iterable[Line], columns: Sequence[Column], language: str) -> Iterator[str]:
    with translation.override(language):
        yield BOM + _csv_row([column.head() for column in columns])
        for line in lines:
            yield _csv_row([column.text(line) for column in columns])


def _csv_row(cells: Sequence[str]) -> str:
    target = io.StringIO()
    texts = [clean_text(cell) for cell in cells]
    csv.writer(target).writerow([f"'{text}" if needs_quote(text) else text for text in texts])
    return target.getvalue()
