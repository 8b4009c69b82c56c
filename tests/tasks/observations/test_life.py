"""The life of an entered observation: who may, and what is on record."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tasks import policy
from tasks.models import Observation, Plan
from tasks.services import observations
from tasks.states import Attained, Basis, ObservationState
from tests.factories import NOW, TODAY, JurisdictionFactory, ObservationFactory
from tests.tasks.observations.conftest import ENTRY, Cast, hand_in, save
from tracker.lib.stale import Stale
from tracker.lib.states import IllegalMove
from units.models import AuditEntry


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
    for person in (cast.bureau, cast.office):
        with pytest.raises(PermissionDenied):
            save(cast, person, row=loaded, version=1)
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


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "approved"])
def test_who_has_no_right_is_told_that_and_nothing_of_the_state(cast: Cast, state: str) -> None:
    row = ObservationFactory(
        entered=True, target=cast.target, unit=cast.target.unit, filled_by=cast.bureau, state=state
    )
    for person in (cast.other_office, cast.leader, cast.inspector, cast.stranger):
        with pytest.raises(PermissionDenied):
            save(cast, person, row=row, version=0)
        with pytest.raises(PermissionDenied):
            observations.submit(row, by=person, now=NOW, version=0)
    for person in (cast.bureau, cast.other_office, cast.leader, cast.stranger):
        with pytest.raises(PermissionDenied):
            observations.approve(row, by=person, now=NOW)
        with pytest.raises(PermissionDenied):
            observations.send_back(row, reason="", by=person, now=NOW)


def hand_in_again(row: Observation, cast: Cast) -> Observation:
    return observations.submit(row, by=cast.bureau, now=NOW, version=row.version)
