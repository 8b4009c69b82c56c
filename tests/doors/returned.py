"""Filled-in forms that were sent in: one by the own unit, one by its office, one not read yet."""

import hashlib
import io
import uuid
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from reports.models import Upload
from reports.returns.columns import fields
from reports.returns.shapes import Key, KeyRow, Kind, ReadRow, Returned
from reports.services.upload_content import KEPT, packed
from reports.services.upload_preview import comparison_of, digest_of
from tasks.services.entry import Entry
from tests import factories as make
from tests.doors.shape import QUARTER, World
from tracker.lib.workdays import Quarter

SHEET = "牵头任务"


def sent_in(world: World, folder: Path) -> None:
    """The rows and their files."""
    content = _workbook()
    for word, who, office in (
        ("upload", "officer", None),
        ("upload_office", "coord", world["office"]),
        ("upload_unread", "officer", None),
    ):
        name = f"{word}.xlsx"
        (folder / name).write_bytes(content)
        told: dict[str, Any] = {
            "batch": uuid.uuid5(uuid.NAMESPACE_URL, word),
            "name": "回填表.xlsx",
            "path": name,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "uploaded_by": world.people[who],
            "uploaded_at": make.NOW,
        }
        if word != "upload_unread":
            told |= {
                "state": "ready",
                "unit": world["unit"],
                "office": office,
                "quarter": QUARTER,
                "content": packed(_said(world)),
                "counts": {"new": 1, "writes": True},
            }
        row = world.rows[word] = Upload.objects.create(**told)
        if row.unit is not None:
            found = comparison_of(row, by=world.people[who], today=make.TODAY)
            row.counts["seen"] = digest_of(found)
            row.save()
    world.words["batch"] = str(world["upload"].batch)


def _workbook() -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    sheet["G5"], sheet["I5"] = 60, "完成阶段目标。"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _said(world: World) -> Returned:
    """What the sheet says of a task of which nothing is filed."""
    side, period = world["free"], world["period"]
    task, quarter = side.task, Quarter.parse(QUARTER)
    cells = {
        "percent": ["G5", "60", 60, ""],
        "progress": ["I5", "完成阶段目标。", "完成阶段目标。", ""],
    }
    about = (Kind.LEAD, SHEET, 5, side.pk, task.number)
    row = ReadRow(*about, None, None, KEPT, [*about, task.title, cells])
    said = tuple(getattr(Entry(), name) for name in fields(Kind.LEAD))
    told = KeyRow(Kind.LEAD, side.pk, period.pk, 0, said)
    key = Key(world["unit"].pk, quarter, "2026-11-01", {(Kind.LEAD, side.pk): told})
    return Returned(key, quarter, {SHEET: [world["unit"].name]}, [row])
