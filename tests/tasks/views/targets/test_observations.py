"""Entry and review of observations, through the browser's door."""

from decimal import Decimal

import pytest
from django.urls import reverse

from tasks.models import Observation
from tasks.states import ObservationState
from tests.factories import NOW, ObservationFactory, coordinator
from tests.tasks.views.conftest import words
from tests.tasks.views.targets.conftest import ALL, REVIEW, TARGETS, observe, rows_of
from units.models import Office

FORM = {
    "basis": "年度",
    "year": "2025",
    "part": "",
    "place": "重庆市",
    "value": "１６．４％",
    "source_words": "市统计局公报",
    "version": "0",
}


def test_entering_from_the_form_to_approval(as_, world, target) -> None:
    address = reverse("tasks:observe", args=[target.pk])
    browser = as_(world.lead)
    assert "提交至重庆市双碳办" in browser.get(address).text
    response = browser.post(address, {**FORM, "action": "save"})
    row = Observation.objects.get()
    assert response["Location"] == reverse("tasks:observation_edit", args=[row.pk])
    assert row.value == Decimal("16.4")
    page = browser.get(response["Location"])
    assert 'value="16.4"' in page.text
    response = browser.post(response["Location"], {**FORM, "version": "1", "action": "submit"})
    assert response["Location"] == row.get_absolute_url()
    assert "监测值已提交至重庆市双碳办。" in browser.get(response["Location"]).text
    office = as_(world.office)
    text = office.get(REVIEW).text
    assert "16.4%" in text
    row.refresh_from_db()
    office.post(reverse("tasks:observation_approve", args=[row.pk]), {"version": str(row.version)})
    assert rows_of(as_(world.stranger).get(TARGETS))[target].observation == row


def test_a_form_with_faults_keeps_what_was_typed(as_, world, target) -> None:
    address = reverse("tasks:observe", args=[target.pk])
    wrong = {**FORM, "value": "约八十", "year": "", "note": "我的备注", "action": "submit"}
    response = as_(world.lead).post(address, wrong)
    assert response.status_code == 422
    for said in ("“约八十”不是数值", "请填写年份", "我的备注"):
        assert said in words(response.text)
    assert 'value="约八十"' in response.text
    assert not Observation.objects.exists()


def test_doubts_are_shown_and_confirmed(as_, world, target) -> None:
    address = reverse("tasks:observe", args=[target.pk])
    browser = as_(world.lead)
    odd = {**FORM, "value": "164", "action": "submit"}
    response = browser.post(address, odd)
    assert response.status_code == 422
    assert "不在0至100之间" in response.text
    assert 'name="confirmed"' in response.text
    assert not Observation.objects.exists()
    assert browser.post(address, {**odd, "confirmed": "on"}).status_code == 302
    assert Observation.objects.get().state == ObservationState.SUBMITTED


def test_dates_instead_of_a_part_of_the_year(as_, world, target) -> None:
    address = reverse("tasks:observe", args=[target.pk])
    browser = as_(world.lead)
    days = {**FORM, "basis": "本期", "part": "days", "starts_on": "2025-03-01"}
    response = browser.post(address, {**days, "ends_on": "2025-02-01", "action": "save"})
    assert "止日不能早于起日，请核对。" in response.text
    browser.post(address, {**days, "ends_on": "2025-05-31", "action": "save"})
    assert Observation.objects.get().period_text == "2025年3月1日至2025年5月31日"


def test_an_older_version_is_refused(as_, world, target) -> None:
    row = ObservationFactory(
        entered=True, target=target, unit=world.side.unit, filled_by=world.lead, version=3
    )
    address = reverse("tasks:observation_edit", args=[row.pk])
    response = as_(world.lead).post(address, {**FORM, "version": "2", "action": "save"})
    assert response.status_code == 409
    assert "有新版本" in response.text


def test_a_correction(as_, world, target) -> None:
    old = observe(target, 2025, value=99, place_name="重庆市")
    browser = as_(world.lead)
    address = f"{reverse('tasks:observe', args=[target.pk])}?supersedes={old.pk}"
    assert "更正2025年的监测值99%" in browser.get(address).text
    assert address in browser.get(target.get_absolute_url()).text
    browser.post(address, {**FORM, "action": "submit", "confirmed": "on"})
    new = Observation.objects.get(supersedes=old)
    as_(world.office).post(
        reverse("tasks:observation_approve", args=[new.pk]), {"version": str(new.version)}
    )
    text = as_(world.stranger).get(target.get_absolute_url()).text
    assert "已更正" in text
    assert "该监测值已更正" in as_(world.stranger).get(old.get_absolute_url()).text


