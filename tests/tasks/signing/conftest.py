"""A joint task: its leads, cooperating units, offices, and an own unit that signs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tasks.models import Period, PlanSide, ProgressReport, Responsibility
from tasks.services import progress
from tasks.services.entry import Entry
from tests.factories import (
    NOW,
    MembershipFactory,
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

ENTRY = Entry(percent=55, progress="完成前期工作。", next_steps="继续推进。")


@dataclass(frozen=True)
class Cast:
    side: Responsibility
    other: Responsibility
    helping: Responsibility
    central: Responsibility
    period: Period
    lead: User
    signer: User
    other_lead: User
    helper: User
    railway: User
    office: User
    colleague: User
    other_office: User
    auditor: User
    stranger: User


@pytest.fixture(scope="module")
def casts(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Callable[[], Cast]]:
    yield from kept_for_module(request, django_db_blocker, make_cast)


@pytest.fixture
def cast(casts: Callable[[], Cast], db: None) -> Cast:
    return casts()


def make_cast() -> Cast:
    """The rows of a cast."""
    plan = joint_plan()
    task = TaskFactory(plan=plan)
    side = ResponsibilityFactory(
        task=task, unit=UnitFactory(name="重庆市能源局", signs_reports=True)
    )
    other = ResponsibilityFactory(task=task, unit=UnitFactory(name="四川省能源局", sichuan=True))
    helping = ResponsibilityFactory(
        task=task, unit=UnitFactory(name="重庆市经济信息委"), cooperating=True
    )
    central = ResponsibilityFactory(
        task=task,
        unit=UnitFactory(name="中国铁路成都局集团公司", jurisdiction=None),
        side=None,
        cooperating=True,
    )
    cq, sc = (row.office for row in PlanSide.objects.filter(plan=plan).order_by("order"))
    return Cast(
        side=side,
        other=other,
        helping=helping,
        central=central,
        period=PeriodFactory(plan=plan),
        lead=officer(side.unit),
        signer=MembershipFactory(unit=side.unit, signer=True).user,
        other_lead=officer(other.unit),
        helper=officer(helping.unit),
        railway=officer(central.unit),
        office=coordinator(cq),
        colleague=coordinator(cq),
        other_office=coordinator(sc),
        auditor=inspector(side.side),
        stranger=officer(UnitFactory()),
    )


def draft(cast: Cast, **more: Any) -> ProgressReport:
    """The lead's draft."""
    given = {"by": cast.lead, "now": NOW, **more}
    return progress.save_draft(cast.side, cast.period, given.pop("entry", ENTRY), **given)
