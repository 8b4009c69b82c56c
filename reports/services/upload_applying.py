"""Writing what a form says: through the services that the pages use, whole or not at all."""

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from reports.models import Upload
from reports.returns.shapes import CellChange, Change, Comparison, Kind, Refused, RowChange
from reports.services.upload_leases import Progress
from reports.services.upload_preview import comparison_of, digest_of, is_waiting, key_of
from reports.services.uploads import locked
from reports.states import UPLOAD_MOVES, UploadState
from tasks.services import contributions, progress, proxy, shelf
from tasks.services.entry import Entry
from tracker.lib.stale import Stale
from tracker.lib.states import check_move
from tracker.lib.text import clean_text
from tracker.lib.told import told as _
from units.models import User
from units.services import audit
from units.states import Source

MOST_TOLD = 10  # rows of which is told why they could not be written
ENDED = [
    *("state", "ended_by", "ended_at", "submitted", "reason", "counts"),
    *("step", "error", "lease_until"),
]


@dataclass(frozen=True)
class Wish:
    """How the person wants a form applied.

    `seen` is the digest of the preview; `over` names the cells in which the sheet's word goes
    over what was entered on line meanwhile, `all_over` that it does in all of them; `confirmed`
    that a form without key is the right one; `submit` hands in what is written; `reason` is why an
    office enters it for the unit.
    """

    seen: str
    over: Collection[str] = ()
    all_over: bool = False
    confirmed: bool = False
    submit: bool = False
    reason: str = ""

    def takes(self, row: RowChange, cell: CellChange) -> bool:
        """Whether the sheet's word goes over what was entered on line."""
        return cell.clash and (self.all_over or key_of(row, cell) in self.over)


@shelf.kept_whole()
def apply(upload: Upload, wish: Wish, *, by: User, now: datetime.datetime) -> Upload:
    """Write all that the form changes, or nothing.

    Raises PermissionDenied, ValidationError, Stale, IllegalMove.
    """
    row = locked(upload, by=by)
    check_move(UPLOAD_MOVES, UploadState(row.state), UploadState.APPLIED)
    found = checked(row, wish, by=by, now=now)
    with audit.through(Source.FORM):
        written = write(found, wish, by=by, now=now, told=Progress())
    return end(row, wish, found, written, by=by, now=now)


def end(
    row: Upload,
    wish: Wish,
    found: Comparison,
    written: int,
    *,
    by: User,
    now: datetime.datetime,
) -> Upload:
    """Enter in the locked row, and on record, that the form is written."""
    check_move(UPLOAD_MOVES, UploadState(row.state), UploadState.APPLIED)
    submitted = wish.submit or found.by_office
    row.state, row.ended_by, row.ended_at = UploadState.APPLIED, by, now
    row.submitted = submitted
    row.reason = clean_text(wish.reason) if found.by_office else ""
    row.counts = {**row.counts, "written": written}
    row.step, row.error, row.lease_until = "", "", None
    row.save(update_fields=ENDED)
    told = {"rows": written, "submitted": submitted, "sha256": row.sha256}
    audit.record("upload.apply", row, by=by, after=told, reason=row.reason)
    return row


def checked(row: Upload, wish: Wish, *, by: User, now: datetime.datetime) -> Comparison:
    """The form beside the database as it is, if that is what the person has looked at.

    Raises ValidationError, Stale.
    """
    try:
        found = comparison_of(row, by=by, today=now.date())
    except Refused as error:
        raise ValidationError(str(error)) from error
    if digest_of(found) != wish.seen:
        raise Stale(_("您预览之后，系统中的内容又有变化，没有写入。请按新的预览核对后再确认。"))
    if not found.can_apply:
        raise ValidationError(_("表中有误，没有写入任何内容：请更正后重新上传。"))
    if found.to_confirm and not wish.confirmed:
        raise ValidationError(
            {"confirmed": _("本表按单位、季度和任务序号对应，请核对后勾选确认。")}
        )
    if found.by_office and not clean_text(wish.reason):
        raise ValidationError({"reason": _("请写明代填的原因和依据。")})
    return found


def write(
    found: Comparison, wish: Wish, *, by: User, now: datetime.datetime, told: Progress
) -> int:
    """Write each row; where any cannot be written, raise with the sentence of each of them."""
    rows = sorted(_to_write(found, wish), key=_turn)
    if not rows:
        raise ValidationError(_("系统中已是这些内容，没有需要写入的。"))
    errors: list[str] = []
    stale = False
    for row in rows:
        told.done += 1
        try:
            with transaction.atomic():
                _write(row, found, wish, by, now)
        except ValidationError as error:
            stale = stale or isinstance(error, Stale)
            errors.append(_("%(where)s：%(why)s") % {"where": where(row), "why": _why(error)})
        except PermissionDenied:
            errors.append(_("%(where)s：您不能填报该任务。") % {"where": where(row)})
    if errors:
        raise (Stale if stale else ValidationError)(errors[:MOST_TOLD])
    return len(rows)


def _turn(row: RowChange) -> int:
    """Sides are locked in the order in which a closing locks them, however the sheet is sorted."""
    return row.line.side_id if row.line else 0


def _to_write(found: Comparison, wish: Wish) -> Iterator[RowChange]:
    """Rows that change something; with `submit` also drafts that only wait to be handed in."""
    for row in found.rows:
        if row.line is None or row.change is Change.WRONG:
            continue
        over = row.clashes and any(wish.takes(row, cell) for cell in row.cells)
        if row.writes or over or (wish.submit and not found.by_office and is_waiting(row)):
            yield row


def _write(row: RowChange, found: Comparison, wish: Wish, by: User, now: datetime.datetime) -> None:
    side, period = row.side, row.period
    if side is None or period is None:
        return
    given: dict[str, Any] = {"by": by, "now": now, "version": row.version}
    if row.kind is Kind.PART:
        text = str(_chosen(row, wish).get("text", row.text) or "")
        contributions.save(side, period, text, submit=wish.submit, **given)
        return
    entry = replace(row.entry or Entry(), **_chosen(row, wish))
    if found.by_office:
        proxy.enter(side, period, entry, reason=wish.reason, **given)
    elif wish.submit:
        progress.submit(side, period, entry, **given)
    else:
        progress.save_draft(side, period, entry, **given)


def _chosen(row: RowChange, wish: Wish) -> dict[str, Any]:
    """The sheet's word in the cells in which the person chose it."""
    clashing = row.cells if row.clashes else ()
    return {cell.name: cell.said for cell in clashing if wish.takes(row, cell)}


def where(row: RowChange) -> str:
    """Where a row stands."""
    words = {"sheet": row.row.sheet, "row": row.row.number}
    return _("工作表“%(sheet)s”第%(row)d行") % words


def _why(error: ValidationError) -> str:
    return " ".join(error.messages)
