"""What goes over with a duty: nothing is lost, and nobody is told twice."""

import datetime

import pytest
import time_machine

from tasks.models import Contribution, Notice, Responsibility, Target
from tasks.services import succession
from tasks.states import ContributionState, NoticeState, TaskState
from tests import factories as make
from tests.api.conftest import Cast, cast, casts
from units.above import Change
from units.models import AuditEntry, Unit
from units.services.audit import context
from units.states import Source

__all__ = ["cast", "casts"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def heir() -> Unit:
    unit: Unit = make.UnitFactory(name="重庆市工信委")
    return unit


def move(old: Unit, *heirs: Unit) -> dict[str, int]:
    with context(Source.JOB):
        return succession.move(Change([old], list(heirs)), by=None, now=make.NOW)


def told(duty: Responsibility, cast: Cast, text: str) -> Contribution:
    return Contribution.objects.create(
        responsibility=duty, period=cast.period, text=text, state=ContributionState.SUBMITTED
    )


def test_what_both_told_of_a_quarter_stands_together(cast: Cast, heir: Unit) -> None:
    old = Responsibility.objects.get(unit=cast.helper)
    other = make.ResponsibilityFactory(task=cast.task, unit=heir, cooperating=True)
    told(old, cast, "旧单位所报")
    kept = told(other, cast, "承接单位所报")
    assert move(cast.helper, heir) == {"duties": 1, "merged": 1}
    kept.refresh_from_db()
    assert kept.text == "承接单位所报\n\n【重庆市经济信息委】旧单位所报"
    assert Contribution.objects.count() == 1
    assert AuditEntry.objects.get(verb="duty.join").after["contributions"] == ["旧单位所报"]


def test_two_units_going_into_one_end_as_one_part(cast: Cast, heir: Unit) -> None:
    second = make.UnitFactory(name="重庆市大数据局")
    make.ResponsibilityFactory(task=cast.task, unit=second, cooperating=True)
    succession.move(Change([cast.helper, second], [heir]), by=None, now=make.NOW)
    assert list(cast.task.responsibilities.filter(unit=heir).values_list("role")) == [
        ("cooperating",)
    ]
    assert not Responsibility.objects.filter(unit__in=[cast.helper, second]).exists()


def test_what_has_ended_stays(cast: Cast, heir: Unit) -> None:
    unit = cast.chongqing.unit
    ended = make.ResponsibilityFactory(
        task=make.TaskFactory(plan=cast.plan), unit=unit, closed=True
    )
    cooperated = make.ResponsibilityFactory(task=ended.task, unit=cast.helper, cooperating=True)
    claimed = make.ResponsibilityFactory(
        task=make.TaskFactory(plan=cast.plan), unit=unit, state=TaskState.COMPLETED
    )
    move(unit, heir)
    move(cast.helper, heir)
    for row, expected in ((ended, unit), (cooperated, cast.helper), (claimed, heir)):
        row.refresh_from_db()
        assert row.unit == expected


def test_what_waits_is_about_the_heir(cast: Cast, heir: Unit) -> None:
    unit = cast.chongqing.unit
    notice = Notice.objects.create(
        rule="report_due",
        subject=f"report/{cast.chongqing.pk}/2026Q3",
        due_on=make.NOW.date(),
        step=0,
        recipient=cast.lead,
        task=cast.task,
        unit=unit,
        made_on=make.NOW.date(),
        state=NoticeState.QUEUED,
    )
    target = make.TargetFactory(plan=cast.plan, unit=unit)
    move(unit, heir)
    notice.refresh_from_db()
    assert notice.unit == heir
    assert Target.objects.get(pk=target.pk).unit == heir


def test_it_is_handed_out_anew_and_signed_anew(cast: Cast, heir: Unit) -> None:
    make.AssignmentFactory(
        responsibility=cast.chongqing,
        signed=True,
        assigned_at=make.NOW - datetime.timedelta(days=90),
        sign_by=datetime.date(2026, 8, 20),
    )
    with time_machine.travel(make.NOW):
        move(cast.chongqing.unit, heir)
    duty = Responsibility.objects.get(pk=cast.chongqing.pk)
    assert duty.assignment.is_unsigned()
    assert duty.assignment.sign_by > make.NOW.date()
    assert duty.assignment.changes(duty) == []


def test_drafts_are_counted_as_what_is_owed(cast: Cast, heir: Unit) -> None:
    """Whether the unit has begun to write is nobody's but the unit's."""
    unit = make.UnitFactory(name="重庆市某局")
    lead = make.ResponsibilityFactory(task=make.TaskFactory(plan=cast.plan), unit=unit)
    before = succession.foresee(Change([unit], [heir]))
    make.ProgressReportFactory(responsibility=lead, period=cast.period)
    assert succession.foresee(Change([unit], [heir])).reports == before.reports == 1
    submitted = succession.foresee(Change([cast.chongqing.unit], [heir]))
    assert (submitted.moving, submitted.reports) == (1, 0)
