"""协调答复: what the office says to what a unit asks to be coordinated; at review or later."""

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import ProgressReport
from tasks.services.entry import MAX_TEXT
from tracker.lib.stale import Stale
from tracker.lib.text import clean_text
from units.models import User
from units.services import audit


@transaction.atomic
def answer(
    report: ProgressReport, text: str, *, by: User, now: datetime.datetime
) -> ProgressReport:
    """Answer, or answer anew: `report` carries the version that was seen.

    Raises PermissionDenied, ValidationError (field `answer`), Stale.
    """
    text = clean_text(text)
    if not text:
        raise ValidationError({"answer": _("请填写协调答复。")})
    if len(text) > MAX_TEXT:
        words = {"length": len(text), "limit": MAX_TEXT}
        sentence = _("文字共%(length)d字，最多%(limit)d字，请精简。") % words
        raise ValidationError({"answer": sentence})
    locked = ProgressReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if not policy.can(by, "report.answer", locked):
        raise PermissionDenied
    if locked.version != report.version:
        raise Stale(_("您打开之后，这份进展已有变化，没有作出处理。请重新审阅。"))
    audit.save_changes(
        locked,
        {"coordination_answer": text},
        verb="report.answer",
        by=by,
        also={
            "answered_by": by,
            "answered_at": now,
            "version": locked.version + 1,
            "updated_at": now,
        },
    )
    return locked
