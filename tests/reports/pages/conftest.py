"""Who asks for books from the web, and how."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from reports.books.making import make
from reports.models import ReportRun
from tests.factories import (
    NOW,
    TODAY,
    JurisdictionFactory,
    PeriodFactory,
    ProgressReportFactory,
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

LIST = "/reports/"
HOSTILE = '=HYPERLINK("http://example.org")'


@dataclass(frozen=True)
class Cast:
    lead: User
    other_lead: User
    stranger: User
    office: User
    auditor: User
    unit_id: int
    other_unit_id: int


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


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
    plan = joint_plan(code="joint", short_title="联合行动方案")
    side = ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory(name="重庆市能源局"))
    other = ResponsibilityFactory(
        task=side.task, unit=UnitFactory(sichuan=True, name="四川省能源局")
    )
    period = PeriodFactory(plan=plan, quarter_text="2026Q3")
    ProgressReportFactory(responsibility=side, period=period, approved=True, progress=HOSTILE)
    office = plan.sides.select_related("office").order_by("order")[0].office
    return Cast(
        lead=officer(side.unit),
        other_lead=officer(other.unit),
        stranger=officer(UnitFactory()),
        office=coordinator(office),
        auditor=inspector(JurisdictionFactory()),
        unit_id=side.unit_id,
        other_unit_id=other.unit_id,
    )


def ask(client: Client, user: User, **changes: Any) -> Any:
    client.force_login(user)
    data = {"book": "status", "quarter": "2026Q3", "plan": "", "lead_unit": "", "paper": "A4"}
    return client.post(LIST, data | changes)


def made_by(client: Client, user: User, **changes: Any) -> ReportRun:
    response = ask(client, user, **changes)
    run = ReportRun.objects.get()
    assert response.headers["Location"] == reverse("reports:run", args=[run.pk])
    make(run.pk, today=TODAY)
    run.refresh_from_db()
    return run
