"""佐证材料: files that stand with a report, a part, a milestone, a request or a step.

A file is checked by its content, laid down under its digest beside and renamed, and only then
named by a row. Equal contents lie once, until no row names them any more.
"""

import datetime
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Evidence, ProgressReport, Responsibility
from tasks.models.evidence import OWNERS
from tasks.policy.evidence import owners_read, owners_written
from tasks.services import periods, shelf
from tracker.lib.excel.files import digest
from tracker.lib.uploads import Refused, clean_name, kind_of
from units.models import Unit, User
from units.services import audit
from units.standing import standing

Upload: TypeAlias = "UploadedFile[Any]"
MEGABYTE = 1024 * 1024
MOST_FILES = 20  # with one row
FIELD = "evidence"


def owner_kind(owner: models.Model) -> str:
    """Which of `OWNERS` the row is; ValueError for none of them."""
    for name in OWNERS:
        if Evidence._meta.get_field(name).related_model is type(owner):
            return name
    raise ValueError(f"{owner!r} has no evidence.")


def side_of(owner: Any) -> Responsibility:
    """The duty that the row is about."""
    found = owner.finding.responsibility if hasattr(owner, "finding") else owner.responsibility
    side: Responsibility = found
    return side


def owner_of(row: Evidence) -> Any:
    """What a file stands with."""
    return next(owner for name in OWNERS if (owner := getattr(row, name)) is not None)


def seen_with(owner: models.Model, user: User) -> list[Evidence]:
    """The files that stand with the row, where the person may read them."""
    kind = owner_kind(owner)
    if not owners_read(user, kind).filter(pk=owner.pk).exists():
        return []
    return list(Evidence.objects.filter(**{kind: owner}).select_related("uploaded_by"))


def show_with(rows: Sequence[Any], user: User) -> None:
    """Put `files` on each row of one kind: those that the person may read; one query."""
    if not rows:
        return
    kind = owner_kind(rows[0])
    seen = owners_read(user, kind).filter(pk__in=[row.pk for row in rows])
    found: dict[int, list[Evidence]] = {row.pk: [] for row in rows}
    for file in Evidence.objects.filter(
        **{f"{kind}__in": seen.order_by().values("pk")}
    ).select_related("uploaded_by"):
        found[getattr(file, f"{kind}_id")].append(file)
    for row in rows:
        row.files = found[row.pk]


def may_attach(owner: models.Model, user: User) -> bool:
    """Whether the person may put files with the row."""
    return owners_written(user, owner_kind(owner)).filter(pk=owner.pk).exists()


@shelf.kept_whole()
def attach(
    owner: Any,
    upload: Upload,
    *,
    by: User,
    now: datetime.datetime,
    is_sign_sheet: bool = False,
) -> Evidence:
    """Put a file with the row. Raises PermissionDenied, ValidationError (field `evidence`)."""
    kind = owner_kind(owner)
    locked = _locked(owner)
    if not may_attach(owner, by):
        raise PermissionDenied
    side = side_of(owner)
    if isinstance(owner, ProgressReport):
        periods.kind_of(side, owner.period, now.date())
    unit = side.unit if side.unit_id in standing(by).units else None
    with tempfile.TemporaryDirectory(prefix=".tmp-", dir=shelf.folder()) as folder:
        laid = _received(upload, Path(folder))
        known = Evidence.objects.filter(**{kind: owner})
        _check_room(upload, laid, list(known), unit)
        row = Evidence(
            **{kind: owner},
            unit=unit,
            name=clean_name(upload.name or "", laid.kind),
            kind=laid.kind,
            size=laid.size,
            sha256=laid.sha256,
            is_sign_sheet=is_sign_sheet,
            uploaded_by=by,
            uploaded_at=now,
        )
        shelf.put(laid.path, row.full_path, laid.sha256)
    row.save()
    if not is_sign_sheet and _tell_signer(locked):
        owner.version = locked.version
    audit.record("evidence.attach", row, by=by, after=_told(row))
    return row


