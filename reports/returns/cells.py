"""A row of the sheet beside its line in the database, cell by cell."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from reports.returns.columns import fields, nothing
from reports.returns.content import Line
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
from tasks.services.entry import Entry

ORDER = (Change.WRONG, Change.MEANWHILE, Change.CHANGED, Change.NEW)
Values = dict[str, Said]


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
    last = line.last if isinstance(line.last, ProgressReport) else None
    said = _said(row, line, last)
    cells = [
        _cell(name, label[name], row.cells.get(name), line.said[name], was, said[name])
        for name in fields(line.kind)
    ]
    cells = [_refused(cell, why) for cell in cells] if why else _checked(line, cells, last)
    change, stored = _worst(cells, line), {}
    if not why and change is not Change.WRONG:
        stored = _stored(line, cells)
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
        note=why,
        **stored,
    )


def _stored(line: Line, cells: Sequence[CellChange]) -> dict[str, Any]:
    """What would be stored, as it is and with the sheet's word where both clash."""
    taken = {cell.name: cell.taken for cell in cells}
    over = taken | {cell.name: cell.said for cell in cells if cell.clash}
    if line.kind is Kind.PART:
        return {"text": str(taken["text"]), "text_over": str(over["text"])}
    entry = _entry(taken)
    writes = any(cell.taken != cell.now for cell in cells)
    return {
        "entry": entry,
        "entry_over": entry if over == taken else _entry(over),
        "missing": _missing(entry) if writes else (),
    }


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
    name: str, label: str, cell: ReadCell | None, now: Said, was: KeyRow | None, said: Said
) -> CellChange:
    before = was.said.get(name) if was else None
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
    return cell._replace(change=Change.WRONG, taken=cell.now, note=why)


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
        cell._replace(change=Change.WRONG, taken=cell.now, note=errors[cell.name])
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
    changes = {cell.change for cell in cells}
    change = next((one for one in ORDER if one in changes), Change.UNCHANGED)
    return Change.CHANGED if change is Change.NEW and line.stored is not None else change
