"""A world in which both sides are late, each in its own way."""

import datetime

import pytest

from tasks.models import Responsibility

OVERDUE = "/overdue/"


@pytest.fixture
def late(world):
    """重庆市's side is past its own date; the plan is over, so 四川省's is 期满未办结."""
    world.plan.ends_on = datetime.date(2025, 12, 31)
    world.plan.save()
    world.side.due_on = datetime.date(2026, 11, 13)
    world.side.save()
    return world


def sides(response) -> list[Responsibility]:
    return [row.side for row in response.context["rows"]]
