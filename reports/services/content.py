"""What a book says of a plan in a quarter: a closed one's is its snapshot's, an open one's live."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from tasks.models import Assessment, Period, Plan, lights
from tasks.policy import called_by, handed_in_seen_by, progress_seen_by, reports_seen_by
from tasks.policy.inspection import findings_seen_by
from tasks.policy.schedule import extensions_seen_by
from tasks.services import plan_quarter, snapshots
from tasks.services.plan_quarter import TOLD_STATES, PlanQuarter
from tasks.states import ReportState
from tracker.lib.workdays import SHANGHAI, Quarter
from units.models import Unit
from units.policy import Standing

__all__ = [
    "PlanQuarter",
    "Sight",
    "load",
    "periods_of",
    "sight_of",
    "unit_sight_of",
    "whole_sight_of",
]


def load(period: Period, *, today: datetime.date) -> PlanQuarter:
    """The plan in the period. One closed before there were snapshots is read as of its day.

    终期评估 is made at the plan's end, often when its last quarter is closed: where the closing
    kept none of a side, the present one stands, and is named as that.
    """
    if not period.closed_on:
        return _load_live(period, today)
    kept = snapshots.kept_quarter(period)
    if kept is None:
        live = _load_live(period, today)
        since = {pk for pk, one in live.assessments.items() if _day(one) > period.closed_on}
        return replace(live, assessed_since=frozenset(since))
    present = plan_quarter.assessments_of(period.plan)
    return replace(
        kept,
        assessments={**present, **kept.assessments},
        assessed_since=frozenset(present.keys() - kept.assessments.keys()),
    )


def _load_live(period: Period, today: datetime.date) -> PlanQuarter:
    """With each side's light worked out once, as a snapshot's is: many rows and counts ask."""
    live = plan_quarter.load(period, today=today)
    for side in live.sides:
        word = side.light_word(live.day)
        side.kept_light = word, lights.reason_of(side, side.latest_percent, live.day, word)
    return live


def _day(judged: Assessment) -> datetime.date:
    return judged.assessed_at.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class Sight:
    """What a reader may see, by ids.

    Of `reports` the text, of `sides` the approved progress, and of those `handed_in` also whether
    and how the quarter's report was filed before it is approved; which `findings` and `extensions`.
    Of the sides in `phones` the telephone is told whole.
    """

    reports: frozenset[int]
    sides: frozenset[int]
    handed_in: frozenset[int]
    findings: frozenset[int] = frozenset()
    extensions: frozenset[int] = frozenset()
    phones: frozenset[int] = frozenset()

    def __and__(self, other: "Sight") -> "Sight":
        """What both readers may see."""
        return Sight(
            self.reports & other.reports,
            self.sides & other.sides,
            self.handed_in & other.handed_in,
            self.findings & other.findings,
            self.extensions & other.extensions,
            self.phones & other.phones,
        )


def sight_of(who: Standing, periods: Sequence[Period]) -> Sight:
    """What somebody of this standing may see of the periods, drafts apart.

    Of a closed one it rests on what its reports were then, and on the units of the day.
    """
    plans = [period.plan_id for period in periods]
    sides = _ids(progress_seen_by(who).filter(task__plan__in=plans))
    handed_in = _ids(handed_in_seen_by(who).filter(task__plan__in=plans))
    phones = _ids(called_by(who).filter(task__plan__in=plans)) & sides
    reports: set[int] = set()
    kept = snapshots.cells_of(periods)
    if who.units and kept:
        beside = snapshots.sides_beside(periods, who.units)
        sides |= beside
        phones |= beside
    for (side, _period), row in kept.items():
        if row.unit_id in who.units:
            handed_in.add(side)
            sides.add(side)
            phones.add(side)
        known = side in handed_in or (row.report_state == ReportState.APPROVED and side in sides)
        if row.report and known:
            reports.add(int(row.report))
    frozen = {period for _side, period in kept}
    live = [period.pk for period in periods if period.pk not in frozen]
    told = reports_seen_by(who).filter(period__in=live, state__in=TOLD_STATES)
    return Sight(
        frozenset(reports | _ids(told)),
        frozenset(sides),
        frozenset(handed_in),
        phones=frozenset(phones),
    )


def whole_sight_of(who: Standing, periods: Sequence[Period]) -> Sight:
    """The same with findings and extensions, of which a whole plan's books tell."""
    in_plans = Q(responsibility__task__plan__in=[period.plan_id for period in periods])
    return replace(
        sight_of(who, periods),
        findings=frozenset(_ids(findings_seen_by(who).filter(in_plans))),
        extensions=frozenset(_ids(extensions_seen_by(who).filter(in_plans))),
    )


def unit_sight_of(unit: Unit, contents: Sequence[PlanQuarter]) -> Sight:
    """What a unit itself may see; the findings on what it leads are before it anyway."""
    led = {side.pk for content in contents for side in content.led_by(unit)}
    matters = [(pk, some) for content in contents for pk, some in content.matters.items()]
    found = {one.id for pk, some in matters if pk in led for one in some.findings}
    own = sight_of(Standing(units=frozenset({unit.pk})), [content.period for content in contents])
    return replace(own, findings=frozenset(found))


def _ids(rows: QuerySet[Any]) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def periods_of(plans: Iterable[Plan], quarter: Quarter) -> list[Period]:
    """The plans' periods of the quarter, in the plans' order."""
    return list(
        Period.objects.of(quarter)
        .filter(plan__in=list(plans))
        .select_related("plan__region", "plan__jurisdiction")
        .order_by("plan")
    )
