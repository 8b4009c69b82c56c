"""Applying what was sent in together: each form whole or not at all, the others all the same."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from reports import policy
from reports.models import Upload
from reports.services import upload_applying
from reports.services.upload_applying import Wish
from reports.states import UploadState
from units.models import User


@dataclass
class Outcome:
    """Which were written, and which were left with the sentence why."""

    applied: list[Upload] = field(default_factory=list)
    left: list[tuple[Upload, str]] = field(default_factory=list)


def waiting(batch: uuid.UUID, *, by: User) -> QuerySet[Upload]:
    """The forms of a batch that the person may apply."""
    rows: QuerySet[Upload] = policy.scope(by, "upload.apply")
    return rows.filter(batch=batch, state=UploadState.READY).order_by("pk")


def apply_all(
    rows: Sequence[Upload], *, submit: bool, reason: str, by: User, now: datetime.datetime
) -> Outcome:
    """Apply those about which there is nothing to decide, as they were when they were read."""
    found = Outcome()
    for row in rows:
        why = _to_decide(row)
        if not why:
            wish = Wish(seen=row.counts.get("seen", ""), submit=submit, reason=reason)
            try:
                found.applied.append(upload_applying.apply(row, wish, by=by, now=now))
            except ValidationError as error:
                why = " ".join(error.messages)
            except PermissionDenied:
                why = _("您不能写入这份回填表。")
        if why:
            found.left.append((row, why))
    return found


def _to_decide(row: Upload) -> str:
    """Why somebody has to look at it first; empty where nothing is open."""
    if row.counts.get("wrong"):
        return _("表中有误，请打开查看。")
    if row.by_number:
        return _("按单位、季度和任务序号对应，请打开核对后确认。")
    if row.counts.get("clashes"):
        return _("有内容在下载之后又在网上填过，请打开逐格选择。")
    if not row.counts.get("writes"):
        return _("系统中已是这些内容，没有需要写入的。")
    return ""
