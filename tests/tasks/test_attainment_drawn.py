"""Whether a target is reached: row and SQL agree about worlds drawn at random."""

import datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.models import Indicator, Observation, Plan, Target
from tasks.states import Attained, Basis, ObservationState, Operator, TargetKind
from tests.factories import (
    NOW,
    TODAY,
    DocumentFactory,
    IndicatorFactory,
    JurisdictionFactory,
    OfficeFactory,
    PlanFactory,
    TargetFactory,
)


def draw_target(dice: Random, world: dict[str, Any], order: int) -> Target:
    numbers = dice.random() < 0.75
    operator = dice.choice(list(Operator))
    value = Decimal(dice.choice([10, 16, 20])) if numbers else None
    high = value + dice.choice([0, 4]) if value and operator == Operator.BETWEEN else None
    return Target(
        plan=dice.choice(world["plans"]),
        order=order,
        indicator=dice.choice(world["indicators"]),
        kind=dice.choice([TargetKind.QUALITATIVE, TargetKind.FREQUENCY, TargetKind.MILESTONE]),
        year=dice.choice([None, 2024, 2025, 2026]),
        operator=operator,
        value=value,
        value_max=high,
        category="" if numbers else dice.choice(["", "Ⅱ", "甲"]),
        basis=dice.choice(["", "", "", Basis.CUMULATIVE]),
        baseline_year=dice.choice([None, None, 2023]),
        place=dice.choice([None, *world["places"]]),
        place_name=dice.choice(["", "", "重庆市", "别处"]),
    )


def draw_observation(dice: Random, world: dict[str, Any], order: int) -> Observation:
    last = dice.choice([None, *[datetime.date(y, 12, 31) for y in (2023, 2024, 2025, 2026)]])
    last = dice.choice([last, last, last and last.replace(month=6, day=30)])
    numbers = dice.random() < 0.75
    corrected = dice.choice([None, None, *world["observations"]])
    taken = {row.supersedes_id for row in world["observations"]}
    return Observation(
        document=world["document"],
        order=order,
        indicator=dice.choice(world["indicators"]),
        value=Decimal(dice.choice(["9", "10", "16", "16.5", "20", "21"])) if numbers else None,
        category="" if numbers else dice.choice(["Ⅰ", "II", "Ⅲ类", "甲", "乙"]),
        comparator=dice.choice(["", "", "超", "近", "保持为"]),
        basis=dice.choice(list(Basis)),
        period_text=dice.choice(["2024年度", "截至2024年6月", "近年", "2025年"]),
        starts_on=last and dice.choice([None, datetime.date(last.year, 1, 1)]),
        ends_on=last,
        place=dice.choice([None, *world["places"]]),
        place_name=dice.choice(["", "", "重庆市", "别处"]),
        state=dice.choice([*ObservationState, *[ObservationState.APPROVED] * 6]),
        reviewed_at=dice.choice([None, None, NOW, NOW + datetime.timedelta(days=3)]),
        supersedes=None if corrected and corrected.pk in taken else corrected,
        target=world["target"],
        office=world["office"],
    )


@pytest.fixture
def drawn_from(db: None) -> dict[str, Any]:
    places = [JurisdictionFactory(), JurisdictionFactory(sichuan=True)]
    return {
        "places": places,
        "plans": [PlanFactory(), PlanFactory(jurisdiction=places[0])],
        "indicators": [
            IndicatorFactory(name="甲", measure="%"),
            IndicatorFactory(name="甲", measure="万吨"),
        ],
        "document": DocumentFactory(),
        "target": TargetFactory(),
        "office": OfficeFactory(),
    }


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32 - 1))
def test_rows_and_sets_agree(drawn_from: dict[str, Any], seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - data of a test
    world = {**drawn_from, "observations": []}
    for order in range(30):
        row = draw_observation(dice, world, order)
        row.save()
        world["observations"].append(row)
    made = [draw_target(dice, world, order) for order in range(2, 22)]
    Target.objects.bulk_create(made)
    try:
        rows: Any = Target.objects.with_attainment(TODAY).select_related("plan", "indicator")
        for row in rows:
            said = row.attainment(TODAY)
            assert (row.attained, row.observed) == (
                said.result,
                said.observation.pk if said.observation else None,
            )
            assert said.observation or said.reason
    finally:
        Target.objects.filter(pk__in=[row.pk for row in made]).delete()
        for row in reversed(world["observations"]):
            row.delete()


def test_the_world_draws_every_answer(drawn_from: dict[str, Any]) -> None:
    """The property would hold of nothing, too: each answer must turn up among what it draws."""
    dice = Random(7)  # noqa: S311 - data of a test
    world = {**drawn_from, "observations": []}
    for order in range(60):
        row = draw_observation(dice, world, order)
        row.save()
        world["observations"].append(row)
    Target.objects.bulk_create([draw_target(dice, world, order) for order in range(2, 62)])
    answers = {t.attainment(TODAY).result for t in Target.objects.select_related("plan")}
    assert answers == set(Attained)
    assert Plan.objects.exists()
    assert Indicator.objects.exists()
