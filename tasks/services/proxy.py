"""代填: an office enters a report for a unit that cannot, once, whole, with the reason."""

import datetime
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Period, ProgressReport, Responsibility
from tasks.services import evidence, progress, shelf
from tasks.services.entry import Entry
from tasks.services.evidence import Upload
from tasks.states import MENDING_STATES
from tracker.lib.text import clean_text
from units.models import User

MAX_REASON = 500


@shelf.kept_whole()
def enter(
    side: Responsibility,
    period: Period,
    entry: Entry,
    *,
    reason: str,
    by: User,
    now: datetime.datetime,
    version: int = 0,
    files: Sequence[Upload] = (),
) -> ProgressReport:
    """Enter and hand in. What the unit has written and not handed in is not read or overwritten.

    Raises as `progress.submit`, `evidence.attach`.
    """
    reason = clean_text(reason)
    if not policy.can(by, "report.enter", side):
        raise PermissionDenied
    if not reason or len(reason) > MAX_REASON:
        sentence = _("请写明代填的原因和依据，最多%(most)d字。") % {"most": MAX_REASON}
        raise ValidationError({"reason": sentence})
    Responsibility.objects.select_for_update(of=("self",)).get(pk=side.pk)
    if ProgressReport.objects.filter(
        responsibility=side, period=period, state__in=MENDING_STATES
    ).exists():
        raise ValidationError(
            _("%(unit)s正在填报，不能代填：请与该单位联系，由其提交。") % {"unit": side.unit}
        )
    return progress.submit(
        side,
        period,
        entry,
        by=by,
        now=now,
        version=version,
        for_unit=reason,
        attach=lambda report: evidence.attach_all(report, files, by=by, now=now),
    )
