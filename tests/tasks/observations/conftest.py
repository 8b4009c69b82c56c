"""The people of an entered observation, and how they enter one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from tasks.models import Observation, Plan, PlanSide, Target
from tasks.services import observations
from tasks.services.observation_entries import Entry
from tests.factories import (
    NOW,
    JurisdictionFactory,
    TargetFactory,
    UnitFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from tests.kept import kept_for_module
from units.models import Membership, User
from units.states import Role


@dataclass(frozen=True)
class Cast:
    """重庆市's bureau accounts for the target; each side has an office with two people."""

    plan: Plan
    target: Target
    bureau: User
    office: User
    colleague: User
    other_office: User
    leader: User
    inspector: User
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
    unit = UnitFactory(name="重庆市能源局")
    sides = list(PlanSide.objects.filter(plan=plan).select_related("office").order_by("order"))
    leader = coordinator(sides[0].office)
    Membership.objects.filter(user=leader).update(role=Role.LEADER)
    return Cast(
        plan=plan,
        target=TargetFactory(plan=plan, unit=unit, year=2025),
        bureau=officer(unit),
        office=coordinator(sides[0].office),
        colleague=coordinator(sides[0].office),
        other_office=coordinator(sides[1].office),
        leader=leader,
        inspector=inspector(JurisdictionFactory()),
        stranger=officer(UnitFactory()),
    )


ENTRY = Entry(value=Decimal("16.4"), period="2025", source_words="市统计局2025年公报")


def save(cast: Cast, by: User | None = None, entry: Entry = ENTRY, **more: Any) -> Observation:
    return observations.save_draft(cast.target, entry, by=by or cast.bureau, now=NOW, **more)


def hand_in(cast: Cast, by: User | None = None, **more: Any) -> Observation:
    row = save(cast, by, **more)
    return observations.submit(row, by=by or cast.bureau, now=NOW, version=row.version)