def attach_all(
    owner: Any, uploads: Sequence[Upload], *, by: User, now: datetime.datetime
) -> list[Evidence]:
    """The same for several files: all or none of them."""
    with shelf.kept_whole():
        return [attach(owner, upload, by=by, now=now) for upload in uploads]


@transaction.atomic
def detach(row: Evidence, *, by: User) -> None:
    """Take a file away; what lies on disk goes once no other row names it.

    What somebody else takes away at the same moment is away.
    """
    found = Evidence.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if found is None:
        return
    row = found
    owner = _locked(owner_of(row))
    if not policy.can(by, "evidence.edit", row):
        raise PermissionDenied
    path, sha256 = row.full_path, row.sha256
    # The row goes: its owner stays, and who reads that is told.
    audit.record("evidence.detach", owner, by=by, before={"file": row.name} | _told(row))
    row.delete()
    _tell_signer(owner)
    transaction.on_commit(lambda: shelf.drop_unused(path, sha256))


def _locked(owner: Any) -> Any:
    return type(owner).objects.select_for_update(of=("self",), no_key=True).get(pk=owner.pk)


def _tell_signer(owner: Any) -> bool:
    """What waits for a signer is another version with other files: who read it before is told."""
    if not isinstance(owner, ProgressReport) or owner.sign_asked_at is None:
        return False
    owner.version += 1
    owner.save(update_fields=["version", "updated_at"])
    return True


def record_download(row: Evidence, *, by: User) -> None:
    """Each taking of a file is on record."""
    audit.record("evidence.download", row, by=by, after={"sha256": row.sha256})


def is_whole(row: Evidence) -> bool:
    """Whether what lies there is what was put there."""
    return digest(row.full_path).sha256 == row.sha256


def _told(row: Evidence) -> dict[str, Any]:
    return {
        "owner": str(owner_of(row)),
        "name": row.name,
        "size": row.size,
        "sha256": row.sha256,
    }


@dataclass(frozen=True)
class _Laid:
    path: Path
    kind: str
    size: int
    sha256: str


def _received(upload: Upload, folder: Path) -> _Laid:
    """Lay the file down under a private name; ValidationError for what is not taken."""
    limit, size, seen = settings.EVIDENCE_MAX_MB * MEGABYTE, 0, hashlib.sha256()
    path = folder / "upload"
    with path.open("wb") as file:
        for chunk in upload.chunks():
            size += len(chunk)
            if size > limit:
                break
            seen.update(chunk)
            file.write(chunk)
    if size > limit:
        raise _refused(upload, _("超过%(limit)d MB。") % {"limit": settings.EVIDENCE_MAX_MB})
    try:
        return _Laid(path, kind_of(path), size, seen.hexdigest())
    except Refused as error:
        raise _refused(upload, str(error)) from error


def _refused(upload: Upload, why: str) -> ValidationError:
    words = {"name": Path(upload.name or "").name[:60], "why": why}
    return ValidationError({FIELD: _("“%(name)s”没有上传：%(why)s") % words})


def _check_room(upload: Upload, laid: _Laid, known: list[Evidence], unit: Unit | None) -> None:
    if any(row.sha256 == laid.sha256 for row in known):
        raise _refused(upload, _("同样的文件已经上传过。"))
    if len(known) >= MOST_FILES:
        raise _refused(upload, _("最多上传%(most)d个文件，请合并后上传。") % {"most": MOST_FILES})
    if unit is None:
        return
    # Without a wait two uploads at once could both find the last room.
    Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)
    used = Evidence.objects.filter(unit=unit).aggregate(sum=Sum("size"))["sum"] or 0
    if used + laid.size > settings.EVIDENCE_QUOTA_MB * MEGABYTE:
        words = {"limit": settings.EVIDENCE_QUOTA_MB, "used": used // MEGABYTE}
        why = _("本单位的佐证材料最多%(limit)d MB，已用%(used)d MB；请先删去不需要的。") % words
        raise _refused(upload, why)
