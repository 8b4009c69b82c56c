"""Closing a quarter: each office its own side; with the last one the period closes, kept whole.

Before the grace is over only a side of which nothing is wanting is closed; afterwards with what
is wanting named. docs/decisions/0023 says why sides close by themselves.
"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import (
    Period,
    PeriodSide,
    PlanSide,
    ProgressReport,
    Responsibility,
    Snapshot,
)
from tasks.services import snapshots
from tasks.services.frozen import Values
from tasks.services.side_standings import Counts, SideStanding, standing_of, standings_of
from tasks.states import PeriodState
from tracker.lib.text import clean_text
from units.models import User
from units.services import audit

__all__ = [
    "Counts",
    "SideStanding",
    "Unsettled",
    "close_side",
    "named",
    "reopen_side",
    "standing_of",
    "standings_of",
    "why_not",
]

MAX_NOTE = 500


class Unsettled(ValidationError):
    """What is wanting waits for a yes that names its counts."""

    def __init__(self, message: str, counts: Counts) -> None:
        super().__init__(message)
        self.counts = counts


def named(leads: Sequence[Responsibility], state: str) -> list[Values]:
    """What a closing keeps of those that were wanting."""
    return [
        {
            "responsibility": lead.pk,
            "task": lead.task.number,
            "title": lead.task.title,
            "unit": lead.unit.name,
            "side": lead.side.code if lead.side else None,
            "state": state,
        }
        for lead in leads
    ]


def why_not(period: Period, standing: SideStanding, today: datetime.date) -> str:
    """Why the side cannot be closed today, in a sentence; empty when it can."""
    if period.closed_on is not None:
        words = {"period": period, "day": period.closed_on.isoformat()}
        return _("%(period)s已于%(day)s关闭。") % words
    if standing.is_closed:
        return _("本方已关闭%(period)s。") % {"period": period}
    if period.opens_on > today:
        return _("%(period)s尚未开放填报，不能关闭。") % {"period": period}
    if not standing.is_settled and today <= period.grace_until:
        words = {"day": period.grace_until.isoformat()}
        return _("宽限期至%(day)s：此前全部报送并审核后方可关闭。") % words
    return ""


@transaction.atomic
def close_side(
    period: Period,
    side: PlanSide,
    *,
    by: User | None,
    now: datetime.datetime,
    confirmed: Counts | None = None,
    note: str = "",
) -> Period:
    """Close the office's side; with the last side the period, with its snapshot.

    `by` is None for the operator's command. Raises PermissionDenied, ValidationError, and
    Unsettled unless `confirmed` names how many are missing, returned, not reviewed.
    """
    if by is not None and not policy.can(by, "period.close", side):
        raise PermissionDenied
    period = _locked(period)
    standing = next(one for one in standing_of(period) if one.side.pk == side.pk)
    refusal = why_not(period, standing, now.date())
    if refusal:
        raise ValidationError(refusal)
    if not standing.is_settled and confirmed != standing.counts:
        raise Unsettled(_question(standing), standing.counts)
    closing = standing.closing or PeriodSide(period=period, side_id=side.jurisdiction_id)
    closing.closed_at, closing.closed_by = now, by
    closing.missing = named(standing.missing, "missing") + named(standing.returned, "returned")
    closing.unreviewed = named(standing.unreviewed, "submitted")
    closing.note = clean_text(note)[:MAX_NOTE]
    closing.save()
    missing, returned, unreviewed = standing.counts
    told = {"side": side, "missing": missing, "returned": returned, "unreviewed": unreviewed}
    audit.record("period.close_side", period, by=by, after=told, reason=closing.note)
    return _close_if_all_have(period, by=by, now=now)


def _locked(period: Period) -> Period:
    """The period, once what is being written or reviewed of any side is done.

    Of those that have closed, too: the last closing keeps them all in one snapshot, and a 补报
    that came while it is read would stand in it by half.
    """
    locked = Period.objects.select_for_update(of=("self",), no_key=True).get(pk=period.pk)
    duties = Responsibility.objects.leads().filter(task__plan=locked.plan_id).order_by("pk")
    list(duties.select_for_update(of=("self",), no_key=True).values_list("pk"))
    reports = ProgressReport.objects.filter(period=locked).order_by("pk")
    list(reports.select_for_update(of=("self",), no_key=True).values_list("pk"))
    return locked


def _question(standing: SideStanding) -> str:
    missing, returned, unreviewed = standing.counts
    return _(
        "%(side)s本季度还有%(missing)d项未报、%(returned)d项退回未重报、%(unreviewed)d项未审核；"
        "确认带缺关闭须写明这三个数。"
    ) % {
        "side": standing.side.jurisdiction,
        "missing": missing,
        "returned": returned,
        "unreviewed": unreviewed,
    }


def _close_if_all_have(period: Period, *, by: User | None, now: datetime.datetime) -> Period:
    closings = {one.side_id: one for one in period.sides.exclude(closed_at=None)}
    places = period.plan.sides.values_list("jurisdiction_id", flat=True)
    if not set(places) <= closings.keys():
        return period
    period.state = PeriodState.CLOSED
    period.closed_on = now.date()
    period.save(update_fields=["state", "closed_on"])
    parts = [closings[place] for place in places]
    snapshot = snapshots.take(
        period,
        missing=[row for part in parts for row in part.missing],
        unreviewed=[row for part in parts for row in part.unreviewed],
        note="\n".join(part.note for part in parts if part.note),
        by=by,
        now=now,
    )
    told = {"closed_on": period.closed_on, "rows": snapshot.rows.count(), "sha256": snapshot.digest}
    audit.record("period.close", period, by=by, after=told)
    return period


@transaction.atomic
def reopen_side(
    period: Period, side: PlanSide, *, reason: str, by: User, now: datetime.datetime
) -> Period:
    """Open the office's side again; the snapshot is kept, and no longer shown.

    Raises PermissionDenied, ValidationError.
    """
    if not policy.can(by, "period.close", side):
        raise PermissionDenied
    reason = clean_text(reason)[:MAX_NOTE]
    if not reason:
        raise ValidationError({"reason": _("请填写重新开放的理由。")})
    period = _locked(period)
    _check_reopens(period, side)
    was: dict[str, Any] = {"closed_on": period.closed_on, "side": side}
    if period.closed_on is not None:
        _keep_others_closed(period, side, now)
        for snapshot in Snapshot.objects.in_force().filter(period=period):
            snapshot.replaced_at, snapshot.replaced_by, snapshot.reason = now, by, reason
            snapshot.save(update_fields=["replaced_at", "replaced_by", "reason"])
            was["sha256"] = snapshot.digest
        period.state, period.closed_on = PeriodState.OPEN, None
        period.save(update_fields=["state", "closed_on"])
    period.sides.filter(side=side.jurisdiction_id).update(closed_at=None, closed_by=None)
    audit.record("period.reopen", period, by=by, before=was, after={"side": side}, reason=reason)
    return period


def _check_reopens(period: Period, side: PlanSide) -> None:
    first = period.plan.first_quarter
    if first is not None and period.as_quarter < first:
        raise ValidationError(_("启用季度之前的季度只供补录，不重新开放。"))
    own = period.sides.filter(side=side.jurisdiction_id).exclude(closed_at=None)
    if period.closed_on is None and not own.exists():
        raise ValidationError(_("%(period)s本方尚未关闭。") % {"period": period})


def _keep_others_closed(period: Period, side: PlanSide, now: datetime.datetime) -> None:
    """A period that was closed before sides were told apart: the others stay closed."""
    known = set(period.sides.values_list("side_id", flat=True))
    others = period.plan.sides.exclude(pk=side.pk).values_list("jurisdiction_id", flat=True)
    PeriodSide.objects.bulk_create(
        PeriodSide(period=period, side_id=place, closed_at=now)
        for place in others
        if place not in known
    )
