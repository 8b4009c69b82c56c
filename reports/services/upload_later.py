"""Writing long forms, and many of them, in a worker: each still whole or not at all.

Nobody sees anything of a form before all of it is written. Where that fails, or its worker dies
for good, the form waits for the person as before, with the sentence why.
"""

import datetime
import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils import translation

from reports import policy
from reports.models import Upload
from reports.returns.shapes import Change
from reports.services.upload_applying import Wish, apply, checked, end, write
from reports.services.upload_leases import (
    MAX_ATTEMPTS,
    PASSING,
    RETRY_AFTER,
    Lease,
    LostLease,
    Progress,
    kept_up,
    take,
)
from reports.services.upload_leases import locked as claimed
from reports.services.uploads import locked
from reports.states import UPLOAD_MOVES, UploadState
from tasks.services import shelf
from tracker.lib.doorbell import ring
from tracker.lib.states import check_move
from tracker.lib.told import sentence_of
from tracker.lib.told import told as _
from units.models import User
from units.services import audit
from units.states import Source

logger = logging.getLogger(__name__)
APPLY_JOB = "reports.jobs.apply_upload"
QUEUED = [
    *("state", "ended_by", "ended_at", "wish", "done", "total", "attempts"),
    *("step", "error", "lease_until"),
]
MOST_AT_ONCE = 60  # rows that a request writes; a row takes some hundredths of a second


def is_long(rows: Sequence[Upload]) -> bool:
    """Whether writing these would let a person wait without a word."""
    return sum(_size(row) for row in rows) > MOST_AT_ONCE


def _size(row: Upload) -> int:
    return sum(int(row.counts.get(change.value, 0)) for change in Change)


def apply_or_queue(upload: Upload, wish: Wish, *, by: User, now: datetime.datetime) -> Upload:
    """Write a short form at once, have a long one written.

    What can be known is told at once. Raises PermissionDenied, ValidationError, Stale, IllegalMove.
    """
    if not is_long([upload]):
        return apply(upload, wish, by=by, now=now)
    with transaction.atomic():
        row = locked(upload, by=by)
        check_move(UPLOAD_MOVES, UploadState(row.state), UploadState.APPLYING)
        checked(row, wish, by=by, now=now)
        return queue(row, wish, by=by, now=now)


@transaction.atomic
def queue(upload: Upload, wish: Wish, *, by: User, now: datetime.datetime) -> Upload:
    """Have the form written by a worker. Raises PermissionDenied, IllegalMove.

    What is in it counts as handed in now, however long it waits: on the last day of a quarter too.
    """
    row = locked(upload, by=by)
    check_move(UPLOAD_MOVES, UploadState(row.state), UploadState.APPLYING)
    row.state, row.ended_by, row.ended_at = UploadState.APPLYING, by, None
    given = {"language": translation.get_language(), "asked_at": now.isoformat()}
    row.wish = {**asdict(wish), "over": sorted(wish.over), **given}
    row.done, row.total, row.attempts = 0, _size(row), 0
    row.step, row.error, row.lease_until = "", "", None
    row.save(update_fields=QUEUED)
    audit.record("upload.queue", row, by=by)
    ring(APPLY_JOB, row.pk)
    return row


def ring_due() -> int:
    """Ring again for every form that waits to be written; returns how many."""
    due = list(Upload.objects.to_apply().values_list("pk", flat=True))
    for pk in due:
        ring(APPLY_JOB, pk)
    return len(due)


def apply_queued(upload_id: int) -> Upload | None:
    """Write one form; None where another worker has it or there is nothing to do."""
    lease = _claim(upload_id)
    if lease is None:
        return None
    kept: dict[str, Any] = dict(lease.upload.wish or {})
    language = kept.pop("language", None)
    asked_at = datetime.datetime.fromisoformat(kept.pop("asked_at"))
    progress = Progress()
    try:
        with translation.override(language), kept_up(lease, progress):
            _apply(lease, Wish(**kept), asked_at, progress)
    except LostLease:
        logger.info("Upload %s was taken over by another worker.", upload_id)
        return None
    except Exception as error:  # every failure is told to the person who waits
        with translation.override(language):
            _tell(lease, error)
    return Upload.objects.get(pk=upload_id)


@shelf.kept_whole()
def _apply(lease: Lease, wish: Wish, now: datetime.datetime, progress: Progress) -> None:
    """Write it. The row is locked last: until then it tells how far the writing is."""
    row, by = lease.upload, lease.upload.ended_by
    if by is None or not policy.can(by, "upload.apply", row):
        raise PermissionDenied
    found = checked(row, wish, by=by, now=now)
    with audit.through(Source.FORM):
        written = write(found, wish, by=by, now=now, told=progress)
    row = claimed(lease)
    row.wish = None
    row.save(update_fields=["wish"])
    end(row, wish, found, written, by=by, now=now)


@transaction.atomic
def _claim(upload_id: int) -> Lease | None:
    rows = Upload.objects.to_apply().select_for_update(skip_locked=True, of=("self",))
    related = ("ended_by", "uploaded_by", "unit", "office")
    row = rows.select_related(*related).filter(pk=upload_id).first()
    if row is None:
        return None
    if row.attempts >= MAX_ATTEMPTS:
        _give_back(row, _("连续%(n)d次未能写完，没有写入任何内容。") % {"n": MAX_ATTEMPTS})
        return None
    return take(row, UploadState.APPLYING)


def _tell(lease: Lease, error: Exception) -> None:
    """Give it back with the sentence why; a lost disk or connection is tried again."""
    try:
        with transaction.atomic():
            row = claimed(lease)
            if isinstance(error, ValidationError):
                _give_back(row, sentence_of(error))
            elif isinstance(error, PermissionDenied):
                _give_back(row, _("您不能写入这份回填表。"))
            elif isinstance(error, PASSING) and row.attempts < MAX_ATTEMPTS:
                rows = Upload.objects.filter(pk=row.pk)
                rows.update(done=0, lease_until=Now() + RETRY_AFTER)
            else:
                words = {"number": row.pk}
                _give_back(row, _("写入时出错，请联系管理员（编号%(number)d）。") % words)
    except LostLease:
        logger.info("Upload %s was taken over by another worker.", lease.upload.pk)
        return
    if not isinstance(error, (ValidationError, PermissionDenied)):
        logger.error("Upload %s could not be written.", lease.upload.pk, exc_info=error)


def _give_back(row: Upload, sentence: str) -> None:
    """Nothing was written: it waits for the person as before."""
    check_move(UPLOAD_MOVES, UploadState(row.state), UploadState.READY)
    by = row.ended_by
    row.state, row.error, row.ended_by, row.wish = UploadState.READY, sentence, None, None
    row.step, row.done, row.total, row.lease_until = "", 0, 0, None
    row.save(update_fields=QUEUED)
    audit.record("upload.give_back", row, by=by, reason=sentence)
