"""Who may file and who may review."""

import datetime
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied

from tasks.models import ProgressReport, Responsibility
from tasks.services import progress
from tasks.states import ReportState, TaskState
from tests.factories import (
    NOW,
    OfficeFactory,
    ResponsibilityFactory,
    UnitFactory,
    UserFactory,
    coordinator,
    inspector,
    officer,
)
from tests.factories.units import JurisdictionFactory, MembershipFactory
from tests.tasks.services.conftest import Desk
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db


def test_officers_and_signers_of_the_lead_unit_file(desk: Desk) -> None:
    signer = UserFactory()
    MembershipFactory(signer=True, unit=desk.side.unit, user=signer)
    report = desk.save(by=signer)
    assert desk.save(version=report.version, by=desk.officer).version == 2


@pytest.mark.parametrize(
    "who",
    ["other_unit", "cooperating", "liaison", "coordinator", "inspector", "former", "inactive"],
)
def test_others_do_not_file(desk: Desk, who: str) -> None:
    unit = desk.side.unit
    helper = UnitFactory()
    ResponsibilityFactory(task=desk.side.task, unit=helper, cooperating=True)
    people: dict[str, Callable[[], User]] = {
        "other_unit": lambda: officer(UnitFactory()),
        "cooperating": lambda: officer(helper),
        "liaison": lambda: MembershipFactory(liaison=True, unit=unit).user,
        "coordinator": lambda: desk.reviewer,
        "inspector": lambda: inspector(JurisdictionFactory()),
        "former": lambda: MembershipFactory(unit=unit, until=datetime.date(2020, 1, 1)).user,
        "inactive": lambda: officer(unit, is_active=False),
    }
    with pytest.raises(PermissionDenied):
        desk.save(by=people[who]())
    assert not ProgressReport.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_cooperating_row_takes_no_report(desk: Desk) -> None:
    desk.side = ResponsibilityFactory(
        task=desk.side.task, unit=desk.side.unit, cooperating=True, side=None
    )
    with pytest.raises(PermissionDenied):
        desk.save()


@pytest.mark.parametrize("who", ["officer", "other_office", "inspector", "filer_in_the_office"])
def test_others_do_not_review(desk: Desk, who: str) -> None:
    if who == "filer_in_the_office":
        MembershipFactory(coordinator=True, user=desk.officer, office=OfficeFactory())
    report = desk.submit()
    people: dict[str, Callable[[], User]] = {
        "officer": lambda: desk.officer,
        "filer_in_the_office": lambda: desk.officer,
        "other_office": lambda: coordinator(
            OfficeFactory(jurisdiction=JurisdictionFactory(sichuan=True))
        ),
        "inspector": lambda: inspector(JurisdictionFactory()),
    }
    person = people[who]()
    with pytest.raises(PermissionDenied):
        progress.approve(report, by=person, now=NOW)
    with pytest.raises(PermissionDenied):
        progress.return_report(report, reason="补充", by=person, now=NOW)
    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_who_filled_in_a_draft_that_another_handed_in(desk: Desk) -> None:
    """The last who filled it in and who handed it in both do not review it."""
    MembershipFactory(coordinator=True, user=desk.officer, office=OfficeFactory())
    second = officer(desk.side.unit)
    draft = desk.save()
    report = desk.submit(version=draft.version, by=second)
    assert report.filled_by == second
    ProgressReport.objects.update(filled_by=desk.officer)
    with pytest.raises(PermissionDenied):
        progress.approve(report, by=desk.officer, now=NOW)


def test_whoever_once_wrote_in_a_report_does_not_review_it(desk: Desk) -> None:
    """An office's own unit leads: the coordinator drafts, a colleague hands in."""
    MembershipFactory(unit=desk.side.unit, user=desk.reviewer)
    draft = desk.save(by=desk.reviewer)
    report = desk.submit(version=draft.version)
    with pytest.raises(PermissionDenied):
        progress.approve(report, by=desk.reviewer, now=NOW)
    with pytest.raises(PermissionDenied):
        progress.return_report(report, reason="补充", by=desk.reviewer, now=NOW)
    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_a_stale_side_does_not_undo_where_the_task_stands(desk: Desk) -> None:
    stale = Responsibility.objects.get(pk=desk.side.pk)
    assert stale.state == TaskState.NOT_STARTED
    Responsibility.objects.filter(pk=stale.pk).update(
        state=TaskState.COMPLETED, state_since=datetime.date(2026, 1, 5)
    )
    desk.side = stale
    desk.submit()
    stale.refresh_from_db()
    assert (stale.state, stale.state_since) == (TaskState.COMPLETED, datetime.date(2026, 1, 5))
