"""The life of an entered observation: who may, what is checked, what is on record."""

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tasks import policy
from tasks.models import Observation, Plan, PlanSide, Target
from tasks.services import observations
from tasks.services.figure_checks import read_value
from tasks.services.observation_entries import Entry, entry_of
from tasks.services.observations import NeedsConfirmation
from tasks.services.spans import span_of_code
from tasks.states import Attained, Basis, ObservationState
from tests.factories import (
    NOW,
    TODAY,
    JurisdictionFactory,
    ObservationFactory,
    TargetFactory,
    UnitFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from tracker.lib.stale import Stale
from tracker.lib.states import IllegalMove
from units.models import AuditEntry, Membership, User
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


@pytest.fixture
def cast(db: None) -> Cast:
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


def test_from_draft_to_attained(cast: Cast) -> None:
    row = save(cast)
    assert (row.state, row.unit, row.side) == ("draft", cast.target.unit, JurisdictionFactory())
    assert (row.starts_on, row.ends_on) == (datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
    assert row.period_text == "2025年"
    row = observations.submit(row, by=cast.bureau, now=NOW, version=1)
    assert cast.target.attainment(TODAY).result == Attained.NO_DATA
    row = observations.approve(row, by=cast.office, now=NOW)
    said = cast.target.attainment(TODAY)
    assert (said.result, said.observation) == (Attained.ATTAINED, row)
    verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["observation.save", "observation.submit", "observation.approve"]
    assert AuditEntry.objects.get(verb="observation.save").after["value"] == "16.4"


def test_returned_mended_and_handed_in_again(cast: Cast) -> None:
    row = hand_in(cast)
    row = observations.send_back(row, reason="口径有误。", by=cast.office, now=NOW)
    assert (row.state, row.return_reason) == ("returned", "口径有误。")
    row = save(cast, entry=replace(ENTRY, value=Decimal(15)), row=row, version=row.version)
    assert row.state == ObservationState.DRAFT
    assert observations.submit(row, by=cast.bureau, now=NOW, version=row.version).value == 15


@pytest.mark.parametrize("who", ["other_office", "leader", "inspector", "stranger"])
def test_who_may_not_enter(cast: Cast, who: str) -> None:
    if who == "other_office":  # of the same plan: enters, on its own side
        assert save(cast, cast.other_office).side == JurisdictionFactory(sichuan=True)
        return
    with pytest.raises(PermissionDenied):
        save(cast, getattr(cast, who))
    assert not Observation.objects.exists()


def test_a_draft_plan_takes_no_figures(cast: Cast) -> None:
    Plan.objects.filter(pk=cast.plan.pk).update(status="draft", tracked_from="")
    with pytest.raises(PermissionDenied):
        save(cast)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("office", True),
        ("colleague", True),
        ("bureau", False),
        ("other_office", False),
        ("leader", False),
        ("inspector", False),
    ],
)
def test_who_reviews(cast: Cast, who: str, may: bool) -> None:
    row = hand_in(cast)
    if may:
        assert observations.approve(row, by=getattr(cast, who), now=NOW).state == "approved"
        return
    with pytest.raises(PermissionDenied):
        observations.approve(row, by=getattr(cast, who), now=NOW)
    with pytest.raises(PermissionDenied):
        observations.send_back(row, reason="不", by=getattr(cast, who), now=NOW)


def test_nobody_reviews_what_they_once_saved(cast: Cast) -> None:
    draft = save(cast, cast.office)
    row = save(cast, cast.colleague, row=draft, version=1)
    row = observations.submit(row, by=cast.colleague, now=NOW, version=2)
    for person in (cast.office, cast.colleague):
        with pytest.raises(PermissionDenied):
            observations.approve(row, by=person, now=NOW)


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        ("draft", {"bureau"}),
        ("submitted", {"bureau", "office", "colleague", "leader", "inspector"}),
        ("returned", {"bureau", "office", "colleague", "leader", "inspector"}),
        (
            "approved",
            {"bureau", "office", "colleague", "leader", "inspector", "other_office", "stranger"},
        ),
    ],
)
def test_who_sees_it(cast: Cast, state: str, seen: set[str]) -> None:
    row = ObservationFactory(
        entered=True,
        target=cast.target,
        unit=cast.target.unit,
        filled_by=cast.bureau,
        state=state,
    )
    people = [name for name in Cast.__dataclass_fields__ if name not in ("plan", "target")]
    found = {name for name in people if policy.can(getattr(cast, name), "observation.view", row)}
    assert found == seen


def test_a_loaded_one_is_corrected_never_changed(cast: Cast) -> None:
    loaded = ObservationFactory(
        indicator=cast.target.indicator,
        place=cast.target.place,
        place_name="重庆市",
        basis=Basis.ANNUAL,
        period_text="2025年",
        starts_on=datetime.date(2025, 1, 1),
        ends_on=datetime.date(2025, 12, 31),
        value=10,
    )
    with pytest.raises(ValidationError, match="不能修改"):
        save(cast, row=loaded, version=1)
    with pytest.raises(ValidationError, match="不能重复录入"):
        save(cast)
    row = hand_in(cast, supersedes=loaded)
    assert cast.target.attainment(TODAY).observation == loaded
    with pytest.raises(ValidationError, match="正在更正"):
        save(cast, cast.office, supersedes=loaded)
    observations.approve(row, by=cast.office, now=NOW)
    assert cast.target.attainment(TODAY).observation == row
    loaded.refresh_from_db()
    assert loaded.value == 10


def test_only_ones_own_indicator_is_corrected(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="只能更正"):
        save(cast, supersedes=ObservationFactory())


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


def test_versions(cast: Cast) -> None:
    row = save(cast)
    save(cast, row=row, version=1)
    with pytest.raises(Stale):
        save(cast, row=row, version=1)
    with pytest.raises(Stale):
        observations.submit(row, by=cast.bureau, now=NOW, version=1)
    row = observations.submit(row, by=cast.bureau, now=NOW, version=2)
    row.version = 2
    with pytest.raises(Stale):
        observations.approve(row, by=cast.office, now=NOW)


def test_moves(cast: Cast) -> None:
    row = save(cast)
    with pytest.raises(IllegalMove):
        observations.approve(row, by=cast.office, now=NOW)
    with pytest.raises(IllegalMove):
        observations.send_back(row, reason="不", by=cast.office, now=NOW)
    with pytest.raises(ValidationError, match="退回理由"):
        observations.send_back(hand_in_again(row, cast), reason=" ", by=cast.office, now=NOW)


def hand_in_again(row: Observation, cast: Cast) -> Observation:
    return observations.submit(row, by=cast.bureau, now=NOW, version=row.version)


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
