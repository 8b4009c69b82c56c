"""A quarter as chance has it: reports early, late or never; some reminded, some not."""

import datetime
from collections.abc import Sequence
from random import Random
from typing import Any

import time_machine

from tasks.models import Period, Plan, ProgressReport, Responsibility
from tasks.states import NoticeState, ReportState, TaskState
from tests.factories import (
    NoticeFactory,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    joint_plan,
)
from tracker.lib.workdays import SHANGHAI, add_workdays
from units.services import audit

STEPS = (-7, -3, -1, 0, 1, 3, 7, 27)
CAPACITIES = {"report.edit": -7, "report.sign": 3, "report.review": 7}


def moment(day: datetime.date, hour: int = 10) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=SHANGHAI)


def quarter(seed: int, tasks: int) -> tuple[Plan, Period]:
    """A joint plan's 2026Q3 with so many tasks, each of two sides."""
    plan = joint_plan()
    period = PeriodFactory(plan=plan)
    grow(seed, period, tasks)
    return plan, period


def grow(seed: int, period: Period, tasks: int) -> None:
    """So many tasks more."""
    dice = Random(seed)  # noqa: S311 - test data
    units = [[UnitFactory() for _n in range(3)], [UnitFactory(sichuan=True) for _n in range(2)]]
    person = UserFactory()
    told = {capacity: UserFactory() for capacity in CAPACITIES}
    for _n in range(tasks):
        task = TaskFactory(plan=period.plan)
        for some in units:
            _side(dice, task, dice.choice(some), period, person, told)


def _side(
    dice: Random, task: Any, unit: Any, period: Period, person: Any, told: dict[str, Any]
) -> None:
    state = dice.choice([*TaskState, *[TaskState.IN_PROGRESS] * 8])
    side = ResponsibilityFactory(task=task, unit=unit, state=state)
    day = period.due_on + datetime.timedelta(days=dice.randint(-12, 40))
    came = dice.choice([None, day, day, day])
    _remind(dice, side, period, came, told)
    if came is not None:
        _file(dice, side, period, came, person)
    elif dice.random() < 0.5:
        ProgressReportFactory(responsibility=side, period=period, filled_by=person)


def _remind(
    dice: Random,
    side: Responsibility,
    period: Period,
    came: datetime.date | None,
    told: dict[str, Any],
) -> None:
    subject = f"report/{side.pk}/{period.code}"
    for step in STEPS if dice.random() < 0.8 else ():
        made_on = add_workdays(period.due_on, step)
        if came is not None and made_on > came:
            break
        for capacity, since in CAPACITIES.items():
            if step < since or dice.random() < 0.1:
                continue
            state = NoticeState.DROPPED if dice.random() < 0.15 else NoticeState.SENT
            NoticeFactory(
                rule="report_due" if step <= 0 else "report_overdue",
                subject=subject,
                due_on=period.due_on,
                step=step,
                made_on=made_on,
                recipient=told[capacity],
                state=state,
                params={"verb": capacity, "side": side.pk},
                task=side.task,
                unit=side.unit,
            )


def _file(
    dice: Random, side: Responsibility, period: Period, came: datetime.date, person: Any
) -> None:
    """Handed in on the day; some once more after a return, of which the log knows the first."""
    states: Sequence[str] = (ReportState.APPROVED, ReportState.SUBMITTED, ReportState.RETURNED)
    at = moment(came)
    report: ProgressReport = ProgressReportFactory(
        responsibility=side,
        period=period,
        filled_by=person,
        state=dice.choice(states),
        submitted_by=person,
        submitted_at=at,
    )
    if report.state == ReportState.RETURNED:
        report.redo_by = came
    if dice.random() < 0.4:
        with time_machine.travel(at, tick=False):
            audit.record("report.submit", report, by=person)
        report.submitted_at = at + datetime.timedelta(days=9)
    report.save()
