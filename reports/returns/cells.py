"""A row of the sheet beside its line in the database, cell by cell."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from django.core.exceptions import ValidationError

from reports.returns.columns import fields, label_of, nothing
from reports.returns.content import Line
from reports.returns.shapes import CellChange, Change, KeyRow, Kind, ReadRow, RowChange, Said
from tasks.models import ProgressReport
from tasks.services import contributions, progress
from tasks.services.entry import Entry

ORDER = (Change.WRONG, Change.MEANWHILE, Change.CHANGED, Change.NEW)
Values = dict[str, Said]


def compared(
    row: ReadRow,
    line: Line,
    *,
    was: KeyRow | None,
    last: ProgressReport | None,
    why: str,
    to_confirm: bool,
) -> RowChange:
    """What the row would do. `was` is what the form said when it was made, None where not known.

    `why` is a sentence where nothing of it may be written.
    """
    said = _said(row, line, last)
    cells = [_cell(name, row, line, was, said[name]) for name in fields(line.kind)]
    if why:
        cells = [_refused(cell, why) for cell in cells]
        return _row(row, line, cells, to_confirm, why)
    cells = _checked(line, cells, last)
    taken = {cell.name: cell.taken for cell in cells}
    over = taken | {cell.name: cell.said for cell in cells if cell.clash}
    found = _row(row, line, cells, to_confirm, "")
    if found.change is Change.WRONG:
        return found
    if line.kind is Kind.PART:
        return replace(found, text=str(taken["text"]), text_over=str(over["text"]))
    entry = _entry(taken)
    missing = _missing(entry) if found.writes else []
    return replace(found, entry=entry, entry_over=_entry(over), missing=missing)


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


def _cell(name: str, row: ReadRow, line: Line, was: KeyRow | None, said: Said) -> CellChange:
    cell, now, label = row.cells.get(name), line.said[name], label_of(line.kind, name)
    before = was.said[name] if was else None
    if cell is not None and cell.error:
        return CellChange(name, label, cell, Change.WRONG, before, now, None, now, cell.error)
    blank = nothing(name)
    if said == now:
        change, taken = Change.UNCHANGED, now
    elif was is None:
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
    return replace(cell, change=Change.WRONG, taken=cell.now, note=why)


def _checked(
    line: Line, cells: Sequence[CellChange], last: ProgressReport | None
) -> list[CellChange]:
    """The cells, wrong where the service would refuse them, with its sentences.

    Tried as they would be stored, and as they would be with the sheet's word where both clash.
    """
    if all(cell.change is Change.UNCHANGED for cell in cells):
        return list(cells)
    taken = {cell.name: cell.taken for cell in cells}
    over = taken | {cell.name: cell.said for cell in cells if cell.clash}
    errors = _errors(line, over, last)
    if over != taken:
        errors |= _errors(line, taken, last)
    return [
        replace(cell, change=Change.WRONG, taken=cell.now, note=errors[cell.name])
        if cell.name in errors and cell.change is not Change.WRONG
        else cell
        for cell in cells
    ]


def _errors(line: Line, values: Values, last: ProgressReport | None) -> dict[str, str]:
    """By field the sentences of the service that would store the values."""
    try:
        if line.kind is Kind.PART:
            contributions.checked(str(values["text"]), needed=False)
        else:
            progress.checked(_entry(values), last=last)
    except ValidationError as error:
        return {name: "".join(found) for name, found in error.message_dict.items()}
    return {}


def _entry(values: Values) -> Entry:
    percent = values["percent"]
    texts = {name: str(value) for name, value in values.items() if isinstance(value, str)}
    return Entry(
        percent=percent if isinstance(percent, int) else None,
        no_news=bool(values["no_news"]),
        **texts,
    )


def _missing(entry: Entry) -> list[str]:
    """What it still lacks to be handed in."""
    try:
        progress.check_complete(ProgressReport(**asdict(entry)))
    except ValidationError as error:
        return error.messages
    return []


def _row(
    row: ReadRow, line: Line, cells: Sequence[CellChange], to_confirm: bool, note: str
) -> RowChange:
    changes = {cell.change for cell in cells}
    change = next((one for one in ORDER if one in changes), Change.UNCHANGED)
    if change is Change.NEW and line.stored is not None:
        change = Change.CHANGED
    return RowChange(
        row,
        line.kind,
        change,
        cells,
        side=line.side,
        period=line.period,
        stored=line.stored,
        version=line.version,
        to_confirm=to_confirm,
        note=note,
    )
