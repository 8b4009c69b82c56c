"""/api/v1/observations/ and attainment in /targets/: who reads what; entry, versions, review."""

import datetime
from typing import Any

import pytest
from django.test import Client

from tasks.models import Observation, Target
from tasks.states import Basis
from tests import factories as make
from tests.api.conftest import Cast, Door
from units.models import AuditEntry

URL, TARGETS = "/api/v1/observations/", "/api/v1/targets/"


@pytest.fixture
def target(cast: Cast) -> Target:
    """16 % by 2025, for which 重庆市能源局 accounts."""
    row: Target = make.TargetFactory(plan=cast.plan, unit=cast.chongqing.unit)
    return row


def body(target: Target, /, **values: Any) -> dict[str, Any]:
    return {
        "target": target.pk,
        "value": "１６.５％",
        "period": "2025",
        "source_words": "市统计局公报",
        **values,
    }


def enter(door: Door, cast: Cast, target: Target, state: str = "draft") -> Observation:
    row: Observation = make.ObservationFactory(
        entered=True,
        target=target,
        unit=cast.chongqing.unit,
        filled_by=cast.lead,
        state=state,
        submitted_at=make.NOW,
        submitted_by=cast.lead,
        return_reason="请补充。",
    )
    return row


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("lead", {"draft", "submitted", "returned", "approved"}),
        ("coordinator", {"submitted", "returned", "approved"}),
        ("auditor", {"submitted", "returned", "approved"}),
        ("admin", {"draft", "submitted", "returned", "approved"}),
        ("coordinator_sichuan", {"approved"}),
        ("lead_sichuan", {"approved"}),
        ("stranger", {"approved"}),
    ],
)
def test_each_sees_what_the_table_says(
    cast: Cast, door: Door, target: Target, who: str, seen: set[str]
) -> None:
    rows = [enter(door, cast, target, s) for s in ("draft", "submitted", "returned", "approved")]
    client = door(cast.everyone[who])
    assert {row["state"] for row in client.get(URL).data["results"]} == seen
    for row in rows:
        assert client.get(f"{URL}{row.pk}/").status_code == (200 if row.state in seen else 404)


@pytest.mark.parametrize(
    ("who", "told"),
    [("lead", True), ("coordinator", True), ("auditor", False), ("stranger", False)],
)
def test_the_way_is_between_the_unit_and_its_office(
    cast: Cast, door: Door, target: Target, who: str, told: bool
) -> None:
    row = enter(door, cast, target, "approved")
    client = door(cast.everyone[who])
    one = client.get(f"{URL}{row.pk}/")
    (listed,) = client.get(URL).data["results"]
    for shown in (one.data, listed):
        assert ("return_reason" in shown, "version" in shown, "filled_by" in shown) == (told,) * 3
    assert one.headers.get("ETag") == ('"1"' if told else None)


def test_from_draft_to_approval(cast: Cast, door: Door, target: Target) -> None:
    lead, office = door(cast.lead), door(cast.coordinator)
    made = lead.post(URL, body(target), format="json")
    assert made.status_code == 201
    assert (made.data["value"], made.data["state"]) == ("16.5000", "draft")
    assert (made.data["period_text"], made.data["side"]) == ("2025年", "500000")
    one = f"{URL}{made.data['id']}/"
    changed = lead.patch(one, {"note": "初步数"}, format="json", HTTP_IF_MATCH=made["ETag"])
    assert (changed.data["note"], changed.data["value"]) == ("初步数", "16.5000")
    sent = lead.post(f"{one}submit/", {}, format="json", HTTP_IF_MATCH=changed["ETag"])
    assert sent.data["state"] == "submitted"
    assert door(cast.lead).post(f"{one}approve/", HTTP_IF_MATCH=sent["ETag"]).status_code == 403
    assert office.post(f"{one}approve/").status_code == 428
    assert office.post(f"{one}approve/", HTTP_IF_MATCH='"1"').status_code == 412
    done = office.post(f"{one}approve/", HTTP_IF_MATCH=sent["ETag"])
    assert done.data["state"] == "approved"
    answer = door(cast.stranger).get(f"{TARGETS}{target.pk}/").data["attainment"]
    assert answer["result"] == "attained"
    assert answer["observation"]["id"] == made.data["id"]
    assert office.post(f"{one}approve/", HTTP_IF_MATCH=done["ETag"]).status_code == 409
    verbs = AuditEntry.objects.filter(object_id=str(made.data["id"])).values_list("verb", flat=True)
    assert list(verbs.order_by("id")) == [
        "observation.save",
        "observation.save",
        "observation.submit",
        "observation.approve",
    ]


