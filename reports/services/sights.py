"""What each lead unit may see of a quarter, for all units of a run at once.

The same as `content.unit_sight_of` unit by unit (tests/reports/test_sights.py compares them), in a
fixed number of queries: a run of a hundred units reads no more than one of a single unit.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models.fields.json import KT

from reports.services.content import PlanQuarter, Sight
from tasks.models import Period, ProgressReport, Responsibility, Snapshot
from tasks.services import snapshots
from tasks.services.plan_quarter import TOLD_STATES
from tasks.states import ReportState, Role
from units.models import Unit

BySome = defaultdict[int, set[int]]


def _sets() -> BySome:
    return defaultdict(set)


@dataclass
class _Parts:
    """By unit: what it leads, and the leads of its tasks, now and when a period was closed."""

    led: BySome = field(default_factory=_sets)
    sides: BySome = field(default_factory=_sets)
    reports: BySome = field(default_factory=_sets)


def unit_sights(units: Sequence[Unit], contents: Sequence[PlanQuarter]) -> Mapping[int, Sight]:
    """By the unit's id what it may see."""
    periods = [content.period for content in contents]
    parts = _live(periods)
    kept = snapshots.cells_of(periods)
    if kept:
        _add_beside(parts, periods)
    _add_kept(parts, kept, units)
    frozen = {period for _side, period in kept}
    _add_reports(parts, [period.pk for period in periods if period.pk not in frozen])
    return {unit.pk: _sight(unit, parts, contents) for unit in units}


def _sight(unit: Unit, parts: _Parts, contents: Sequence[PlanQuarter]) -> Sight:
    led = {side.pk for content in contents for side in content.led_by(unit)}
    matters = [(pk, some) for content in contents for pk, some in content.matters.items()]
    return Sight(
        frozenset(parts.reports[unit.pk]),
        frozenset(parts.sides[unit.pk]),
        frozenset(parts.led[unit.pk]),
        frozenset(one.id for pk, some in matters if pk in led for one in some.findings),
        phones=frozenset(parts.sides[unit.pk]),
    )


def _live(periods: Sequence[Period]) -> _Parts:
    rows = Responsibility.objects.filter(task__plan__in=[period.plan_id for period in periods])
    parts, leads, shares = _Parts(), _sets(), _sets()
    for side, unit, task, role in rows.values_list("pk", "unit_id", "task_id", "role"):
        shares[task].add(unit)
        if role == Role.LEAD:
            leads[task].add(side)
            parts.led[unit].add(side)
    _share(parts, leads, shares)
    return parts


def _share(parts: _Parts, leads: BySome, shares: BySome) -> None:
    """Every unit with a part in a task sees what is approved of each of its sides."""
    for task, units in shares.items():
        for unit in units:
            parts.sides[unit] |= leads[task]


def _add_kept(parts: _Parts, kept: Mapping[tuple[int, int], Any], units: Sequence[Unit]) -> None:
    """The sides and reports of closed periods, by the units of the day."""
    for unit in units:
        for (side, _period), row in kept.items():
            if row.unit_id == unit.pk:
                parts.led[unit.pk].add(side)
                parts.sides[unit.pk].add(side)
            approved = row.report_state == ReportState.APPROVED and side in parts.sides[unit.pk]
            if row.report and (approved or side in parts.led[unit.pk]):
                parts.reports[unit.pk].add(int(row.report))


def _add_reports(parts: _Parts, live: Sequence[int]) -> None:
    """Of periods without a snapshot: the unit's own, and of its tasks those that are approved."""
    told = ProgressReport.objects.filter(period__in=live, state__in=TOLD_STATES)
    seen_by = _sets()
    for unit, sides in parts.sides.items():
        for side in sides:
            seen_by[side].add(unit)
    rows = told.values_list("pk", "responsibility_id", "responsibility__unit_id", "state")
    for report, side, unit, state in rows:
        parts.reports[unit].add(report)
        for other in seen_by[side] if state == ReportState.APPROVED else ():
            parts.reports[other].add(report)


def _add_beside(parts: _Parts, periods: Sequence[Period]) -> None:
    """The sides of tasks in which a unit had a part when the period was closed."""
    for snapshot in Snapshot.objects.in_force().filter(period__in=periods):
        leads, shares = _sets(), _sets()
        duty = KT("data__duty__task_id")
        for side, unit, task in snapshot.rows.values_list("responsibility_id", "unit_id", duty):
            leads[int(task)].add(side)
            shares[int(task)].add(unit)
        for part in snapshot.data["cooperating"]:
            shares[part["task_id"]].add(part["unit_id"])
        _share(parts, leads, shares)
