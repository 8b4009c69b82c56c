"""Whether a target is reached: from which observation, by which rule; row and SQL agree."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from tasks.models import Observation, Target
from tasks.states import Attained, Basis, ObservationState, Operator, TargetKind
from tests.factories import (
    NOW,
    TODAY,
    IndicatorFactory,
    JurisdictionFactory,
    ObservationFactory,
    OfficeFactory,
    PlanFactory,
    TargetFactory,
)

ANNUAL = {"basis": Basis.ANNUAL, "starts_on": None, "ends_on": None}


@pytest.fixture
def target(db: None) -> Target:
    """Reach 16 % by 2025 against 2020, in 重庆市."""
    return TargetFactory()


def observe(target: Target, year: int = 2025, /, **values: Any) -> Observation:
    """An approved annual figure of the target's indicator and place."""
    base = {
        "indicator": target.indicator,
        "place": target.place,
        "basis": Basis.ANNUAL,
        "period_text": f"{year}年",
        "starts_on": datetime.date(year, 1, 1),
        "ends_on": datetime.date(year, 12, 31),
        "value": 16,
    }
    row: Observation = ObservationFactory(**{**base, **values})
    return row


def answer(target: Target, day: datetime.date = TODAY) -> Any:
    """The row's answer, after checking that SQL says the same."""
    row = Target.objects.select_related("plan").get(pk=target.pk)
    said = row.attainment(day)
    also: Any = Target.objects.with_attainment(day).get(pk=target.pk)
    assert also.attained == said.result
    assert also.observed == (said.observation.pk if said.observation else None)
    return said


def test_a_value_reaches_it(target: Target) -> None:
    seen = observe(target, value=16)
    said = answer(target)
    assert (said.result, said.observation) == (Attained.ATTAINED, seen)
    seen.value = Decimal("15.9999")
    seen.save(update_fields=["value"])
    assert answer(target).result == Attained.MISSED


@pytest.mark.parametrize(
    ("operator", "value", "reached"),
    [
        ("reach", "16", True),
        ("at_least", "15.99", False),
        ("at_least", "30", True),
        ("at_most", "16", True),
        ("at_most", "16.01", False),
        ("fall", "16.4", True),
        ("fall", "12", False),
        ("about", "15.2", True),
        ("about", "16.8", True),
        ("about", "15.1", False),
        ("about", "16.9", False),
        ("exactly", "16", True),
        ("exactly", "16.5", False),
    ],
)
def test_operators(target: Target, operator: str, value: str, reached: bool) -> None:
    target.operator = operator
    target.save(update_fields=["operator"])
    observe(target, value=Decimal(value))
    assert answer(target).result == (Attained.ATTAINED if reached else Attained.MISSED)


@pytest.mark.parametrize(("value", "reached"), [(1, False), (2, True), (3, True), (4, False)])
def test_a_range(db: None, value: int, reached: bool) -> None:
    target = TargetFactory(in_range=True)
    observe(target, value=value)
    assert answer(target).result == (Attained.ATTAINED if reached else Attained.MISSED)


@pytest.mark.parametrize(
    ("operator", "words", "reached"),
    [
        ("reach", "近", False),
        ("reach", "超", True),
        ("at_most", "超", False),
        ("at_most", "近", True),
        ("exactly", "超", False),
    ],
)
def test_words_around_an_equal_figure_count(
    target: Target, operator: str, words: str, reached: bool
) -> None:
    target.operator = operator
    target.save(update_fields=["operator"])
    observe(target, value=16, comparator=words)
    assert answer(target).result == (Attained.ATTAINED if reached else Attained.MISSED)


def test_before_a_year_means_before_it(target: Target) -> None:
    target.operator = Operator.BEFORE
    target.save(update_fields=["operator"])
    observe(target, 2025, value=100)
    assert answer(target).result == Attained.NO_DATA
    observe(target, 2024, value=16)
    assert answer(target).result == Attained.ATTAINED


@pytest.mark.parametrize(
    ("promised", "seen", "operator", "result"),
    [
        ("Ⅱ", "Ⅱ", "reach", "attained"),
        ("Ⅱ", "I类", "reach", "attained"),
        ("Ⅱ", "Ⅲ", "at_least", "missed"),
        ("Ⅱ", "Ⅰ", "exactly", "missed"),
        ("Ⅱ", "II", "exactly", "attained"),
        ("甲", "甲", "reach", "attained"),
        ("甲", "乙", "reach", "no_data"),
        ("Ⅱ", "Ⅱ", "about", "no_data"),
    ],
)
def test_classes(db: None, promised: str, seen: str, operator: str, result: str) -> None:
    target = TargetFactory(
        kind=TargetKind.QUALITATIVE, value=None, category=promised, operator=operator
    )
    observe(target, value=None, category=seen)
    assert answer(target).result == result


