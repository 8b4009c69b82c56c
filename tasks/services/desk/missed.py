"""补报 and 补录: the closed quarters for which the person's units have handed nothing in."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from tasks import policy
from tasks.models import Period, PeriodSide, ProgressReport, Responsibility
from tasks.states import ENDED_STATES, ReportKind
from units.models import User
from units.policy import standing


@dataclass(frozen=True)
class Missed:
    """A side that reported nothing in a closed quarter; nothing is due, and it may still do so."""

    side: Responsibility
    period: Period
    kind: ReportKind
    report: ProgressReport | None = None


def missed(user: User, today: datetime.date) -> list[Missed]:
    """Of the units for which the person fills in; newest quarter first, 补录 last.

    A side that had ended before the quarter was over owes nothing for it.
    """
    if not standing(user).reporting_units:
        return []
    own: Any = policy.scope(user, "report.edit").filter(unit__in=standing(user).reporting_units)
    sides = list(own.select_related("task__plan", "unit", "side"))
    closed = _closed_for(sides, today)
    filed = {
        (one.responsibility_id, one.period_id): one
        for one in ProgressReport.objects.filter(responsibility__in=sides)
    }
    found = [
        Missed(side, period, _kind(side, period), filed.get((side.pk, period.pk)))
        for side in sides
        for period in closed[side.task.plan_id, side.side_id]
        if _owed(side, period)
    ]
    open_ones = [one for one in found if one.report is None or one.report.is_editable]
    return sorted(open_ones, key=_order)


def _order(one: Missed) -> tuple[bool, int, int, int]:
    late = one.kind == ReportKind.BACKFILL
    task = one.side.task
    return late, -one.period.as_quarter.index, task.plan_id, task.number


def _closed_for(
    sides: Iterable[Responsibility], today: datetime.date
) -> dict[tuple[int, int | None], list[Period]]:
    """By plan and side the quarters that are closed there."""
    places = {(side.task.plan_id, side.side_id) for side in sides}
    plans = {plan for plan, _side in places}
    ended = PeriodSide.objects.filter(closed_at__isnull=False, period__plan__in=plans)
    by_side = {(one.period_id, one.side_id) for one in ended}
    rows = Period.objects.filter(plan__in=plans, opens_on__lte=today).filter(
        Q(closed_on__isnull=False) | Q(pk__in={period for period, _side in by_side})
    )
    found: dict[tuple[int, int | None], list[Period]] = defaultdict(list)
    for period in rows:
        for plan, side in places:
            if plan == period.plan_id and (period.closed_on or (period.pk, side) in by_side):
                found[plan, side].append(period)
    return found


def _kind(side: Responsibility, period: Period) -> ReportKind:
    first = side.task.plan.first_quarter
    early = first is not None and period.as_quarter < first
    return ReportKind.BACKFILL if early else ReportKind.LATE


def _owed(side: Responsibility, period: Period) -> bool:
    """As `periods.kind_of`: the side went on beyond the quarter."""
    if side.state not in ENDED_STATES:
        return True
    return side.state_since is not None and side.state_since > period.as_quarter.last_day
