"""What an entered observation is checked for: what stops it, and what is confirmed."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tasks.services import observations
from tasks.services.figure_checks import read_value
from tasks.services.observation_entries import entry_of
from tasks.services.observations import NeedsConfirmation
from tasks.services.spans import span_of_code
from tasks.states import Basis, ObservationState
from tests.factories import NOW, ObservationFactory
from tests.tasks.observations.conftest import ENTRY, Cast, save
from units.models import AuditEntry


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"period": "2025Q5"}, "period", "无法识别时段“2025Q5”"),
        ({"period": "0001"}, "period", "无法识别时段"),
        ({"period": "2026"}, "period", "只能填“预计”"),
        ({"period": "2025H1"}, "period", "应为一个整年"),
        ({"period": ""}, "ends_on", "请填写止日"),
        ({"period": "", "ends_on": datetime.date(2025, 6, 30)}, "starts_on", "请填写起日"),
        (
            {
                "period": "",
                "basis": "本期",
                "starts_on": datetime.date(2025, 7, 1),
                "ends_on": datetime.date(2025, 6, 30),
            },
            "ends_on",
            "止日不能早于起日",
        ),
        ({"basis": "随意"}, "basis", "请选择口径"),
        ({"category": "Ⅱ"}, "category", "只填一项"),
        ({"place": "别处"}, "place", "地域应为“重庆市”“四川省”之一"),
        ({"note": "长" * 2001}, "note", "最多2000字"),
    ],
)
def test_what_cannot_be_stored(cast: Cast, change: Any, field: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as error:
        save(cast, entry=replace(ENTRY, **change))
    assert sentence in error.value.message_dict[field][0]
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"), [({"value": None}, "value"), ({"source_words": ""}, "source_words")]
)
def test_what_cannot_be_handed_in(cast: Cast, change: Any, field: str) -> None:
    row = save(cast, entry=replace(ENTRY, **change))
    with pytest.raises(ValidationError) as error:
        observations.submit(row, by=cast.bureau, now=NOW, version=1)
    assert list(error.value.message_dict) == [field]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"value": Decimal(120)}, "不在0至100之间"),
        ({"value": Decimal(60)}, "相差48个百分点"),
        ({"basis": "本期", "period": "2025H1"}, "只作参考"),
        ({"value": None, "category": "Ⅱ"}, "一为数值、一为类别"),
    ],
)
def test_doubts_are_confirmed(cast: Cast, change: Any, sentence: str) -> None:
    ObservationFactory(
        indicator=cast.target.indicator,
        place_name="重庆市",
        basis=Basis.ANNUAL,
        value=12,
        period_text="2024年",
        starts_on=datetime.date(2024, 1, 1),
        ends_on=datetime.date(2024, 12, 31),
    )
    row = save(cast, entry=replace(ENTRY, **change))
    with pytest.raises(NeedsConfirmation) as error:
        observations.submit(row, by=cast.bureau, now=NOW, version=1)
    assert sentence in " ".join(error.value.messages)
    row.refresh_from_db()
    assert row.state == ObservationState.DRAFT
    row = observations.submit(row, by=cast.bureau, now=NOW, version=1, confirmed=True)
    assert row.state == ObservationState.SUBMITTED


def test_the_same_period_comes_once(cast: Cast) -> None:
    save(cast)
    with pytest.raises(ValidationError, match="已在录入或待审核"):
        save(cast, cast.office)
    assert save(cast, cast.office, replace(ENTRY, basis="预计")).pk


@pytest.mark.parametrize(
    ("typed", "measure", "value"),
    [
        ("８０％", "%", "80"),
        (" 1,234.5 ", "万吨", "1234.5"),
        ("４８００万立方米", "万立方米", "4800"),
        ("−3.20", "%", "-3.20"),
        ("", "%", None),
    ],
)
def test_figures_as_people_type_them(typed: str, measure: str, value: str | None) -> None:
    assert read_value(typed, measure) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("约八十", "不是数值"),
        ("80万吨", "现填“万吨”"),
        ("12,34", "小数点请用"),
        ("1.23456", "小数最多4位"),
        ("9" * 15, "数值过大"),
        ("NaN", "不是数值"),
        ("1e5", "现填“e5”"),
    ],
)
def test_figures_that_are_none(typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        read_value(typed, "%")


@pytest.mark.parametrize(
    ("code", "basis", "first", "last", "text"),
    [
        ("2025", "年度", "2025-01-01", "2025-12-31", "2025年"),
        ("２０２５年", "年度", "2025-01-01", "2025-12-31", "2025年"),
        ("2025年上半年", "本期", "2025-01-01", "2025-06-30", "2025年上半年"),
        ("2025q2", "本期", "2025-04-01", "2025-06-30", "2025年第2季度"),
        ("2025Q1-Q3", "累计", None, "2025-09-30", "截至2025年9月30日"),
        ("2024Q4", "时点", None, "2024-12-31", "截至2024年12月31日"),
    ],
)
def test_spans(code: str, basis: str, first: str | None, last: str, text: str) -> None:
    span = span_of_code(code, basis)
    starts = span.starts_on.isoformat() if span.starts_on else None
    assert (starts, span.ends_on.isoformat(), span.text) == (first, last, text)


def test_an_entry_is_read_back_as_it_was_filled_in(cast: Cast) -> None:
    assert entry_of(save(cast)) == replace(ENTRY, place="重庆市")
    days = replace(
        ENTRY,
        basis="本期",
        period="",
        starts_on=datetime.date(2025, 2, 1),
        ends_on=datetime.date(2025, 3, 5),
    )
    assert entry_of(save(cast, entry=days)) == replace(days, place="重庆市")
