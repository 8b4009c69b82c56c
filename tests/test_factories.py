"""Every factory makes legal rows, plain and with each of its traits."""

import inspect

import pytest
from factory.django import DjangoModelFactory

from tests import factories

NAMES = [
    name
    for name, value in vars(factories).items()
    if inspect.isclass(value)
    and issubclass(value, DjangoModelFactory)
    and value is not DjangoModelFactory
]
TRAITS = [(name, trait) for name in NAMES for trait in getattr(factories, name)._meta.parameters]


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_rows_are_legal(name: str) -> None:
    make = getattr(factories, name)
    for row in (make(), make()):
        row.full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "trait"), TRAITS)
def test_traits_are_legal(name: str, trait: str) -> None:
    value = "2026Q4" if trait == "quarter_text" else True
    getattr(factories, name)(**{trait: value}).full_clean()


@pytest.mark.django_db
def test_joint_plan_has_two_sides() -> None:
    plan = factories.joint_plan()
    assert [side.jurisdiction.code for side in plan.sides.all()] == ["500000", "510000"]
