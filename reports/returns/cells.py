"""A row of the sheet beside its line in the database, cell by cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

from django.core.exceptions import ValidationError

from reports.returns.columns import fields, nothing
from reports.returns.line import Line
from reports.returns.shapes import (
    CellChange,
    Change,
    KeyRow,
    Kind,
    ReadCell,
    ReadRow,
    RowChange,
    Said,
)
from tasks.models import ProgressReport
from tasks.services import contributions, progress
from tasks.services.entry import FIELDS, LIMITS, MAX_TEXT, TEXTS, Entry

ORDER = (Change.WRONG, Change.MEANWHILE, Change.CHANGED, Change.NEW)
Values = dict[str, Said]
# The fields of an entry out of the values in the order of the columns.
IN_ENTRY: Final[Any] = itemgetter(*(fields(Kind.LEAD).index(name) for name in FIELDS))
LEAD_LIMITS: Final = [(fields(Kind.LEAD).index(name), LIMITS[name]) for name in TEXTS]
PART_LIMITS: Final = [(0, MAX_TEXT)]
PERCENT, NO_NEWS, PROGRESS = map(fields(Kind.LEAD).index, ("percent", "no_news", "progress"))


def compared(
    row: ReadRow,
    line: Line,
    *,
    was: KeyRow | None,
    why: str,
    to_confirm: bool,
    label: Mapping[str, str],
) -> RowChange:
    """What the row would do. `was` is what the form said when it was made, None where not known.

    `why` is a sentence where nothing of it may be written; `label` are the heads of the fields.
    """
    now = line.values
    if not why and was is not None and row.said is not None and was.said == now:
        found = _plain(row, line, row.said, now, _Whole(row, line, was, label))
        if found is not None:
            found.to_confirm = to_confirm
            return found
    cells = _cells(row, line, was, label)
    stored: dict[str, Any] = {}
    if why:
        cells = [_refused(cell, why) for cell in cells]
    else:
        cells, stored = _tried(line, cells, _last(line))
    change = _worst(cells, line)
    return RowChange(
        row, line.kind, change, line, to_confirm=to_confirm, note=why, told=cells, **stored
    )


@dataclass(slots=True)
class _Whole:
    """A row that says what it says: its cells and entry, made where somebody asks."""

    row: ReadRow
    line: Line
    was: KeyRow
    label: Mapping[str, str]

    def cells(self) -> list[CellChange]:
        return _cells(self.row, self.line, self.was, self.label)

    def entry(self) -> Entry | None:
        is_lead = self.line.kind is Kind.LEAD
        return Entry(*IN_ENTRY(self.row.said)) if is_lead else None


def _plain(
    row: ReadRow, line: Line, said: tuple[Said, ...], now: tuple[Said, ...], tell: _Whole
) -> RowChange | None:
    """The same, where the form alone says something new and the service takes it as it is.

    Held against each other as a whole: of ten thousand rows nearly all are such.
    """
    change = Change.NEW if line.stored is None else Change.CHANGED
    if said == now:
        change = Change.UNCHANGED
    if line.kind is Kind.PART:
        if not _fits(said, PART_LIMITS):
            return None
        return RowChange(row, line.kind, change, line, text=str(said[0]), tell=tell)
    if said[NO_NEWS]:  # where percent follows from what was reported last
        return None
    if change is Change.UNCHANGED:
        return RowChange(row, line.kind, change, line, tell=tell)
    if not _fits(said, LEAD_LIMITS):
        return None
    found = RowChange(row, line.kind, change, line, tell=tell)
    if said[PERCENT] is None or not said[PROGRESS]:
        found.missing = _missing(Entry(*IN_ENTRY(said)))
    return found


def _fits(said: tuple[Said, ...], limits: Sequence[tuple[int, int]]) -> bool:
    """Whether the service surely takes what was read: no text is too long.

    With `no_news` unset it refuses nothing else of what a cell can say (tests hold it to that);
    asking it of ten thousand rows takes ten times as long.
    """
    return all(len(said[place]) <= limit for place, limit in limits)  # type: ignore[arg-type]  # texts


def _last(line: Line) -> ProgressReport | None:
    return line.last if isinstance(line.last, ProgressReport) else None


def _cells(
    row: ReadRow, line: Line, was: KeyRow | None, label: Mapping[str, str]
) -> list[CellChange]:
    """Each beside what stands on line."""
    names, said = fields(line.kind), _said(row, line, _last(line))
    before: Mapping[str, Said] = dict(zip(names, was.said, strict=True)) if was else {}
    return [
        _cell(name, label[name], row.cells.get(name), line.said[name], was, before.get(name), said)
        for name in names
    ]


def _tried(
    line: Line, cells: list[CellChange], last: ProgressReport | None
) -> tuple[list[CellChange], dict[str, Any]]:
    """The cells, wrong where the service would refuse them, and what would be stored.

    Tried as they would be stored, and as they would be with the sheet's word where both clash.
    """
    content = _part if line.kind is Kind.PART else _entry
    changes = [cell.change for cell in cells]
    taken = {cell.name: cell.taken for cell in cells}
    clashing: Values = {}
    if Change.MEANWHILE in changes:
        clashing = {cell.name: cell.said for cell in cells if cell.clash}
    stored = content(taken)
    over = content(taken | clashing) if clashing else stored
    touched = any(change is not Change.UNCHANGED for change in changes)
    errors = _errors(over, last) if touched else {}
    if clashing:
        errors |= _errors(stored, last)
    if errors or Change.WRONG in changes:
        return [_wrong(cell, errors) for cell in cells], {}
    if isinstance(stored, str):
        return cells, {"text": stored}
    writes = touched and any(cell.taken != cell.now for cell in cells)
    missing = _missing(stored) if writes else ()
    return cells, {"content": stored, "missing": missing}


def _wrong(cell: CellChange, errors: Mapping[str, str]) -> CellChange:
    if cell.name not in errors or cell.change is Change.WRONG:
        return cell
    return cell._replace(change=Change.WRONG, taken=cell.now, note=errors[cell.name])


def _said(row: ReadRow, line: Line, last: ProgressReport | None) -> Values:
    """What the sheet says in each field; of a column that was taken away, what is on line."""
    said = {
        name: row.cells[name].value if name in row.cells else line.said[name]
        for name in fields(line.kind)
    }
    percent = row.cells.get("percent")
    if said.get("no_news") and percent is not None and percent.is_blank and last is not None:
        said["percent"] = last.percent  # as the service fills it in
    return said


def _cell(
    name: str,
    label: str,
    cell: ReadCell | None,
    now: Said,
    was: KeyRow | None,
    before: Said,
    values: Values,
) -> CellChange:
    said = values[name]
    if cell is not None and cell.error:
        return CellChange(name, label, cell, Change.WRONG, before, now, None, now, cell.error)
    if said == now:
        return CellChange(name, label, cell, Change.UNCHANGED, before, now, said, now)
    blank = nothing(name)
    if was is None:
        # Without the key an empty cell says nothing: nobody knows whether anything stood there.
        change = Change.NEW if now == blank else Change.CHANGED
        if said == blank:
            change, said = Change.UNCHANGED, now
        taken = said
    elif now == before:
        change, taken = (Change.NEW if now == blank else Change.CHANGED), said
    else:
        change, taken = Change.MEANWHILE, now
    return CellChange(name, label, cell, change, before, now, said, taken)


def _refused(cell: CellChange, why: str) -> CellChange:
    """What would write, where nothing may be written."""
    writes = cell.change in {Change.NEW, Change.CHANGED} or cell.clash
    if not writes:
        return cell
    return cell._replace(change=Change.WRONG, taken=cell.now, note=why)


def _errors(stored: Entry | str, last: ProgressReport | None) -> dict[str, str]:
    """By field the sentences of the service that would store it."""
    try:
        if isinstance(stored, str):
            contributions.checked(stored, needed=False)
        else:
            progress.checked(stored, last=last)
    except ValidationError as error:
        return {name: "".join(found) for name, found in error.message_dict.items()}
    return {}


def _part(values: Values) -> str:
    return str(values["text"])


def _entry(values: Values) -> Entry:
    read: dict[str, Any] = {name: values[name] for name in FIELDS}
    return Entry(**read)


def _missing(entry: Entry) -> Sequence[str]:
    """What it still lacks to be handed in."""
    if entry.percent is not None and entry.progress:
        return ()
    try:
        progress.check_complete(entry)
    except ValidationError as error:
        return error.messages
    return ()


def _worst(cells: Sequence[CellChange], line: Line) -> Change:
    """What the row would do: the worst of its cells. Only a row that was not there is new."""
    changes = [cell.change for cell in cells]
    change = next((one for one in ORDER if one in changes), Change.UNCHANGED)
    return Change.CHANGED if change is Change.NEW and line.stored is not None else change
