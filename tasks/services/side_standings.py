"""How each side of a quarter stands: what is due, what is wanting, whether it is closed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tasks.models import Period, PeriodSide, Plan, PlanSide, ProgressReport, Responsibility
from tasks.services import snapshots
from tasks.services.asof import state_on
from tasks.states import REPORTED_STATES, ReportState, TaskState

Counts = tuple[int, int, int]


@dataclass
class SideStanding:
    """One side of a period: how many reports are due, what is wanting, whether it is closed."""

    side: PlanSide
    expected: int = 0
    approved: int = 0
    missing: list[Responsibility] = field(default_factory=list)
    returned: list[Responsibility] = field(default_factory=list)
    unreviewed: list[Responsibility] = field(default_factory=list)
    closing: PeriodSide | None = None

    @property
    def is_closed(self) -> bool:
        return self.closing is not None and self.closing.closed_at is not None

    @property
    def counts(self) -> Counts:
        return len(self.missing), len(self.returned), len(self.unreviewed)

    @property
    def is_settled(self) -> bool:
        """Everything that was due is in and reviewed."""
        return not any(self.counts)


def standing_of(period: Period) -> list[SideStanding]:
    """Every side of the period's plan, in its order."""
    return standings_of(period.plan, [period])[period.pk]


def standings_of(plan: Plan, periods: Sequence[Period]) -> dict[int, list[SideStanding]]:
    """The same of many periods of a plan, in a constant number of queries."""
    sides = list(plan.sides.select_related("jurisdiction", "office").order_by("order"))
    closings = {
        (one.period_id, one.side_id): one
        for one in PeriodSide.objects.filter(period__in=periods).select_related("closed_by")
    }
    rows = Responsibility.objects.leads().filter(task__plan=plan)
    leads = list(rows.select_related("task", "unit", "side").order_by("task__number", "order"))
    reports = {
        (one.period_id, one.responsibility_id): one
        for one in ProgressReport.objects.filter(period__in=periods).only(
            "period", "responsibility", "state", "redo_by"
        )
    }
    kept = snapshots.cells_of(periods)
    found: dict[int, list[SideStanding]] = {}
    for period in periods:
        standings = {
            one.jurisdiction_id: SideStanding(
                one, closing=closings.get((period.pk, one.jurisdiction_id))
            )
            for one in sides
        }
        for lead in leads:
            if lead.side_id in standings:
                report = reports.get((period.pk, lead.pk))
                row = kept.get((lead.pk, period.pk))
                filed = row.report_state if row else _filed(report)
                ended = _ended_then(lead, period, row.state if row else "")
                _count(standings[lead.side_id], lead, filed, ended=ended)
        found[period.pk] = list(standings.values())
    return found


def _filed(report: ProgressReport | None) -> str:
    """The report's state as the office knows it; empty where it was never handed in."""
    if report is None:
        return ""
    if report.is_sent_back:
        return ReportState.RETURNED
    return report.state if report.is_reported else ""


def _ended_then(lead: Responsibility, period: Period, kept: str) -> bool:
    """Whether nothing was due of it: at the closing where it is closed, else now."""
    if kept:
        return TaskState(kept).is_ended
    if period.closed_on is None:
        return TaskState(lead.state).is_ended
    return state_on(lead, None, period.closed_on).is_ended


def _count(standing: SideStanding, lead: Responsibility, filed: str, *, ended: bool) -> None:
    if ended and filed not in REPORTED_STATES:
        return
    standing.expected += 1
    if filed == ReportState.APPROVED:
        standing.approved += 1
    elif filed == ReportState.SUBMITTED:
        standing.unreviewed.append(lead)
    elif filed:
        standing.returned.append(lead)
    else:
        standing.missing.append(lead)