def test_returning(cast: Cast, door: Door, target: Target) -> None:
    row = enter(door, cast, target, "submitted")
    office = door(cast.coordinator)
    one = f"{URL}{row.pk}/return/"
    assert office.post(one, {}, format="json", HTTP_IF_MATCH='"1"').status_code == 400
    answer = office.post(one, {"reason": "请附来源。"}, format="json", HTTP_IF_MATCH='"1"')
    assert (answer.data["state"], answer.data["return_reason"]) == ("returned", "请附来源。")
    mended = door(cast.lead).patch(
        f"{URL}{row.pk}/", {"value": "98.7"}, format="json", HTTP_IF_MATCH=answer["ETag"]
    )
    assert (mended.data["state"], mended.data["value"]) == ("draft", "98.7000")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"value": "约八十"}, "value"),
        ({"value": True}, "value"),
        ({"value": [1]}, "value"),
        ({"period": "2025Q9"}, "period"),
        ({"period": ""}, "ends_on"),
        ({"basis": "随意"}, "basis"),
        ({"place": "别处"}, "place"),
        ({"state": "approved"}, "state"),
        ({"unit": 1}, "unit"),
        ({"target": 0}, "target"),
        ({"supersedes": 0}, "supersedes"),
        ({"note": "长" * 2001}, "note"),
    ],
)
def test_what_is_refused(
    cast: Cast, door: Door, target: Target, values: dict[str, Any], field: str
) -> None:
    answer = door(cast.lead).post(URL, body(target, **values), format="json")
    assert answer.status_code == 400
    assert field in answer.data
    assert not Observation.objects.exists()


@pytest.mark.parametrize("who", ["auditor", "stranger", "lead_sichuan", "helping"])
def test_who_may_not_enter(cast: Cast, door: Door, target: Target, who: str) -> None:
    answer = door(cast.everyone[who]).post(URL, body(target), format="json")
    assert answer.status_code == 403
    assert not Observation.objects.exists()


def test_a_hidden_one_cannot_be_corrected(cast: Cast, door: Door, target: Target) -> None:
    row = enter(door, cast, target)
    answer = door(cast.coordinator).post(URL, body(target, supersedes=row.pk), format="json")
    assert answer.status_code == 400
    assert "没有编号为" in answer.data["supersedes"][0]


def test_doubts_are_confirmed(cast: Cast, door: Door, target: Target) -> None:
    lead = door(cast.lead)
    made = lead.post(URL, body(target, value=164), format="json")
    submit = f"{URL}{made.data['id']}/submit/"
    answer = lead.post(submit, {}, format="json", HTTP_IF_MATCH=made["ETag"])
    assert answer.status_code == 400
    assert "不在0至100之间" in answer.data["confirmed"][0]
    answer = lead.post(submit, {"confirmed": True}, format="json", HTTP_IF_MATCH=made["ETag"])
    assert answer.data["state"] == "submitted"


def test_loaded_ones_are_not_changed(cast: Cast, door: Door) -> None:
    row = make.ObservationFactory()
    for who in ("lead", "coordinator", "admin"):
        answer = door(cast.everyone[who]).patch(
            f"{URL}{row.pk}/", {"value": 1}, format="json", HTTP_IF_MATCH='"1"'
        )
        assert answer.status_code == 403


@pytest.mark.parametrize(("query", "number"), [("attained", 1), ("missed", 0), ("no_data", 1)])
def test_targets_by_attainment(
    cast: Cast, door: Door, target: Target, query: str, number: int
) -> None:
    make.TargetFactory(plan=cast.plan, in_words=True)
    reach(target)
    answer = door(cast.stranger).get(TARGETS, {"attainment": query})
    assert answer.data["count"] == number
    assert {row["attainment"]["result"] for row in answer.data["results"]} <= {query}


def reach(target: Target) -> Observation:
    row: Observation = make.ObservationFactory(
        indicator=target.indicator,
        place=target.place,
        basis=Basis.ANNUAL,
        value=20,
        period_text="2025年",
        starts_on=datetime.date(2025, 1, 1),
        ends_on=datetime.date(2025, 12, 31),
    )
    return row


def test_page_and_api_say_the_same(cast: Cast, door: Door, target: Target) -> None:
    reach(target)
    make.TargetFactory(plan=cast.plan, in_words=True)
    make.TargetFactory(plan=cast.plan, indicator=target.indicator, value=30, year=2030)
    browser = Client()
    browser.force_login(cast.stranger)
    page = browser.get("/targets/")
    shown = {
        row.target.pk: (row.attainment.result, row.attainment.reason, row.attainment.observation)
        for _plan, rows in page.context["plans"]
        for row in rows
    }
    told = {
        row["id"]: (row["attainment"]["result"], row["attainment"]["reason"])
        for row in door(cast.stranger).get(TARGETS).data["results"]
    }
    assert told == {pk: (result, reason) for pk, (result, reason, _seen) in shown.items()}
    assert {result for result, _reason in told.values()} == {"attained", "missed", "no_data"}


def test_the_number_of_queries_does_not_grow(
    cast: Cast, door: Door, target: Target, django_assert_num_queries: Any
) -> None:
    client = door(cast.stranger)
    client.get(TARGETS)
    with django_assert_num_queries(6):
        client.get(TARGETS)
    for _n in range(5):
        reach(make.TargetFactory(plan=make.PlanFactory(), unit=make.UnitFactory()))
    with django_assert_num_queries(6):
        client.get(TARGETS)
