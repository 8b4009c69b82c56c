"""已电话催办: a line about what was ticked."""

import pytest

from tasks.models import PhoneCall
from tests.tasks.views.urging.conftest import CALL
from units.models import AuditEntry


def test_calls_are_noted_with_a_line(as_, late, clock):
    browser = as_(late.office)
    rows = f"task/{late.side.pk}"
    assert browser.post(CALL, {"row": rows, "look": "1"}).status_code == 200
    assert browser.post(CALL, {"row": rows}).status_code == 422
    assert not PhoneCall.objects.exists()
    browser.post(CALL, {"row": rows, "line": "王处长接听，答复本周办结。"})
    call = PhoneCall.objects.get()
    assert (call.unit, call.subject, call.made_by) == (late.side.unit, rows, late.office)
    assert AuditEntry.objects.filter(verb="call.note").count() == 1
    assert "王处长接听" in browser.get("/calls/").text
    assert "王处长接听" in as_(late.auditor).get("/calls/").text
    assert "王处长接听" not in as_(late.other_office).get("/calls/").text
    assert as_(late.lead).get("/calls/").status_code == 404


def test_a_call_pressed_twice_is_noted_once(as_, late, clock):
    browser = as_(late.office)
    told = {"row": [f"task/{late.side.pk}", f"task/{late.other_side.pk}"], "line": "已告知。"}
    assert browser.post(CALL, told).url == browser.post(CALL, told).url
    assert PhoneCall.objects.count() == 2
    browser.post(CALL, {**told, "line": "再次告知。"})
    assert PhoneCall.objects.count() == 4


def test_what_was_noted_alone_is_not_noted_again_with_others(as_, late, clock):
    browser = as_(late.office)
    rows = [f"task/{late.side.pk}", f"task/{late.other_side.pk}"]
    browser.post(CALL, {"row": rows[:1], "line": "已告知。"})
    browser.post(CALL, {"row": rows, "line": "已告知。"})
    assert sorted(PhoneCall.objects.values_list("subject", flat=True)) == sorted(rows)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"line": "字" * 201}, "200"),
        ({"line": " 　 "}, "请填写通话记要：何人接听，如何答复。"),
        ({"line": "已告知。", "row": []}, "没有勾选单位，请至少勾选一个。"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_noted(as_, late, clock, told, said):
    answer = as_(late.office).post(CALL, {"row": f"task/{late.side.pk}", **told})
    assert answer.status_code == 422
    assert said in answer.text
    assert not PhoneCall.objects.exists()
