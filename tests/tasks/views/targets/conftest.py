"""A target of 重庆市, what is observed of it, and the pages that tell so."""

import datetime
from typing import Any

import pytest

from tasks.models import Observation, Target
from tasks.states import Basis
from tests.factories import ObservationFactory, TargetFactory

TARGETS, REVIEW, ALL = "/targets/", "/observations/review/", "/observations/"


@pytest.fixture
def target(world: Any, clock: Any) -> Target:
    """16 % by 2025 in 重庆市, for which 重庆市能源局 accounts."""
    return TargetFactory(plan=world.plan, unit=world.side.unit)


def observe(target: Target, year: int, /, **values: Any) -> Observation:
    base = {
        "indicator": target.indicator,
        "place": target.place,
        "basis": Basis.ANNUAL,
        "period_text": f"{year}年",
        "starts_on": datetime.date(year, 1, 1),
        "ends_on": datetime.date(year, 12, 31),
    }
    row: Observation = ObservationFactory(**{**base, **values})
    return row


def rows_of(response: Any) -> dict[Target, Any]:
    return {row.target: row.attainment for _, rows in response.context["plans"] for row in rows}
