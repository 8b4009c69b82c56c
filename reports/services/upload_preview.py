"""What a form that was sent in would change: worked out anew whenever somebody looks."""

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from reports import policy
from reports.models import Upload
from reports.returns.compare import compare
from reports.returns.shapes import CellChange, Change, Comparison, Kind, RowChange
from reports.services.upload_content import unpacked
from reports.states import UploadState
from tasks.models import Contribution, ProgressReport
from tasks.services.contributions import EDITABLE
from tasks.services.signing_rules import must_be_asked
from units.models import User

SHEET = "sheet"  # the choice of the sheet's word over what stands on line
READ_STATES = (UploadState.READY, UploadState.APPLYING)
MOST_CHOICES = 200  # rows in which the person chooses cell by cell; they stand on every page


@dataclass(frozen=True)
class Line:
    """A row of the form as the preview shows it."""

    change: RowChange

    @property
    def title(self) -> str:
        side = self.change.side
        return side.task.title if side else self.change.row.title

    @property
    def number(self) -> Any:
        side = self.change.side
        return side.task.number if side else self.change.row.task

    @property
    def is_lead(self) -> bool:
        return self.change.kind is Kind.LEAD

    @property
    def cells(self) -> list["ShownCell"]:
        """Those that say something else than what stands there, and what is wrong."""
        shown = [cell for cell in self.change.cells if cell.change is not Change.UNCHANGED]
        return [ShownCell(cell, key_of(self.change, cell)) for cell in shown]


@dataclass(frozen=True)
class ShownCell:
    """A cell, and what its choice is called in the form of the page."""

    cell: CellChange
    key: str


@dataclass(frozen=True)
class Preview:
    """A form beside the database, for who looks at it."""

    upload: Upload
    found: Comparison
    seen: str
    may_apply: bool
    must_sign: bool
    earlier: Upload | None = None
    lines: Sequence[Line] = field(default_factory=list)

    @property
    def to_choose(self) -> Sequence[Line]:
        """Rows in which the sheet and what was entered on line differ."""
        return [line for line in self.lines if line.change.clashes][:MOST_CHOICES]

    @property
    def beyond(self) -> int:
        """How many more of them there are than anybody chooses one by one."""
        return sum(line.change.clashes for line in self.lines) - len(self.to_choose)

    def listed(self, change: str = "") -> Sequence[Line]:
        """The other rows, all or of one kind: what is wrong first."""
        return [
            line
            for line in self.lines
            if not line.change.clashes and change in ("", line.change.change.value)
        ]

    @property
    def wrong(self) -> int:
        """How many cells, and rows as a whole, cannot be taken."""
        rows = [row for row in self.found.rows if row.change is Change.WRONG]
        whole = [row for row in rows if not any(c.change is Change.WRONG for c in row.cells)]
        return len(self.found.wrong_cells) + len(whole)

    @property
    def filters(self) -> list[tuple[Change, int]]:
        """How many of each kind `listed` has, those without left out."""
        found = Counter(line.change.change for line in self.listed())
        return [(change, found[change]) for change in Change if found[change]]

    @property
    def unchanged(self) -> int:
        """How many rows say what stands there."""
        return self.found.counts.get(Change.UNCHANGED, 0)

    @property
    def clashes(self) -> int:
        return sum(cell.clash for row in self.found.rows if row.clashes for cell in row.cells)

    @property
    def can_be_applied(self) -> bool:
        """There is something to write, or a draft to hand in, and nothing is wrong."""
        found = self.found
        return found.can_apply and (found.writes or bool(self.clashes) or self.waiting)

    @property
    def waiting(self) -> bool:
        """A draft that the form is about only waits to be handed in."""
        if self.found.by_office or self.must_sign:
            return False
        return any(is_waiting(row) for row in self.found.rows)


def preview(upload: Upload, *, by: User, today: datetime.date) -> Preview:
    """For a form that waits to be applied. Raises Refused where the person cannot write it."""
    found = comparison_of(upload, by=by, today=today)
    changed = [row for row in found.rows if row.change is not Change.UNCHANGED]
    order = list(Change)
    leads = (row.side for row in found.rows if row.side is not None and row.kind is Kind.LEAD)
    first = next(leads, None)
    return Preview(
        upload=upload,
        found=found,
        seen=digest_of(found),
        may_apply=policy.can(by, "upload.apply", upload),
        must_sign=not found.by_office and first is not None and must_be_asked(first, by),
        earlier=_earlier(upload, by),
        lines=[Line(row) for row in sorted(changed, key=lambda row: order.index(row.change))],
    )


def comparison_of(upload: Upload, *, by: User, today: datetime.date) -> Comparison:
    """The form beside the database as it is now, with the person's rights of now."""
    if upload.state not in READ_STATES or upload.content is None:
        raise ValidationError(f"{upload} is not read.")
    return compare(
        unpacked(upload.content),
        for_user=by,
        today=today,
        unit=upload.unit,
        quarter=upload.as_quarter if upload.counts.get("chosen") else None,
    )


def _earlier(upload: Upload, by: User) -> Upload | None:
    """The same file, applied before."""
    seen = policy.scope(by, "upload.view").filter(
        sha256=upload.sha256, unit=upload.unit, state=UploadState.APPLIED
    )
    found: Upload | None = (
        seen.exclude(pk=upload.pk).select_related("ended_by").order_by("-pk").first()
    )
    return found


def key_of(row: RowChange, cell: CellChange) -> str:
    """What a cell's choice is called."""
    side = row.line.side_id if row.line else 0
    period = row.period.pk if row.period else 0
    return f"{row.kind.value}-{side}-{period}-{cell.name}"


def sheets_word(choices: Mapping[str, str]) -> frozenset[str]:
    """The cells in which the person wants the sheet's word, of what a form sends."""
    return frozenset(key for key, choice in choices.items() if choice == SHEET)


def digest_of(found: Comparison) -> str:
    """Of what applying would store: it changes with the form and with what stands on line."""
    told = [[row.kind.value, row.row.number, row.version, list(_told(row))] for row in found.rows]
    text = json.dumps([found.unit.pk, str(found.quarter), told], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _told(row: RowChange) -> Iterator[list[Any]]:
    """What the row says beside what stands there: as a whole where nothing of it is odd."""
    if row.tell is not None and row.line is not None:
        yield [row.change.value, row.line.values, row.row.said]
        return
    for cell in row.cells:
        yield [cell.name, cell.change.value, cell.now, cell.said, cell.taken]


def is_waiting(row: RowChange) -> bool:
    """What stands on line of the row is a draft that may be handed in."""
    stored = row.stored
    if row.note:  # why nothing of this task may be written
        return False
    if isinstance(stored, ProgressReport):
        return stored.is_editable
    return isinstance(stored, Contribution) and stored.state in EDITABLE
