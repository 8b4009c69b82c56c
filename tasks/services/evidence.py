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
from django.db import connection, models, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Evidence, ProgressReport, Responsibility
from tasks.models.evidence import OWNERS
from tasks.policy.evidence import owners_read, owners_written
from tasks.services import periods
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


@transaction.atomic
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
    type(owner).objects.select_for_update(of=("self",), no_key=True).get(pk=owner.pk)
    if not may_attach(owner, by):
        raise PermissionDenied
    side = side_of(owner)
    if isinstance(owner, ProgressReport):
        periods.kind_of(side, owner.period, now.date())
    unit = side.unit if side.unit_id in standing(by).units else None
    with tempfile.TemporaryDirectory(prefix=".tmp-", dir=_folder()) as folder:
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
        _hold(laid.sha256)
        row.full_path.parent.mkdir(parents=True, exist_ok=True)
        laid.path.chmod(0o640)
        laid.path.replace(row.full_path)
    row.save()
    audit.record("evidence.attach", row, by=by, after=_told(row))
    return row


def attach_all(
    owner: Any, uploads: Sequence[Upload], *, by: User, now: datetime.datetime
) -> list[Evidence]:
    """The same for several files: all or none of them."""
    with transaction.atomic():
        return [attach(owner, upload, by=by, now=now) for upload in uploads]


@transaction.atomic
def detach(row: Evidence, *, by: User) -> None:
    """Take a file away; what lies on disk goes once no other row names it."""
    row = Evidence.objects.select_for_update(of=("self",)).get(pk=row.pk)
    owner = owner_of(row)
    type(owner).objects.select_for_update(of=("self",), no_key=True).get(pk=owner.pk)
    if not policy.can(by, "evidence.edit", row):
        raise PermissionDenied
    path, sha256, told = row.full_path, row.sha256, _told(row)
    audit.record("evidence.detach", row, by=by, before=told)
    row.delete()
    transaction.on_commit(lambda: _drop_unused(path, sha256))


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


def _folder() -> Path:
    folder = Path(settings.FILES_DIR) / "evidence"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


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


def _hold(sha256: str) -> None:
    """Until the end of the transaction nobody else lays down or drops this content."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sha256])


def _drop_unused(path: Path, sha256: str) -> None:
    with transaction.atomic():
        _hold(sha256)
        if not Evidence.objects.filter(sha256=sha256, kind=path.suffix[1:]).exists():
            path.unlink(missing_ok=True)
