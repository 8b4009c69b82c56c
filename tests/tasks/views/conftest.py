"""A small world for page tests: one joint task with a lead on each side, and its people."""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.test import Client

from tasks.models import Period, Plan, Responsibility, Task
from tests.factories import (
    NOW,
    JurisdictionFactory,
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from tests.kept import kept_for_module
from units.models import User


def words(html: str) -> str:
    """What a page says, without its tags; a space that does not break is a space."""
    return re.sub(r"<[^>]+>", "", html).replace("\u00a0", " ")


def form_of(page: Client, address: str) -> dict[str, object]:
    """What the browser would send back unchanged."""
    form = page.get(address).context["form"]
    values = {bound.name: bound.value() for bound in form}
    sent: dict[str, object] = {}
    for name, value in values.items():
        shown = form.fields[name].prepare_value(value)
        if shown not in (None, ""):
            sent[name] = shown.isoformat() if isinstance(shown, datetime.date) else shown
    return sent


@dataclass(frozen=True)
class World:
    """The cast. `side` is 重庆市's lead row, `other_side` 四川省's."""

    plan: Plan
    task: Task
    side: Responsibility
    other_side: Responsibility
    period: Period
    lead: User
    other_lead: User
    cooperating: User
    stranger: User
    office: User
    other_office: User
    auditor: User


@pytest.fixture
def clock() -> Iterator[datetime.datetime]:
    """The views' clock stands at `NOW`."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture(scope="module")
def worlds(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Callable[[], World]]:
    yield from kept_for_module(request, django_db_blocker, make_world)


@pytest.fixture
def world(worlds: Callable[[], World], db: None) -> World:
    return worlds()


def make_world() -> World:
    """The rows of a world."""
    plan = joint_plan(short_title="联合行动方案")
    task = TaskFactory(plan=plan, title="协同开发油气资源")
    side = ResponsibilityFactory(task=task, unit=UnitFactory(name="重庆市能源局"))
    other_side = ResponsibilityFactory(
        task=task, unit=UnitFactory(sichuan=True, name="四川省能源局")
    )
    helper = ResponsibilityFactory(task=task, unit=UnitFactory(), cooperating=True)
    offices = [row.office for row in plan.sides.select_related("office").order_by("order")]
    return World(
        plan=plan,
        task=task,
        side=side,
        other_side=other_side,
        period=PeriodFactory(plan=plan, quarter_text="2026Q3"),
        lead=officer(side.unit),
        other_lead=officer(other_side.unit),
        cooperating=officer(helper.unit),
        stranger=officer(UnitFactory()),
        office=coordinator(offices[0]),
        other_office=coordinator(offices[1]),
        auditor=inspector(JurisdictionFactory()),
    )


@pytest.fixture
def as_(client: Client) -> Callable[[User], Client]:
    """`as_(person)`: a browser in which the person is logged in."""

    def log_in(user: User) -> Client:
        client.force_login(user)
        return client

    return log_in
