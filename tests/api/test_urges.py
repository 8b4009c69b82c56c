"""催办 by hand through the API: the same as through the pages."""

from typing import Any

import pytest

from tasks.models import PhoneCall, Urge
from tests.factories import NOW
from tests.tasks.views.conftest import as_ as as_
from tests.tasks.views.conftest import clock as clock
from tests.tasks.views.conftest import world as world
from tests.tasks.views.conftest import worlds as worlds
from tests.tasks.views.overdue.conftest import late as late

URGES = "/api/v1/urges/"


def post(browser: Any, path: str, **body: Any) -> Any:
    return browser.post(path, body, content_type="application/json")


def subject(late: Any) -> str:
    return f"task/{late.side.pk}"


def test_the_late_list_gives_the_keys_with_which_one_urges(as_, late, clock):
    browser = as_(late.office)
    rows = browser.get("/api/v1/overdue/", {"kind": "overdue"}).json()["results"]
    (key,) = [row["subject"] for row in rows]
    assert key == subject(late)
    seen = post(browser, f"{URGES}preview/", subjects=[key, "task/999999"]).json()
    assert seen["office"] == "重庆市双碳办"
    assert seen["gone"] == ["task/999999"]
    (part,) = seen["urges"]
    assert (part["unit"], part["kind"], part["people"]) == (
        late.side.unit.name,
        "urge",
        [str(late.lead)],
    )
    assert not Urge.objects.exists()


def test_sending_signing_and_again(as_, late, clock):
    sent = post(as_(late.office), URGES, subjects=[subject(late)], line="请抓紧。")
    assert sent.status_code == 201
    (part,) = sent.json()["urges"]
    assert (part["code"], part["state"], part["answer_by"]) == ("催2026-001", "sent", "2026-11-25")
    browser = as_(late.lead)
    path = f"{URGES}{part['id']}/"
    assert [row["id"] for row in browser.get(URGES).json()["results"]] == [part["id"]]
    signed = post(browser, f"{path}sign/").json()
    assert (signed["state"], signed["signed_by"]) == ("signed", str(late.lead))
    assert post(browser, f"{path}sign/").status_code == 409
    answered = post(browser, f"{path}sign/", answer="本周办结。").json()
    assert (answered["state"], answered["answer"]) == ("answered", "本周办结。")
    assert post(browser, f"{path}again/").status_code == 403
    browser = as_(late.office)
    again = post(browser, f"{path}again/").json()
    assert again["urges"][0]["again"] == part["sending"]
    rows = browser.get(URGES, {"state": "unsigned"}).json()["results"]
    assert [row["sending"] for row in rows] == [again["sending"]]
    sending = f"/api/v1/sendings/{again['sending']}/"
    assert browser.get(f"{sending}letters/").headers["Content-Type"] == "application/zip"
    row = browser.get("/api/v1/overdue/", {"kind": "overdue"}).json()["results"][0]
    assert row["reminded"]["urged"] == 2


def test_calls(as_, late, clock):
    browser = as_(late.office)
    path = "/api/v1/phone-calls/"
    assert post(browser, path, subjects=[subject(late)]).status_code == 400
    made = post(browser, path, subjects=[subject(late)], line="李处长接听。")
    assert made.status_code == 201
    assert made.json()["calls"][0]["unit"] == late.side.unit.name
    assert PhoneCall.objects.get().made_at == NOW
    assert browser.get(path).json()["count"] == 1
    assert as_(late.lead).get(path).json()["count"] == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"subjects": "task/1"}, "subjects"),
        ({"units": ["x"]}, "units"),
        ({"units": [0]}, "units"),
        ({"subjects": ["task/1"], "answer_by": "2020-01-01"}, "answer_by"),
        ({"subjects": ["task/1"], "made_by": 1}, "made_by"),
        ({"office": 99999999}, "office"),
    ],
)
def test_what_is_wrong_is_named(as_, late, clock, body, field):
    answer = post(as_(late.office), URGES, **body)
    assert answer.status_code == 400
    assert field in str(answer.json())


def test_the_other_side_is_asked_and_nobody_there_is_named(as_, late, clock):
    key = f"task/{late.other_side.pk}"
    (part,) = post(as_(late.office), f"{URGES}preview/", subjects=[key]).json()["urges"]
    assert (part["kind"], part["people"], part["unnamed"]) == ("request", [], 1)
    (sent,) = post(as_(late.office), URGES, subjects=[key]).json()["urges"]
    assert sent["code"] == "商2026-001"
    assert "商请" in sent["things"][0]["sentence"]
    for who in (late.lead, late.other_office, late.cooperating):
        browser = as_(who)
        for path in (f"{URGES}{sent['id']}/", f"{URGES}{sent['id']}/letter/"):
            assert browser.get(path).status_code == 404
        assert post(browser, f"{URGES}{sent['id']}/sign/").status_code == 404
        again = post(browser, f"/api/v1/sendings/{sent['sending']}/again/")
        assert again.status_code == 404
    assert Urge.objects.count() == 1


def test_the_same_call_of_the_api_twice_sends_and_notes_once(as_, late, clock):
    browser = as_(late.office)
    told = {"subjects": [subject(late)], "line": "请抓紧。"}
    one, two = (post(browser, URGES, **told).json() for _n in range(2))
    assert one["sending"] == two["sending"]
    one, two = (post(browser, "/api/v1/phone-calls/", **told).json() for _n in range(2))
    assert [call["id"] for call in one["calls"]] == [call["id"] for call in two["calls"]]


def test_nothing_chosen_and_what_is_done_are_refused(as_, late, clock):
    browser = as_(late.office)
    for body in ({}, {"subjects": ["task/999999"]}, {"subjects": [subject(late), "task/999999"]}):
        assert post(browser, URGES, **body).status_code == 400
        answer = post(browser, "/api/v1/phone-calls/", line="已告知。", **body)
        assert answer.status_code == 400
    assert not Urge.objects.exists()
    assert not PhoneCall.objects.exists()
