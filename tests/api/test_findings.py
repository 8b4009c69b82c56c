"""/api/v1/findings/: issued, answered, judged, as on the pages."""

from typing import Any

import pytest

from tasks.models import Finding
from tasks.states import FindingState
from tests import factories as make
from tests.api.conftest import Cast, Door

URL = "/api/v1/findings/"
BODY = {"problem": "与现场不符。", "demand": "补齐材料。", "due_on": "2026-12-04"}


@pytest.fixture
def finding(cast: Cast) -> Finding:
    row: Finding = make.FindingFactory(responsibility=cast.chongqing)
    return row


def act(door: Door, who: Any, row: Finding, version: int = 1, **body: Any) -> Any:
    sent = {"text": "说明。", **body}
    headers = {"If-Match": f'"{version}"'}
    return door(who).post(f"{URL}{row.pk}/act/", sent, format="json", headers=headers)


def test_issued_by_an_inspector_alone(cast: Cast, door: Door) -> None:
    body = {**BODY, "responsibility": cast.chongqing.pk}
    answer = door(cast.auditor).post(URL, body, format="json")
    assert answer.status_code == 201
    assert (answer.data["code"], answer.headers["ETag"]) == ("督2026-001", '"1"')
    assert [step["kind"] for step in answer.data["steps"]] == ["issue"]
    for who in (cast.lead, cast.coordinator, cast.stranger):
        assert door(who).post(URL, body, format="json").status_code == 403
    elsewhere = {**BODY, "responsibility": cast.sichuan.pk}
    assert door(cast.auditor).post(URL, elsewhere, format="json").status_code == 403
    late = door(cast.auditor).post(URL, {**body, "due_on": "2026-11-20"}, format="json")
    assert (late.status_code, list(late.data)) == (400, ["due_on"])


def test_who_reads_it(cast: Cast, door: Door, finding: Finding) -> None:
    seen = {who for who, user in cast.everyone.items() if door(user).get(URL).data["count"]}
    assert seen == {"lead", "coordinator", "auditor", "admin"}
    for who, user in cast.everyone.items():
        code = door(user).get(f"{URL}{finding.pk}/").status_code
        assert code == (200 if who in seen else 404), who


def test_answered_and_closed(cast: Cast, door: Door, finding: Finding) -> None:
    answer = act(door, cast.lead, finding, kind="answer", text="已补齐。")
    assert (answer.status_code, answer.data["state"]) == (200, FindingState.ANSWERED)
    assert act(door, cast.auditor, finding, kind="close").status_code == 412
    assert act(door, cast.lead, finding, 2, kind="close").status_code == 403
    assert act(door, cast.auditor, finding, 2, kind="uphold").status_code == 409
    closed = act(door, cast.auditor, finding, 2, kind="close")
    assert closed.data["closed_by"] == str(cast.auditor)
    nameless = door(cast.auditor).post(f"{URL}{finding.pk}/act/", {"kind": "close", "text": "好"})
    assert nameless.status_code == 428


def test_the_office_says_whether_it_agrees(cast: Cast, door: Door) -> None:
    side = make.EndingFactory(responsibility=cast.chongqing, accepted=True).responsibility
    row = make.FindingFactory(responsibility=side, proposing=True)
    silent = act(door, cast.coordinator, row, kind="office")
    assert (silent.status_code, list(silent.data)) == (400, ["agrees"])
    assert act(door, cast.lead, row, kind="answer", agrees=True).status_code == 400
    answer = act(door, cast.coordinator, row, kind="office", agrees=True)
    assert answer.data["office_answer"] == "agreed"
    side.refresh_from_db()
    assert side.state == "in_progress"


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"state": "open"}, 1),
        ({"state": "closed"}, 0),
        ({"unit": "重庆市能源局"}, 1),
        ({"jurisdiction": "510000"}, 0),
        ({"search": "核查"}, 1),
        ({"plan": "joint-2022", "ordering": "-due_on"}, 1),
    ],
)
def test_filters(cast: Cast, door: Door, finding: Finding, query: Any, number: int) -> None:
    assert door(cast.auditor).get(URL, query).data["count"] == number
