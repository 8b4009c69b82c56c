"""The office's own wording of the suggestions: kept by plan, side and quarter, with history."""

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import BriefNote, Period, PlanSide
from tasks.models.briefs import LONGEST_NOTE
from tracker.lib.stale import Stale
from tracker.lib.text import clean_text
from units.models import AuditEntry, User
from units.services import audit

MOST_LINES = 8
ENTRIES_SHOWN = 20


def lines_of(text: str) -> list[str]:
    """A suggestion a line, without the numbers that were typed before them."""
    lines = (line.strip() for line in text.splitlines())
    return [_without_number(line) for line in lines if line]


def _without_number(line: str) -> str:
    head, sign, rest = line.partition(".") if "." in line[:3] else line.partition("、")
    return rest.strip() if sign and rest.strip() and head.strip().isdecimal() else line


@transaction.atomic
def write(
    side: PlanSide,
    period: Period,
    *,
    text: str,
    version: int,
    by: User,
    now: datetime.datetime,
) -> BriefNote:
    """Put the text in place of the derived suggestions; an empty one brings these back.

    `version` is that of the text that was changed, 0 where there was none. A closed quarter's
    text stays as it was read.
    """
    if not policy.can(by, "brief.edit", side):
        raise PermissionDenied
    if period.plan_id != side.plan_id:
        raise ValidationError(_("该填报期不属于本方案。"))
    text = "\n".join(lines_of(clean_text(text)))
    _check(text)
    # The period's row is the lock: the first note of two has no row of its own yet.
    period = Period.objects.select_for_update().get(pk=period.pk)
    if not period.is_open(now.date()):
        raise ValidationError(_("%(period)s已关闭，其建议不能再改。") % {"period": period})
    note = BriefNote.objects.filter(period=period, side=side.jurisdiction).first()
    if version != (note.version if note else 0):
        raise Stale(_("建议已由他人修改：请核对现在的内容后再保存。"))
    old = note.text if note else ""
    values = {"text": text, "written_by": by, "written_at": now, "version": version + 1}
    if note is None:
        note = BriefNote.objects.create(period=period, side=side.jurisdiction, **values)
    elif old == text:
        return note
    else:
        for name, value in values.items():
            setattr(note, name, value)
        note.save(update_fields=list(values))
    audit.record("brief.write", note, by=by, before={"text": old}, after={"text": text})
    return note


def _check(text: str) -> None:
    if len(text) > LONGEST_NOTE:
        words = _("建议共%(number)d字，超过%(most)d字：一页放不下，请精简。")
        raise ValidationError(words % {"number": len(text), "most": LONGEST_NOTE})
    if len(text.splitlines()) > MOST_LINES:
        words = _("建议超过%(most)d条：一页放不下，请合并或删减。")
        raise ValidationError(words % {"most": MOST_LINES})


def history(note: BriefNote | None) -> list[AuditEntry]:
    """Who wrote what when, newest first."""
    if note is None:
        return []
    entries = AuditEntry.objects.filter(
        verb="brief.write", object_type=note._meta.label_lower, object_id=str(note.pk)
    )
    return list(entries.order_by("-pk")[:ENTRIES_SHOWN])
