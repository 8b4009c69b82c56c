"""The brief's page and its API: who gets in, what stands there, what is written."""

from typing import Any

import pytest

from tasks.models import BriefNote
from tests import factories as make
from tests.api.conftest import Cast
from tests.tasks.brief.conftest import API, NOTE, PAGE, WORD, enter
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db


def test_its_readers_read_it_and_nobody_else(cast: Cast, leader: User, door: Any) -> None:
    readers = {"leader": leader, **cast.everyone}
    got = {
        name: [
            enter(user).get(PAGE).status_code,
            enter(user).get(WORD).status_code,
            door(user).get(API).status_code,
        ]
        for name, user in readers.items()
    }
    inside = {"leader", "coordinator", "coordinator_sichuan", "auditor", "admin"}
    assert got == {name: [200] * 3 if name in inside else [404] * 3 for name in readers}


@pytest.mark.parametrize("query", ["plan=nothing", "side=510000", "side=5"])
def test_anothers_brief_is_not_there(cast: Cast, leader: User, door: Any, query: str) -> None:
    for address in (PAGE, WORD):
        assert enter(leader).get(f"{address}?{query}").status_code == 404
    assert door(leader).get(f"{API}?{query}").status_code == 404


def test_a_wrong_quarter_is_said_and_the_page_stands_all_the_same(cast: Cast, leader: User) -> None:
    page = enter(leader).get(PAGE, {"quarter": "2026Q5"})
    assert page.status_code == 200
    assert "无法识别季度" in page.text
    assert "一、总体" in page.text
    assert enter(leader).get(WORD, {"quarter": "2026Q5"}).status_code == 404


def test_a_leaders_day_begins_with_it(cast: Cast, leader: User) -> None:
    browser = enter(leader)
    assert browser.get("/").headers["Location"] == PAGE
    assert browser.get("/?desk=office").status_code == 200
    frame = browser.get(PAGE).context["frame"]
    names = {item.view for item in frame.nav}
    assert "tasks:brief" in names
    assert not {"tasks:fill", "tasks:review"} & names
    assert enter(cast.coordinator).get("/").status_code == 200
    assert "tasks:brief" not in {
        item.view for item in enter(cast.lead).get("/tasks/").context["frame"].nav
    }


def test_a_leader_reads_as_the_office_and_changes_nothing(cast: Cast, leader: User) -> None:
    browser = enter(leader)
    assert browser.get(f"/progress/{cast.submitted.pk}/").status_code == 200
    read = {"version": cast.submitted.version}
    doors: list[tuple[str, dict[str, Any], int]] = [
        (f"/progress/{cast.submitted.pk}/approve/", read, 403),
        (f"/progress/{cast.submitted.pk}/return/", {**read, "reason": "x"}, 403),
        (f"/fill/{cast.chongqing.pk}/2026Q3/", {"percent": "50"}, 404),
        (f"/plans/{cast.plan.code}/edit/", {"title": "x"}, 404),
        ("/assignments/assign/", {"duty": cast.chongqing.pk}, 403),
        (NOTE, {"text": "x", "version": "0"}, 404),
    ]
    for address, body, status in doors:
        assert browser.post(address, body).status_code == status, address
    cast.submitted.refresh_from_db()
    assert cast.submitted.state == "submitted"
    assert not BriefNote.objects.exists()
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert verbs <= {"user.login", "access.denied"}
    page = browser.get(PAGE)
    assert 'name="text"' not in page.text


def test_the_office_words_the_suggestions_on_the_page(cast: Cast, leader: User) -> None:
    browser = enter(cast.coordinator)
    address = f"{NOTE}?plan=joint-2022&side=500000&quarter=2026Q3"
    answer = browser.post(address, {"text": "请<b>重点</b>调度。", "version": "0"})
    assert answer.status_code == 302
    page = browser.get(answer.headers["Location"])
    assert "请&lt;b&gt;重点&lt;/b&gt;调度。" in page.text
    assert "建议已保存" in page.text
    assert "建议的修改记录" in page.text
    stale = browser.post(address, {"text": "后来的", "version": "0"})
    assert stale.status_code == 422
    assert "已由他人修改" in stale.text
    assert "后来的" in stale.text  # what was typed is not lost
    long = browser.post(address, {"text": "字" * 601, "version": "1"})
    assert long.status_code == 422
    assert "请精简" in long.text
    assert "重点" in enter(leader).get(PAGE).text
    derived = browser.post(address, {"text": "x", "version": "1", "derived": "1"})
    assert derived.status_code == 302
    assert BriefNote.objects.get().text == ""


def test_the_note_is_sent_to_what_the_address_says(cast: Cast) -> None:
    browser = enter(cast.coordinator)
    for query in ("side=510000", "quarter=2026Q4", "quarter=x"):
        answer = browser.post(f"{NOTE}?{query}", {"text": "x", "version": "0"})
        assert answer.status_code == 404, query
    body = {"text": "x", "version": "0", "side": "510000", "written_by": "1", "plan": "y"}
    browser.post(NOTE, body)
    note = BriefNote.objects.get()
    assert (note.side.code, note.written_by) == ("500000", cast.coordinator)


def test_the_api_tells_the_pages_figures_and_takes_the_wording(
    cast: Cast, leader: User, door: Any
) -> None:
    answer = door(leader).get(API, {"plan": "joint-2022", "period": "2026Q3"})
    own, other = answer.data["sides"]
    assert (own["side"], own["own"], own["expected"], own["waiting"]) == ("500000", True, 1, 1)
    assert (other["side"], other["approved"]) == ("510000", 1)
    assert "reported" not in other
    assert "ETag" not in answer.headers
    assert answer.data["advice"]
    office = door(cast.coordinator)
    assert office.get(API).headers["ETag"] == '"0"'
    assert office.put(API, {"text": "甲"}, format="json").status_code == 428
    put = {"format": "json", "HTTP_IF_MATCH": '"0"'}
    assert office.put(API, {"text": "甲", "side": "x"}, **put).status_code == 400
    written = office.put(API, {"text": "甲"}, **put)
    assert (written.status_code, written.data["advice"]) == (200, ["甲"])
    assert written.headers["ETag"] == '"1"'
    assert office.put(API, {"text": "乙"}, **put).status_code == 412
    assert door(leader).put(API, {"text": "乙"}, **put).status_code == 403
    assert door(cast.auditor).put(API, {"text": "乙"}, **put).status_code == 403
    assert door(leader).get(API, {"period": "2026Q5"}).status_code == 400
    assert door(leader).get(API, {"quarter": "2026Q3"}).status_code == 400


def test_a_closed_quarters_wording_stays(cast: Cast, door: Any) -> None:
    browser = enter(cast.coordinator)
    browser.post(NOTE, {"text": "当时的建议。", "version": "0"})
    cast.period.state, cast.period.closed_on = "closed", make.TODAY
    cast.period.save()
    address = f"{PAGE}?quarter=2026Q3"
    page = browser.get(address)
    assert "当时的建议。" in page.text
    assert "修改建议" not in page.text
    told = browser.post(
        f"{NOTE}?quarter=2026Q3", {"text": "改写历史。", "version": "1"}, follow=True
    )
    assert "已关闭，其建议不能再改" in told.text
    office = door(cast.coordinator)
    assert "ETag" not in office.get(API, {"period": "2026Q3"}).headers
    put = {"format": "json", "HTTP_IF_MATCH": '"1"'}
    answer = office.put(f"{API}?period=2026Q3", {"text": "改写历史。"}, **put)
    assert (answer.status_code, list(answer.data)) == (400, ["text"])
    assert BriefNote.objects.get().text == "当时的建议。"
