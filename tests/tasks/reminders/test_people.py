"""Who is told: the people of the day, once each; the office where a unit has nobody."""

import datetime

import pytest

from tasks.models import Notice, Plan
from tasks.reminders.engine import plan_day
from tests.factories import (
    OfficeFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    UnitFactory,
    UserFactory,
    coordinator,
    officer,
)
from tests.factories.units import JurisdictionFactory, MembershipFactory
from tests.tasks.reminders.conftest import DUE, Scene, at, run
from units.models import Membership

D = datetime.date

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rung")]


def test_an_office_hears_once_of_a_unit_without_people(scene: Scene) -> None:
    scene.another()
    Membership.objects.filter(user=scene.officer).delete()
    Plan.objects.update(reminders_from=D(2026, 9, 28))  # no officer since then: 6 working days
    assert run(DUE) == {("no_officer", "协调员", 5)}
    notice = Notice.objects.get()
    assert (notice.task, notice.unit) == (None, scene.unit)
    assert notice.path == f"/units/{scene.unit.pk}/"
    untold = plan_day(DUE).untold
    assert len(untold) == 2
    assert all("没有填报人，已告知协调办公室" in row.reason for row in untold)


def test_where_nobody_can_be_told_the_plan_of_the_day_says_so(scene: Scene) -> None:
    Membership.objects.all().delete()
    assert run(DUE) == set()
    assert "也没有协调办公室人员" in plan_day(DUE).untold[0].reason


def test_people_are_those_of_the_day(scene: Scene) -> None:
    Membership.objects.filter(user=scene.officer).update(until=D(2026, 10, 9))
    MembershipFactory(unit=scene.unit, user=UserFactory(name="继任者"), since=D(2026, 10, 10))
    assert run(D(2026, 10, 9)) == {("report_due", "填报员", -1)}
    assert run(DUE) == {("report_due", "继任者", 0)}


def test_someone_in_two_roles_is_told_once(scene: Scene) -> None:
    MembershipFactory(signer=True, unit=scene.unit, user=scene.officer)
    told = run(D(2026, 10, 14))
    assert told == {("report_overdue", name, 3) for name in ("填报员", "审签员")}
    assert Notice.objects.get(recipient=scene.officer).params["verb"] == "report.edit"


def test_each_side_hears_of_its_own(scene: Scene) -> None:
    sichuan = UnitFactory(sichuan=True)
    ResponsibilityFactory(task=scene.side.task, unit=sichuan)
    officer(sichuan, name="川填报员")
    coordinator(OfficeFactory(jurisdiction=JurisdictionFactory(sichuan=True)), name="川协调员")
    ProgressReportFactory(
        responsibility=scene.side,
        period=scene.period,
        filled_by=scene.officer,
        approved=True,
        submitted_at=at(D(2026, 9, 2)),
        reviewed_at=at(D(2026, 9, 3)),
    )
    assert run(D(2026, 10, 20)) == {
        ("report_overdue", "川填报员", 7),
        ("report_overdue", "川协调员", 7),
    }
