"""A plan of two offices, and what a person's page has seen of its rows."""

from dataclasses import replace
from typing import Any

import pytest

from tasks.models import Action, Plan, Responsibility, Task
from tasks.services.duties import DutyText
from tasks.services.editing import stamp
from tasks.services.plan_edit import PlanHead
from tasks.services.plan_texts import ActionText, TaskText
from tests.factories import coordinator, joint_plan
from units.models import User


def head_of(plan: Plan, **values: Any) -> PlanHead:
    return replace(PlanHead.of(plan), **values)


def seen(row: Plan | Action | Task | Responsibility) -> str:
    """The stamp that the form of the row sends back."""
    if isinstance(row, Plan):
        return stamp(PlanHead.of(row))
    if isinstance(row, Responsibility):
        return stamp(DutyText.of(row))
    return stamp(ActionText.of(row) if isinstance(row, Action) else TaskText.of(row))


@pytest.fixture
def plan() -> Plan:
    return joint_plan()


@pytest.fixture
def office(plan: Plan) -> User:
    return coordinator(plan.sides.get(order=0).office)


@pytest.fixture
def other_office(plan: Plan) -> User:
    return coordinator(plan.sides.get(order=1).office)
