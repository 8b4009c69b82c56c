"""The plan that briefs are of, what happens in it, and who reads them through the doors."""

import datetime
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import time_machine
from django.test import Client

from tasks.models import Plan, PlanSide, Responsibility
from tasks.services import brief
from tasks.services.brief.making import Brief
from tasks.states import ReportState, TaskState
from tests.api.conftest import Cast, door
from tests.factories import (
    NOW,
    TODAY,
    MembershipFactory,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    joint_plan,
)
from units.models import User
from units.states import Role as PersonRole

__all__ = ["door"]
PAGE, NOTE, WORD, API = "/brief/", "/brief/note/", "/brief/word/", "/api/v1/brief/"
DONE: dict[str, Any] = {"approved": True, "percent": 95}  # a report of which nothing is to be said


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan() -> Plan:
    plan = joint_plan(tracked_from="2026Q2", short_title="联合行动方案")
    PeriodFactory(plan=plan, quarter_text="2026Q2", closed=True)
    PeriodFactory(plan=plan, quarter_text="2026Q3")
    return plan


@pytest.fixture
def leader(cast: Cast) -> User:
    """Reads the briefs of the cast's 重庆市."""
    return leader_of(side_of(cast.plan))


def enter(user: User) -> Client:
    """A browser in which the person is logged in."""
    client = Client()
    client.force_login(user)
    return client


def side_of(plan: Plan, code: str = "500000") -> PlanSide:
    return plan.sides.select_related("plan", "office", "jurisdiction").get(jurisdiction__code=code)


def leader_of(side: PlanSide) -> User:
    """Somebody who reads the briefs of the side's office."""
    user: User = UserFactory()
    MembershipFactory(user=user, role=PersonRole.LEADER, unit=None, office=side.office)
    return user


def made(user: User, plan: Plan, code: str = "500000", quarter: str = "2026Q3") -> Brief:
    """The brief of a side and a quarter, made today."""
    period = plan.periods.get(year=int(quarter[:4]), quarter=int(quarter[-1]))
    return brief.make(user, side_of(plan, code), period, TODAY)


def fill(plan: Plan, dice: Random, tasks: int) -> None:
    """Tasks of both sides in all states, with reports of all kinds."""
    filer = UserFactory()
    for _n in range(tasks):
        due = dice.choice([None, TODAY - datetime.timedelta(days=dice.randint(-100, 500))])
        task = TaskFactory(plan=plan, due_on=due)
        for unit in (UnitFactory(), UnitFactory(sichuan=True)):
            side = ResponsibilityFactory(
                task=task, unit=unit, state=dice.choice([*TaskState, *[TaskState.IN_PROGRESS] * 6])
            )
            for period in plan.periods.all():
                if dice.random() < 0.6:
                    ProgressReportFactory(
                        responsibility=side,
                        period=period,
                        filled_by=filer,
                        percent=dice.randint(0, 100),
                        coordination=dice.choice(["", "请协调用地指标。", "无。"]),
                        state=dice.choice([*ReportState, *[ReportState.APPROVED] * 4]),
                    )


def lead(plan: Plan, unit: Any = None, due: str = "", **values: Any) -> Responsibility:
    day = datetime.date.fromisoformat(due) if due else None
    task = TaskFactory(plan=plan, due_on=day)
    side: Responsibility = ResponsibilityFactory(task=task, unit=unit or UnitFactory(), **values)
    return side


def report(side: Responsibility, quarter: int = 3, **values: Any) -> None:
    period = side.task.plan.periods.get(quarter=quarter)
    ProgressReportFactory(responsibility=side, period=period, **values)


def advised(plan: Plan) -> list[str]:
    return made(leader_of(side_of(plan)), plan).advice()
