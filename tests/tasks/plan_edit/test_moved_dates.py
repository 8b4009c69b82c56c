"""A date that is moved, and moved back: what was told of it no longer holds, then holds again."""

import datetime
from collections.abc import Callable
from dataclasses import replace

import pytest

from tasks.models import Notice, Plan, Responsibility
from tasks.services import duties, notices, plan_edit, plan_texts
from tasks.services.duties import DutyText
from tasks.services.plan_texts import TaskText
from tests.factories import (
    TODAY,
    NoticeFactory,
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
)
from tests.tasks.plan_edit.conftest import head_of, seen
from units.models import User

pytestmark = pytest.mark.django_db

FIRST, LATER = datetime.date(2027, 3, 31), datetime.date(2027, 9, 30)
Move = Callable[[Responsibility, datetime.date, User], object]


def move_duty(side: Responsibility, day: datetime.date, by: User) -> None:
    text = replace(DutyText.of(side), due_on=day)
    duties.edit_duty(side, text, seen=seen(side), by=by, reason="更正")


def move_task(side: Responsibility, day: datetime.date, by: User) -> None:
    text = replace(TaskText.of(side.task), due_on=day)
    plan_texts.edit_task(side.task, text, seen=seen(side.task), by=by, reason="更正")


def move_plan(side: Responsibility, day: datetime.date, by: User) -> None:
    plan = side.task.plan
    plan_edit.edit_plan(
        plan, head_of(plan, ends_on=day), seen=seen(plan), by=by, today=TODAY, reason="更正"
    )


def fresh(side: Responsibility) -> Responsibility:
    return Responsibility.objects.select_related("task__plan", "task__action").get(pk=side.pk)


@pytest.fixture
def side(plan: Plan) -> Responsibility:
    PeriodFactory(plan=plan)
    return ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory())


def told_of(side: Responsibility, day: datetime.date) -> Notice:
    return NoticeFactory(
        rule="task_due", subject=notices.task_subject(side.pk), task=side.task, due_on=day
    )


def is_settled(notice: Notice) -> bool:
    notice.refresh_from_db()
    return notice.settled


@pytest.mark.parametrize("move", [move_duty, move_task, move_plan])
def test_what_was_told_of_a_date_holds_while_it_does(
    side: Responsibility, office: User, move: Move
) -> None:
    move(side, FIRST, office)
    first = told_of(side, FIRST)
    move(fresh(side), LATER, office)
    later = told_of(side, LATER)
    assert (is_settled(first), is_settled(later)) == (True, False)
    move(fresh(side), FIRST, office)
    assert (is_settled(first), is_settled(later)) == (False, True)


@pytest.mark.parametrize("move", [move_task, move_plan])
def test_a_side_with_a_date_of_its_own_is_left_alone(
    side: Responsibility, office: User, move: Move
) -> None:
    move_duty(side, FIRST, office)
    first = told_of(side, FIRST)
    move(fresh(side), LATER, office)
    assert not is_settled(first)


def test_a_side_that_is_done_owes_nothing_by_either_date(
    side: Responsibility, office: User
) -> None:
    move_duty(side, FIRST, office)
    first = told_of(side, FIRST)
    Responsibility.objects.update(state="completed", state_since=TODAY)
    notices.settle([first.subject])
    move_duty(fresh(side), LATER, office)
    move_duty(fresh(side), FIRST, office)
    assert is_settled(first)
