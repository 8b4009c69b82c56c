"""Filled-in forms sent in: taken as rows, given up, and removed when their time is over.

What they say is read by `upload_reading`, shown by `upload_preview`, written by `upload_applying`.
"""

import datetime
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Q, Sum

from reports import policy
from reports.models import Upload
from reports.policy.uploads import may_send
from reports.returns.shapes import Refused
from reports.services import upload_files
from reports.services.upload_files import MEGABYTE, MOST_FORMS, Laid
from reports.states import UPLOAD_MOVES, UploadState
from tracker.lib.doorbell import ring
from tracker.lib.states import check_move
from tracker.lib.told import told as _
from tracker.lib.workdays import Quarter
from units.models import User
from units.services import audit

READ_JOB = "reports.jobs.read_upload"
MANY = 1000  # rows removed at a time
# Of one person's files that nobody has read: a whole sending, and a whole archive. Whoever sends
# more without end would keep the workers from everybody else's.
MOST_UNREAD = 2 * MOST_FORMS
File: TypeAlias = "UploadedFile[Any]"


def send(
    files: Sequence[File], *, by: User, now: datetime.datetime, quarter: Quarter | None = None
) -> list[Upload]:
    """Take the files as one batch and have them read. All are taken, or none.

    `quarter` is which the person says they are of: a closed one's is taken no other way.
    Raises PermissionDenied, ValidationError (field `sent`).
    """
    if not may_send(by):
        raise PermissionDenied
    if not files:
        raise ValidationError({"sent": _("请选择要上传的回填表。")})
    if len(files) > MOST_FORMS:
        sentence = _("一次最多上传%(most)d个文件，请分开上传，或压缩后上传。")
        raise ValidationError({"sent": sentence % {"most": MOST_FORMS}})
    with upload_files.kept_whole() as note:
        laid = [note(_laid(file, now)) for file in files]
        chosen = str(quarter) if quarter else ""
        try:
            return enter(laid, by=by, now=now, batch=uuid.uuid4(), quarter=chosen)
        except Refused as error:
            raise ValidationError({"sent": str(error)}) from error


def _laid(file: File, now: datetime.datetime) -> Laid:
    try:
        return upload_files.lay_down(file.name or "", file.chunks(), year=now.year)
    except Refused as error:
        words = {"name": upload_files.clean_name(file.name or ""), "why": error}
        raise ValidationError({"sent": _("“%(name)s”没有上传：%(why)s") % words}) from error


@transaction.atomic
def enter(
    laid: Sequence[Laid],
    *,
    by: User,
    now: datetime.datetime,
    batch: uuid.UUID,
    quarter: str = "",
) -> list[Upload]:
    """Enter what lies there as rows, and ring for a worker. Raises Refused for too much."""
    _check_room(laid, by)
    rows = []
    for one in laid:
        row = Upload.objects.create(
            batch=batch,
            name=one.name,
            path=one.path,
            size=one.size,
            sha256=one.sha256,
            uploaded_by=by,
            uploaded_at=now,
            quarter=quarter,
        )
        audit.record("upload.send", row, by=by, after={"size": row.size, "sha256": row.sha256})
        ring(READ_JOB, row.pk)
        rows.append(row)
    return rows


def _check_room(laid: Sequence[Laid], by: User) -> None:
    """Refuse what would be more than one person may keep here, or have waiting."""
    # Without a wait two sendings at once could both find the last room.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    unread = Q(state__in=[UploadState.WAITING, UploadState.READING])
    kept = Upload.objects.filter(uploaded_by=by).aggregate(
        size=Sum("size", default=0), unread=Count("pk", filter=unread)
    )
    if kept["unread"] + len(laid) > MOST_UNREAD:
        words = {"n": kept["unread"], "most": MOST_UNREAD}
        sentence = _("您有%(n)d个文件等待读取，最多%(most)d个，请等读完后再上传。")
        raise Refused(sentence % words)
    limit = settings.RETURN_QUOTA_MB
    if kept["size"] + sum(one.size for one in laid) > limit * MEGABYTE:
        words = {
            "used": kept["size"] // MEGABYTE,
            "limit": limit,
            "days": settings.RETURN_KEEP_DAYS,
        }
        sentence = _(
            "您上传的文件已占%(used)d MB，最多%(limit)d MB（保留%(days)d天）："
            "请删去表中的图片后再上传，或联系管理员。"
        )
        raise Refused(sentence % words)


@transaction.atomic
def drop(upload: Upload, *, by: User, now: datetime.datetime) -> Upload:
    """Give up what was read and is not applied. Raises PermissionDenied, IllegalMove."""
    row = locked(upload, by=by)
    check_move(UPLOAD_MOVES, UploadState(row.state), UploadState.DROPPED)
    row.state, row.ended_by, row.ended_at = UploadState.DROPPED, by, now
    row.save(update_fields=["state", "ended_by", "ended_at"])
    audit.record("upload.drop", row, by=by)
    return row


def locked(upload: Upload, *, by: User) -> Upload:
    """The row, locked, for who may apply it; PermissionDenied for others."""
    row = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if not policy.can(by, "upload.apply", row):
        raise PermissionDenied
    return row


def record_download(upload: Upload, *, by: User) -> None:
    """Each taking of a file is on record."""
    audit.record("upload.download", upload, by=by, after={"sha256": upload.sha256})


def remove_outlived(*, now: datetime.datetime) -> int:
    """Remove what was sent in longer ago than it is kept, files and rows; returns how many."""
    before = now - datetime.timedelta(days=settings.RETURN_KEEP_DAYS)
    number = 0
    while some := _remove_some(before):
        number += some
    return number


def _remove_some(before: datetime.datetime) -> int:
    with transaction.atomic():
        rows = list(Upload.objects.outlived(before).select_for_update(skip_locked=True)[:MANY])
        for row in rows:
            audit.record("upload.remove", row, by=None, before={"sha256": row.sha256})
        Upload.objects.filter(pk__in=[row.pk for row in rows]).delete()
        paths = [row.full_path for row in rows]
        transaction.on_commit(lambda: _unlink(paths))
    return len(rows)


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
