"""A plan in a quarter, whole: every side with its light, report and people, and the targets.

Read live here, in a fixed number of queries; `snapshots` keeps it as it was at the closing.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from tasks.models import (
    Assessment,
    Period,
    Plan,
    ProgressReport,
    Responsibility,
    Target,
    Task,
)
from tasks.models.attainment import Attainment, attainments
from tasks.services import plan_quarter_rows, quarter_history, side_matters
from tasks.services.first_filed import first_handed_in
from tasks.services.plan_quarter_rows import Part
from tasks.services.quarter_history import PastQuarter
from tasks.services.side_matters import Matters
from tasks.states import ENDED_STATES, PlanStatus, ReportState, TaskState
from tracker.lib.workdays import Quarter
from units.models import Membership, Unit, User
from units.states import Role as PersonRole

Row = TypeVar("Row")

# What an office and a unit both know: handed in, or sent back.
TOLD_STATES = (ReportState.SUBMITTED, ReportState.APPROVED, ReportState.RETURNED)
# Who is named for a unit's tasks, the first that it has.
CONTACTS = (PersonRole.LIAISON, PersonRole.OFFICER)
MOVED_STATES = (*ENDED_STATES, TaskState.COMPLETED)


class Seen(Protocol):
    """What a reader sees: here, of which sides the progress."""

    @property
    def sides(self) -> frozenset[int]: ...


@dataclass(frozen=True)
class PlanQuarter:
    """A plan in a quarter as of a day: every task, side, report, district task and target."""

    plan: Plan
    period: Period
    day: datetime.date
    sides: Sequence[Responsibility]
    cooperating: Mapping[int, Sequence[Part | Responsibility]]
    reports: Mapping[int, ProgressReport]
    below: Mapping[int, Sequence[Task]]
    targets: Sequence[Target]
    attainments: Mapping[int, Attainment]
    contacts: Mapping[int, User]
    # 终期评估 by the side's id; of those in `assessed_since`, which no closing kept, as it stands.
    assessments: Mapping[int, Assessment] = field(default_factory=dict)
    assessed_since: frozenset[int] = frozenset()
    # The quarters before, oldest first; of a closed quarter as they then were.
    past: Sequence[PastQuarter] = ()
    matters: Mapping[int, Matters] = field(default_factory=dict)

    @property
    def quarter(self) -> Quarter:
        return self.period.as_quarter

    @cached_property  # the scores alone ask
    def first_handed_in(self) -> Mapping[int, datetime.datetime]:
        """By the report's id when it first came in."""
        return first_handed_in(self.reports.values())

    @cached_property
    def told(self) -> dict[str | None, dict[object, Any]]:
        """By language the rows that readers have made of it."""
        return {}

    def leads_of(self, task_id: int) -> list[Responsibility]:
        """The lead of each side of the task, in the order of the document."""
        return list(self._by_task.get(task_id, ()))

    def led_by(self, unit: Unit) -> list[Responsibility]:
        """The sides that the unit leads, in the order of the plan."""
        return list(self._by_unit.get(unit.pk, ()))

    # A book asks for each row: looked up, not searched.
    @cached_property
    def _by_task(self) -> Mapping[int, Sequence[Responsibility]]:
        return _grouped(self.sides, attrgetter("task_id"))

    @cached_property
    def _by_unit(self) -> Mapping[int, Sequence[Responsibility]]:
        return _grouped(self.sides, attrgetter("unit_id"))

    @cached_property
    def _parts_by_unit(self) -> Mapping[int, Sequence[Part | Responsibility]]:
        parts = (part for parts in self.cooperating.values() for part in parts)
        return _grouped(parts, attrgetter("unit_id"))

    def cooperated_by(self, unit: Unit) -> list[Part | Responsibility]:
        """The unit's cooperating parts, in the order of the plan."""
        return list(self._parts_by_unit.get(unit.pk, ()))

    def lead_units(self, sight: Seen) -> list[Unit]:
        """Every lead unit whose progress may be seen, once, by side and in 机构序列."""
        last = {side.unit_id: side for side in self.sides if side.pk in sight.sides}
        units = {
            side.unit: (side.side.code if side.side else "", side.unit.order)
            for side in last.values()
        }
        return sorted(units, key=lambda unit: units[unit])


def _grouped(rows: Iterable[Row], key: Callable[[Row], int]) -> Mapping[int, Sequence[Row]]:
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def load(period: Period, *, today: datetime.date) -> PlanQuarter:
    """Read the plan of the period live, with figures as of the day that the period shows."""
    day, quarter = period.as_of(today), period.as_quarter
    leads, cooperating = plan_quarter_rows.sides_of(period.plan, quarter)
    sides = [_as_of(side, day) for side in leads]
    targets = list(
        Target.objects.filter(plan=period.plan)
        .select_related("indicator", "unit", "task", "place", "plan__jurisdiction", "plan__region")
        .order_by("order")
    )
    return PlanQuarter(
        plan=period.plan,
        period=period,
        day=day,
        sides=sides,
        cooperating=_grouped(cooperating, attrgetter("task_id")),
        reports=plan_quarter_rows.reports_of(period, TOLD_STATES),
        below=_tasks_below(period.plan, day, quarter),
        targets=targets,
        attainments=attainments(targets, day),
        contacts=_contacts({side.unit_id for side in sides}, day),
        assessments=assessments_of(period.plan),
        past=quarter_history.before(period, sides, today),
        matters=side_matters.of(period.plan, day),
    )


def assessments_of(plan: Plan) -> dict[int, Assessment]:
    """终期评估 as it stands, by the id of the side."""
    rows = Assessment.objects.filter(responsibility__task__plan=plan)
    return {row.responsibility_id: row for row in rows}


def _contacts(units: Collection[int], day: datetime.date) -> dict[int, User]:
    """Who answers for each unit on the day: its 联络员, else its 填报人."""
    members = (
        Membership.objects.current(day)
        .filter(unit__in=units, role__in=CONTACTS)
        .select_related("user")
        .order_by("pk")
    )
    first = sorted(members, key=lambda member: CONTACTS.index(PersonRole(member.role)))
    return {member.unit_id: member.user for member in reversed(first) if member.unit_id}


def _as_of(side: Responsibility, day: datetime.date) -> Responsibility:
    """The side as it stood on the day: what ended later was still under way. Never saved."""
    if side.state_since is None or side.state_since <= day:
        return side
    moved = side.state in MOVED_STATES
    side.state = TaskState.IN_PROGRESS if moved else TaskState.NOT_STARTED
    return side


def _tasks_below(plan: Plan, day: datetime.date, quarter: Quarter) -> dict[int, list[Task]]:
    """The tasks of issued plans that implement each task, in the order of their plans."""
    tasks = (
        Task.objects.filter(implements__plan=plan, plan__status=PlanStatus.ISSUED)
        .for_list(day, quarter)
        .select_related("plan__jurisdiction")
        .order_by("plan", "number")
        .distinct()
    )
    below = defaultdict(list)
    for task in tasks:
        for side in task.leads:
            side.task = task
            _as_of(side, day)
        for implemented in task.implements.all():
            if implemented.plan_id == plan.pk:
                below[implemented.pk].append(task)
    return below
