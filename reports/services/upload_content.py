"""What a form says, as the row of its upload keeps it: the same, out and in again.

What is wrong in a cell is kept as a sentence with what it names, and worded for who reads it.
"""

from collections.abc import Mapping
from typing import Any, Final

from reports.returns.columns import DUE, fields
from reports.returns.shapes import Key, KeyRow, Kind, ReadCell, ReadRow, Returned
from tracker.lib.told import stored, worded
from tracker.lib.workdays import Quarter

TITLE: Final = 5  # places in what is kept of a row, and of a cell
VALUE: Final = 2
ERROR: Final = 3


def packed(returned: Returned) -> dict[str, Any]:
    """As JSON holds it."""
    return {
        "key": _packed_key(returned.key),
        "quarter": str(returned.quarter) if returned.quarter else None,
        "words": {sheet: list(words) for sheet, words in returned.words.items()},
        "rows": [_packed_row(row) for row in returned.rows],
        "notes": [stored(note) for note in returned.notes],
    }


def unpacked(content: Mapping[str, Any]) -> Returned:
    """The same as it was read."""
    return Returned(
        key=_unpacked_key(content["key"]),
        quarter=Quarter.parse(content["quarter"]) if content["quarter"] else None,
        words=content["words"],
        rows=[_row(row) for row in content["rows"]],
        notes=[worded(note) for note in content["notes"]],
    )


def _packed_key(key: Key | None) -> dict[str, Any] | None:
    if key is None:
        return None
    rows = [
        {
            "kind": row.kind,
            "side": row.side,
            "period": row.period,
            "version": row.version,
            "said": dict(zip(fields(row.kind), row.said, strict=True)),
        }
        for row in key.rows.values()
    ]
    return {"unit": key.unit, "quarter": str(key.quarter), "made": key.made, "rows": rows}


def _unpacked_key(content: Mapping[str, Any] | None) -> Key | None:
    if content is None:
        return None
    rows = map(_key_row, content["rows"])
    return Key(
        unit=content["unit"],
        quarter=Quarter.parse(content["quarter"]),
        made=content["made"],
        rows={(row.kind, row.side): row for row in rows},
    )


def _key_row(row: Mapping[str, Any]) -> KeyRow:
    kind = Kind(row["kind"])
    said = tuple(row["said"].get(name) for name in fields(kind))
    return KeyRow(kind, row["side"], row["period"], row["version"], said)


def _packed_row(row: ReadRow) -> list[Any]:
    cells = {
        name: [cell.address, cell.raw, cell.value, stored(cell.error)]
        for name, cell in row.cells.items()
    }
    return [row.kind, row.sheet, row.number, row.side, row.task, row.title, cells]


def _row(content: list[Any]) -> ReadRow:
    name, sheet, number, side, task, _title, kept = content
    kind = Kind(name)
    said = None
    if all(name in kept and not kept[name][ERROR] for name in fields(kind)):
        said = tuple(kept[name][VALUE] for name in fields(kind))
    due = kept[DUE][VALUE] if DUE in kept else None
    return ReadRow(kind, sheet, number, side, task, said, due, KEPT, content)


class _Kept:
    """Rows as they are kept."""

    def title(self, row: ReadRow) -> str:
        return str(row.raw[TITLE])

    def cells(self, row: ReadRow) -> Mapping[str, ReadCell]:
        return {
            name: ReadCell(row.sheet, address, raw, value, worded(error) if error else "")
            for name, (address, raw, value, error) in row.raw[-1].items()
        }


KEPT: Final = _Kept()
