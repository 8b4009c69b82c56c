"""Quarters open by themselves, each once, on the dates of the rules."""

import datetime

import pytest

from tasks.models import Period
from tasks.services import periods
from tasks.states import TaskState
from tests.factories import PlanFactory, ResponsibilityFactory, TaskFactory, UserFactory
from tracker.lib.workdays import Quarter
from units.models import AuditEntry

D = datetime.date
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("quarter", "opens", "due", "grace"),
    [
        # 10 January 2026 is a Saturday off; 10 October 2026 a Saturday worked.
        ("2025Q4", D(2025, 12, 1), D(2026, 1, 12), D(2026, 1, 19)),
        ("2026Q1", D(2026, 3, 1), D(2026, 4, 10), D(2026, 4, 17)),
        ("2026Q2", D(2026, 6, 1), D(2026, 7, 10), D(2026, 7, 17)),
        ("2026Q3", D(2026, 9, 1), D(2026, 10, 10), D(2026, 10, 16)),
    ],
)
def test_the_dates_of_a_quarter(quarter: str, opens: D, due: D, grace: D) -> None:
    period = periods.build(PlanFactory(), Quarter.parse(quarter))
    assert (period.opens_on, period.due_on, period.grace_until) == (opens, due, grace)


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (D(2026, 2, 28), "2025Q4"),
        (D(2026, 3, 1), "2026Q1"),
        (D(2026, 11, 30), "2026Q3"),
        (D(2026, 12, 1), "2026Q4"),
        (D(2027, 1, 1), "2026Q4"),
    ],
)
def test_the_latest_quarter_that_has_opened(today: D, last: str) -> None:
    assert str(periods.latest_open_quarter(today)) == last


def test_all_quarters_since_the_first_open_once_and_are_on_record() -> None:
    side = ResponsibilityFactory()
    person = UserFactory(name="协调员")
    opened = periods.open_due_periods(today=D(2026, 12, 1), by=person)
    assert [p.code for p in opened] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    entries = AuditEntry.objects.filter(verb="period.open")
    assert {(e.actor, e.object_id) for e in entries} == {(person, str(p.pk)) for p in opened}
    assert entries[0].after == {"due_on": "2027-01-11"}
    assert periods.open_due_periods(today=D(2026, 12, 1)) == []
    assert Period.objects.filter(plan=side.task.plan).count() == 4
    assert AuditEntry.objects.count() == 4


def test_a_gap_is_filled() -> None:
    plan = ResponsibilityFactory().task.plan
    periods.build(plan, Quarter(2026, 2)).save()
    opened = periods.open_due_periods(today=D(2026, 9, 1))
    assert [p.code for p in opened] == ["2026Q1", "2026Q3"]


def test_plans_that_are_not_tracked_open_nothing() -> None:
    ResponsibilityFactory(task=TaskFactory(plan=PlanFactory(tracked_from="")))
    ResponsibilityFactory(task=TaskFactory(plan=PlanFactory(draft=True)))
    TaskFactory(plan=PlanFactory())  # nobody leads
    assert periods.open_due_periods(today=D(2026, 12, 1)) == []


@pytest.mark.parametrize("state", [TaskState.CLOSED, TaskState.SUSPENDED])
def test_a_plan_whose_tasks_have_ended_opens_nothing(state: TaskState) -> None:
    plan = ResponsibilityFactory(state=state).task.plan
    assert periods.open_due_periods(today=D(2026, 12, 1)) == []
    ResponsibilityFactory(task=TaskFactory(plan=plan), state=TaskState.COMPLETED)
    assert len(periods.open_due_periods(today=D(2026, 12, 1))) == 4


def test_after_the_plans_end_quarters_go_on_while_tasks_are_open() -> None:
    ResponsibilityFactory(task=TaskFactory(plan=PlanFactory(ended=True)))
    assert len(periods.open_due_periods(today=D(2026, 12, 1))) == 4


def test_a_plan_of_the_future_waits() -> None:
    ResponsibilityFactory(task=TaskFactory(plan=PlanFactory(tracked_from="2027Q1")))
    assert periods.open_due_periods(today=D(2026, 12, 1)) == []
