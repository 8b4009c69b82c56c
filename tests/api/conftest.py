"""The cast of the API's tests: one joint task, its people, and people who have no part in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from tasks.models import Period, Plan, ProgressReport, Responsibility, Task
from tests import factories as make
from tests.kept import kept_for_module
from units.models import Unit, User
from units.services import tokens


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=True):
        yield


@dataclass
class Cast:
    """Who is who. 重庆市能源局 has submitted, 四川省能源局 has an approved report."""

    plan: Plan
    task: Task
    chongqing: Responsibility
    sichuan: Responsibility
    helper: Unit
    period: Period
    submitted: ProgressReport
    approved: ProgressReport
    lead: User
    lead_sichuan: User
    helping: User
    stranger: User
    coordinator: User
    coordinator_sichuan: User
    auditor: User
    admin: User

    @property
    def everyone(self) -> dict[str, User]:
        names = (
            "lead",
            "lead_sichuan",
            "helping",
            "stranger",
            "coordinator",
            "coordinator_sichuan",
            "auditor",
            "admin",
        )
        return {name: getattr(self, name) for name in names}


@pytest.fixture(scope="module")
def casts(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Callable[[], Cast]]:
    """Gives a cast: rows made once for the module where its tests allow it."""
    yield from kept_for_module(request, django_db_blocker, make_cast)


@pytest.fixture
def cast(casts: Callable[[], Cast], db: None) -> Cast:
    return casts()


def make_cast() -> Cast:
    """The rows of a cast."""
    plan = make.joint_plan(code="joint-2022")
    task = make.TaskFactory(plan=plan, title="协同开发油气资源")
    cq = make.UnitFactory(name="重庆市能源局")
    sc = make.UnitFactory(sichuan=True, name="四川省能源局")
    helper = make.UnitFactory(name="重庆市经济信息委")
    make.UnitNameFactory(unit=helper, name="市经济信息委")
    chongqing = make.ResponsibilityFactory(task=task, unit=cq)
    make.ResponsibilityFactory(task=task, unit=helper, cooperating=True)
    sichuan = make.ResponsibilityFactory(task=task, unit=sc)
    period = make.PeriodFactory(plan=plan)
    offices = {side.jurisdiction.code: side.office for side in plan.sides.all()}
    lead, lead_sichuan = make.officer(cq), make.officer(sc)
    return Cast(
        plan=plan,
        task=task,
        chongqing=chongqing,
        sichuan=sichuan,
        helper=helper,
        period=period,
        submitted=make.ProgressReportFactory(
            responsibility=chongqing, period=period, submitted=True, filled_by=lead, percent=55
        ),
        approved=make.ProgressReportFactory(
            responsibility=sichuan, period=period, approved=True, filled_by=lead_sichuan, percent=65
        ),
        lead=lead,
        lead_sichuan=lead_sichuan,
        helping=make.officer(helper),
        stranger=make.officer(make.UnitFactory(name="重庆市教委")),
        coordinator=make.coordinator(offices["500000"]),
        coordinator_sichuan=make.coordinator(offices["510000"]),
        auditor=make.inspector(make.JurisdictionFactory()),
        admin=make.UserFactory(superuser=True),
    )


Door = Callable[[User | None], APIClient]


@pytest.fixture
def door() -> Door:
    """A client that calls with a token of the person, or as nobody."""

    def enter(user: User | None) -> APIClient:
        client = APIClient()
        if user is not None:
            token, _expiry = tokens.issue(user)
            client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        return client

    return enter