@pytest.mark.parametrize("number", ["x", "0", "9" * 30])
def test_a_correction_of_nothing(as_, world, target, number: str) -> None:
    address = reverse("tasks:observe", args=[target.pk])
    assert as_(world.lead).get(address, {"supersedes": number}).status_code == 404


def test_returning_needs_a_reason_and_reaches_the_unit(as_, world, target) -> None:
    row = ObservationFactory(
        entered=True,
        target=target,
        unit=world.side.unit,
        filled_by=world.lead,
        state=ObservationState.SUBMITTED,
        submitted_at=NOW,
    )
    address = reverse("tasks:observation_return", args=[row.pk])
    office = as_(world.office)
    response = office.post(address, {"version": "1", "reason": " "})
    assert response.status_code == 422
    assert "请填写退回理由。" in response.text
    office.post(address, {"version": "0", "reason": "旧"})
    assert Observation.objects.get(pk=row.pk).state == ObservationState.SUBMITTED
    office.post(address, {"version": "1", "reason": "请附来源。"})
    text = as_(world.lead).get(reverse("tasks:observation_edit", args=[row.pk])).text
    assert "请附来源。" in text
    assert "请附来源。" not in as_(world.auditor).get(row.get_absolute_url()).text


DOORS = ("observe", "edit", "view", "approve", "return")


@pytest.mark.parametrize(
    ("who", "state", "statuses"),
    [
        ("lead", "draft", (200, 200, 200, 403, 403)),
        ("lead", "submitted", (200, 404, 200, 403, 403)),
        ("office", "draft", (200, 404, 404, 404, 404)),
        ("office", "submitted", (200, 404, 200, 302, 302)),
        ("other_office", "submitted", (200, 404, 404, 404, 404)),
        ("auditor", "submitted", (404, 404, 200, 403, 403)),
        ("stranger", "submitted", (404, 404, 404, 404, 404)),
        ("other_lead", "approved", (404, 404, 200, 403, 403)),
    ],
)
def test_who_gets_through_which_door(
    as_, world, target, who: str, state: str, statuses: tuple[int, ...]
) -> None:
    got = []
    for door in DOORS:
        row = ObservationFactory(
            entered=True,
            target=target,
            unit=world.side.unit,
            filled_by=world.lead,
            state=state,
            submitted_at=NOW,
        )
        browser = as_(getattr(world, who))
        names = {"observe": "observe", "view": "observation"}
        name = names.get(door, f"observation_{door}")
        address = reverse(f"tasks:{name}", args=[target.pk if door == "observe" else row.pk])
        if door in ("approve", "return"):
            answer = browser.post(address, {"version": "1", "reason": "请补充。"})
        else:
            answer = browser.get(address)
        got.append(answer.status_code)
        expected = {"approve": "approved", "return": "returned"}.get(door, state)
        acted = who == "office" and state == "submitted"
        row.refresh_from_db()
        assert row.state == (expected if acted else state)
    assert tuple(got) == statuses


def test_what_a_form_does_not_hold_cannot_be_set(as_, world, target) -> None:
    more = {"state": "approved", "side": "510000", "unit": "1", "reviewed_by": "1", "order": "7"}
    as_(world.lead).post(
        reverse("tasks:observe", args=[target.pk]), {**FORM, **more, "action": "save"}
    )
    row = Observation.objects.get()
    assert (row.state, row.unit, row.order) == ("draft", world.side.unit, 0)
    assert (row.reviewed_by, row.side) == (None, world.side.side)


def test_ones_own_are_listed(as_, world, target) -> None:
    ObservationFactory(entered=True, target=target, unit=world.side.unit)
    observe(target, 2024)
    assert len(as_(world.lead).get(ALL).context["rows"]) == 2
    assert len(as_(world.lead).get(ALL, {"of": "mine"}).context["rows"]) == 1
    assert len(as_(world.stranger).get(ALL).context["rows"]) == 1
    assert "监测值（1条待提交）" in as_(world.lead).get(TARGETS).text


def test_an_office_does_not_review_its_own_entry(as_, world, target) -> None:
    browser = as_(world.office)
    browser.post(reverse("tasks:observe", args=[target.pk]), {**FORM, "action": "submit"})
    assert "没有待审的监测值" in browser.get(REVIEW).text
    row = Observation.objects.get()
    assert row.office == Office.objects.get(name="重庆市双碳办")
    colleague = coordinator(row.office)
    assert row.indicator.name in as_(colleague).get(REVIEW).text
