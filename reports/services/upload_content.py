"""What a form says, as the row of its upload keeps it: the same, out and in again."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reports.returns.shapes import Key, KeyRow, Kind, ReadCell, ReadRow, Returned
from tracker.lib.workdays import Quarter


def packed(returned: Returned) -> dict[str, Any]:
    """As JSON holds it."""
    return {
        "key": _packed_key(returned.key),
        "quarter": str(returned.quarter) if returned.quarter else None,
        "words": {sheet: list(words) for sheet, words in returned.words.items()},
        "rows": [asdict(row) for row in returned.rows],
        "notes": list(returned.notes),
    }


def unpacked(content: Mapping[str, Any]) -> Returned:
    """The same as it was read."""
    return Returned(
        key=_unpacked_key(content["key"]),
        quarter=Quarter.parse(content["quarter"]) if content["quarter"] else None,
        words=content["words"],
        rows=[_row(row) for row in content["rows"]],
        notes=content["notes"],
    )


def _packed_key(key: Key | None) -> dict[str, Any] | None:
    if key is None:
        return None
    rows = [asdict(row) for row in key.rows.values()]
    return {"unit": key.unit, "quarter": str(key.quarter), "made": key.made, "rows": rows}


def _unpacked_key(content: Mapping[str, Any] | None) -> Key | None:
    if content is None:
        return None
    rows = [KeyRow(**{**row, "kind": Kind(row["kind"])}) for row in content["rows"]]
    return Key(
        unit=content["unit"],
        quarter=Quarter.parse(content["quarter"]),
        made=content["made"],
        rows={(row.kind, row.side): row for row in rows},
    )


def _row(content: Mapping[str, Any]) -> ReadRow:
    cells = {name: ReadCell(**cell) for name, cell in content["cells"].items()}
    return ReadRow(**{**content, "kind": Kind(content["kind"]), "cells": cells})