def test_words_need_a_person(db: None) -> None:
    target = TargetFactory(in_words=True)
    observe(target, value=99)
    said = answer(target)
    assert (said.result, said.reason) == (Attained.NO_DATA, "文字目标，须人工判断")


def test_the_nearest_year_up_to_the_targets_counts(target: Target) -> None:
    observe(target, 2023, value=20)
    near = observe(target, 2024, value=10)
    observe(target, 2026, value=99)
    said = answer(target, datetime.date(2027, 6, 1))
    assert (said.result, said.observation) == (Attained.MISSED, near)
    assert "目标年尚无监测值，按最近的2024年判断" in said.reason


def test_what_is_not_due_says_so(db: None) -> None:
    target = TargetFactory(year=2030)
    observe(target, 2024, value=10)
    said = answer(target)
    assert (said.result, said.reason) == (Attained.MISSED, "未到期")
    assert said.light == "yellow"
    assert not said.is_due


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"state": ObservationState.DRAFT}, "尚无该指标的监测值"),
        ({"state": ObservationState.SUBMITTED}, "尚无该指标的监测值"),
        ({"state": ObservationState.RETURNED}, "尚无该指标的监测值"),
        ({"place": None, "place_name": "江津区"}, "只有其他地域的监测值（江津区）"),
        ({"basis": Basis.FORECAST}, "只有预计值，不作为达到的依据"),
        (
            {"basis": Basis.PERIOD, "ends_on": datetime.date(2025, 6, 30)},
            "口径不符：2025年为本期值，不作比较",
        ),
        ({"value": None, "category": "Ⅱ"}, "一为数值、一为类别"),
        ({"ends_on": datetime.date(2026, 12, 31)}, "监测值的时段尚未结束或不明"),
        ({"period_text": "近年", "starts_on": None, "ends_on": None}, "时段尚未结束或不明"),
        (
            {"ends_on": datetime.date(2020, 12, 31), "starts_on": None},
            "只有基准年及以前或目标年以后的监测值",
        ),
    ],
)
def test_why_nothing_fits(target: Target, values: dict[str, Any], reason: str) -> None:
    if "state" in values:
        values = {**values, "target": target, "office": OfficeFactory()}
    observe(target, **values)
    said = answer(target)
    assert said.result == Attained.NO_DATA
    assert reason in said.reason


def test_another_measure_is_not_compared(target: Target) -> None:
    other = IndicatorFactory(name=target.indicator.name, measure="万吨")
    observe(target, indicator=other)
    said = answer(target)
    assert said.result == Attained.NO_DATA
    assert said.reason == "监测值的计量单位为万吨，与目标的不同，不作比较"


def test_a_forecast_is_shown_beside_it(target: Target) -> None:
    guess = observe(target, basis=Basis.FORECAST, value=20)
    seen = observe(target, 2024, value=10)
    said = answer(target)
    assert (said.result, said.observation, said.forecast) == (Attained.MISSED, seen, guess)


def test_a_half_year_counts_for_a_frequency(db: None) -> None:
    target = TargetFactory(kind=TargetKind.FREQUENCY, operator=Operator.EXACTLY, value=1)
    observe(target, value=1, basis=Basis.PERIOD, ends_on=datetime.date(2025, 6, 30))
    assert answer(target).result == Attained.ATTAINED


def test_the_plans_place_stands_for_none(db: None) -> None:
    plan = PlanFactory(jurisdiction=JurisdictionFactory())
    target = TargetFactory(plan=plan, place=None)
    observe(target, place=JurisdictionFactory(sichuan=True))
    assert answer(target).result == Attained.NO_DATA
    observe(target, place=plan.jurisdiction)
    assert answer(target).result == Attained.ATTAINED


def test_what_was_corrected_no_longer_counts(target: Target) -> None:
    wrong = observe(target, value=20)
    office = OfficeFactory()
    values = {"target": target, "office": office, "document": None, "supersedes": wrong}
    right = observe(target, value=10, state=ObservationState.SUBMITTED, **values)
    assert answer(target).observation == wrong
    right.state, right.reviewed_at = ObservationState.APPROVED, NOW
    right.save(update_fields=["state", "reviewed_at"])
    assert answer(target).observation == right
    # As of a day before that, the first still held.
    assert answer(target, TODAY - datetime.timedelta(days=1)).observation == wrong
