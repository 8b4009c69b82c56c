"""Reading what was sent in: claimed under a lease, read once, told in the row."""

import datetime
import logging
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import translation

from reports.models import Upload
from reports.policy.uploads import office_of, own_unit
from reports.returns.compare import compare
from reports.returns.read import read
from reports.returns.shapes import Comparison, Refused, Returned
from reports.services import upload_files, uploads
from reports.services.upload_content import packed
from reports.services.upload_leases import (
    MAX_ATTEMPTS,
    PASSING,
    RETRY_AFTER,
    Lease,
    LostLease,
    carry_on,
    locked,
    take,
)
from reports.services.upload_preview import digest_of
from reports.states import UPLOAD_MOVES, UploadState
from tracker.lib.doorbell import ring
from tracker.lib.states import check_move
from tracker.lib.told import told as _
from units.services import audit

logger = logging.getLogger(__name__)
LANGUAGE = "zh-hans"  # of what goes on record; on pages each reader has the own


def ring_due() -> int:
    """Ring again for every file that waits for a worker; returns how many."""
    due = list(Upload.objects.claimable().values_list("pk", flat=True))
    for pk in due:
        ring(uploads.READ_JOB, pk)
    return len(due)


def read_upload(upload_id: int, *, now: datetime.datetime) -> Upload | None:
    """Read one file; None where another worker has it or there is nothing to do."""
    lease = _claim(upload_id)
    if lease is None:
        return None
    try:
        with translation.override(LANGUAGE):
            _read(lease, now)
    except LostLease:
        logger.info("Upload %s was taken over by another worker.", upload_id)
        return None
    except Exception as error:  # every failure is told to the person who waits
        with translation.override(LANGUAGE):
            _tell(lease, error)
    return Upload.objects.get(pk=upload_id)


def _read(lease: Lease, now: datetime.datetime) -> None:
    path, by = lease.upload.full_path, lease.upload.uploaded_by
    if upload_files.is_archive(path):
        _open(lease, now)
        return
    carry_on(lease, done=0, total=2, step=_("读取文件"))
    returned = read(path)
    carry_on(lease, done=1, total=2, step=_("与系统核对"))
    found = compare(
        returned,
        for_user=by,
        today=now.date(),
        unit=own_unit(by),
        quarter=lease.upload.as_quarter,
    )
    _finish(lease, returned, found)


def _open(lease: Lease, now: datetime.datetime) -> None:
    """Enter the forms of an archive, each as a row of the same batch."""
    row = lease.upload

    def tell(done: int, total: int, step: str) -> None:
        carry_on(lease, done=done, total=total, step=step)

    with upload_files.kept_whole() as note:
        laid = [note(one) for one in upload_files.unpack(row.full_path, year=now.year, tell=tell)]
        with transaction.atomic():
            found = locked(lease)
            who = row.uploaded_by
            uploads.enter(laid, by=who, now=now, batch=row.batch, quarter=row.quarter)
            _end(found, UploadState.OPENED, is_archive=True, counts={"files": len(laid)})


@transaction.atomic
def _finish(lease: Lease, returned: Returned, found: Comparison) -> None:
    row = locked(lease)
    office = office_of(row.uploaded_by, found.unit, found.quarter) if found.by_office else None
    counts = {change.value: number for change, number in found.counts.items()}
    _end(
        row,
        UploadState.READY,
        unit=found.unit,
        office=office,
        quarter=str(found.quarter),
        content=packed(returned),
        counts={
            **counts,
            "writes": found.writes,
            "chosen": bool(row.quarter),
            "clashes": sum(row.clashes for row in found.rows),
            "seen": digest_of(found),
        },
        by_number=bool(found.to_confirm),
    )


def _tell(lease: Lease, error: Exception) -> None:
    """Enter what went wrong; a lost disk or connection is tried again."""
    try:
        with transaction.atomic():
            row = locked(lease)
            if isinstance(error, Refused):
                _refuse(row, str(error))
            elif isinstance(error, PASSING) and row.attempts < MAX_ATTEMPTS:
                _release(row)
            else:
                words = {"number": row.pk}
                _refuse(row, _("读取文件时出错，请联系管理员（编号%(number)d）。") % words)
    except LostLease:
        logger.info("Upload %s was taken over by another worker.", lease.upload.pk)
        return
    if not isinstance(error, Refused):
        logger.error("Upload %s could not be read.", lease.upload.pk, exc_info=error)


@transaction.atomic
def _claim(upload_id: int) -> Lease | None:
    row = (
        Upload.objects.claimable()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("uploaded_by")
        .filter(pk=upload_id)
        .first()
    )
    if row is None:
        return None
    if row.attempts >= MAX_ATTEMPTS:
        with translation.override(LANGUAGE):
            _refuse(row, _("连续%(n)d次未能读取，已停止重试。") % {"n": MAX_ATTEMPTS})
        return None
    return take(row, UploadState.READING)


def _release(row: Upload) -> None:
    check_move(UPLOAD_MOVES, UploadState(row.state), UploadState.WAITING)
    Upload.objects.filter(pk=row.pk).update(
        state=UploadState.WAITING, step="", lease_until=Now() + RETRY_AFTER
    )


def _refuse(row: Upload, sentence: str) -> None:
    _end(row, UploadState.REFUSED, error=sentence)
    audit.record("upload.refuse", row, by=row.uploaded_by, reason=sentence)


def _end(row: Upload, state: UploadState, **values: Any) -> None:
    check_move(UPLOAD_MOVES, UploadState(row.state), state)
    told: Mapping[str, Any] = {"state": state, "step": "", "lease_until": None, **values}
    Upload.objects.filter(pk=row.pk).update(**told)
