"""/api/v1/endings/ and /api/v1/assessments/: versions, refusals, the same services as the pages."""

from typing import Any

import pytest

from tasks.models import Assessment, Ending, Responsibility
from tasks.states import TaskState
from tests import factories as make
from tests.api.conftest import Cast, Door
from units.models import AuditEntry

URL, ASSESSMENTS = "/api/v1/endings/", "/api/v1/assessments/"


def body(cast: Cast, **values: Any) -> dict[str, Any]:
    side = cast.chongqing.pk
    short = {"shortfall": "余下部分由区县承担。"}
    return {"responsibility": side, "kind": "completed", "reason": "已投产。", **short, **values}


def state(cast: Cast) -> str:
    return Responsibility.objects.get(pk=cast.chongqing.pk).state


def test_claim_and_accept(cast: Cast, door: Door) -> None:
    made = door(cast.lead).post(URL, body(cast), format="json")
    assert made.status_code == 201, made.data
    assert (made.data["state"], made.data["unit"]) == ("claimed", cast.chongqing.unit.name)
    assert state(cast) == TaskState.COMPLETED
    one, office = f"{URL}{made.data['id']}/", door(cast.coordinator)
    assert office.post(f"{one}accept/", {}, format="json").status_code == 428
    stale = office.post(f"{one}accept/", {}, format="json", HTTP_IF_MATCH='"9"')
    assert stale.status_code == 412
    assert state(cast) == TaskState.COMPLETED
    seen = office.get(one).headers["ETag"]
    done = office.post(f"{one}accept/", {"reason": "同意。"}, format="json", HTTP_IF_MATCH=seen)
    assert (done.status_code, done.data["state"]) == (200, "accepted")
    assert (state(cast), done.headers["ETag"]) == (TaskState.CLOSED, '"2"')
    again = office.post(f"{one}accept/", {}, format="json", HTTP_IF_MATCH='"2"')
    assert again.status_code == 409
    back = office.post(
        f"{one}revoke/", {"reason": "复查不合格。"}, format="json", HTTP_IF_MATCH='"2"'
    )
    assert (back.status_code, state(cast)) == (200, TaskState.IN_PROGRESS)
    verbs = AuditEntry.objects.filter(verb__startswith="ending.").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        "ending.claim",
        "ending.accept",
        "ending.revoke",
    ]


def test_what_is_missing_is_named_by_field(cast: Cast, door: Door) -> None:
    short = body(cast)
    del short["shortfall"]
    answer = door(cast.lead).post(URL, short, format="json")
    assert answer.status_code == 400
    assert "shortfall" in str(answer.data)
    carried = door(cast.lead).post(URL, body(cast, kind="carried"), format="json")
    assert carried.status_code == 400
    unknown = door(cast.lead).post(URL, body(cast, state="accepted"), format="json")
    assert unknown.status_code == 400
    assert not Ending.objects.exists()


@pytest.mark.parametrize("who", ["lead_sichuan", "helping", "stranger", "coordinator_sichuan"])
def test_others_neither_claim_nor_read_what_waits(cast: Cast, door: Door, who: str) -> None:
    client = door(cast.everyone[who])
    assert client.post(URL, body(cast), format="json").status_code == 403
    ending = make.EndingFactory(responsibility=cast.chongqing)
    assert client.get(f"{URL}{ending.pk}/").status_code == 404
    assert client.get(URL).data["count"] == 0


def test_the_office_refuses_and_the_lead_withdraws(cast: Cast, door: Door) -> None:
    lead, office = door(cast.lead), door(cast.coordinator)
    for client, way, sent in (
        (office, "refuse", {"reason": "缺验收报告。"}),
        (lead, "withdraw", {}),
    ):
        made = lead.post(URL, body(cast), format="json")
        path = f"{URL}{made.data['id']}/{way}/"
        answer = client.post(path, sent, format="json", HTTP_IF_MATCH=made.headers["ETag"])
        assert (answer.status_code, state(cast)) == (200, TaskState.IN_PROGRESS)


def test_an_office_assesses_its_own_side(cast: Cast, door: Door) -> None:
    one, office = f"{ASSESSMENTS}{cast.chongqing.pk}/", door(cast.coordinator)
    sent = {"outcome": "partly", "reason": "尚有余项。"}
    fresh = office.get(one)
    assert (fresh.data["outcome"], fresh.headers["ETag"]) == (None, '"0"')
    assert office.put(one, sent, format="json").status_code == 428
    done = office.put(one, sent, format="json", HTTP_IF_MATCH='"0"')
    assert (done.status_code, done.data["outcome"], done.headers["ETag"]) == (200, "partly", '"1"')
    assert office.put(one, sent, format="json", HTTP_IF_MATCH='"0"').status_code == 412
    other = f"{ASSESSMENTS}{cast.sichuan.pk}/"
    assert office.put(other, sent, format="json", HTTP_IF_MATCH='"0"').status_code == 403
    assert Assessment.objects.get().responsibility == cast.chongqing
    found = door(cast.lead_sichuan).get(f"{ASSESSMENTS}?plan=joint-2022&outcome=partly").data
    assert [row["id"] for row in found["results"]] == [cast.chongqing.pk]
