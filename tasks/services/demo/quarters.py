"""The demo's last closed quarter of each plan: closed by its offices, with a snapshot."""

import datetime
from dataclasses import replace

from tasks.models import Period, PeriodSide, Plan, ProgressReport, Snapshot
from tasks.services import closing, plan_quarter, snapshots
from tasks.services.plan_quarter import PlanQuarter
from tasks.states import ReportKind, ReportState
from tracker.lib.workdays import SHANGHAI
from units.models import Membership, User
from units.states import Role

AT = datetime.time(17, 30)


def keep_last_quarters(plans: list[Plan]) -> int:
    """Take the snapshots that are not there; says how many."""
    made = 0
    for plan in plans:
        period = plan.periods.filter(closed_on__isnull=False).newest_first().first()
        if period is None or period.closed_on is None:
            continue
        if not Snapshot.objects.filter(period=period).exists():
            _keep(period, period.closed_on)
            made += 1
    return made


def _keep(period: Period, closed_on: datetime.date) -> None:
    now = datetime.datetime.combine(closed_on, AT, tzinfo=SHANGHAI)
    content = plan_quarter.load(period, today=closed_on)
    late = {pk for pk, one in content.reports.items() if one.kind == ReportKind.LATE}
    content = _without(content, late)
    leads = [side for side in content.sides if side.pk in late]
    missing = closing.named(leads, "missing")
    for side in period.plan.sides.select_related("office", "jurisdiction"):
        PeriodSide.objects.create(
            period=period,
            side_id=side.jurisdiction_id,
            closed_at=now,
            closed_by=_coordinator(side.office_id),
            missing=[row for row in missing if row["side"] == side.jurisdiction.code],
        )
    snapshots.take(
        period,
        missing=missing,
        unreviewed=[],
        note="",
        by=_coordinator_of(period),
        now=now,
        content=content,
    )


def _without(content: PlanQuarter, late: set[int]) -> PlanQuarter:
    """What came in after the closing was not there on its day."""
    reports = {pk: one for pk, one in content.reports.items() if pk not in late}
    for side in content.sides:
        if side.pk in late:
            known = ProgressReport.objects.before(content.period).filter(
                responsibility=side, state=ReportState.APPROVED
            )
            side.percent = known.newest_first().values_list("percent", flat=True).first()  # type: ignore[attr-defined]  # as with_light annotates it
    return replace(content, reports=reports)


def _coordinator(office: int) -> User | None:
    post = Membership.objects.filter(office=office, role=Role.COORDINATOR).order_by("pk").first()
    return post.user if post else None


def _coordinator_of(period: Period) -> User | None:
    side = period.plan.sides.order_by("-order").first()
    return _coordinator(side.office_id) if side else None
