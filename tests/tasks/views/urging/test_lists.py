"""Lists of what was sent, and the lists in which one ticks."""

import datetime

import pytest

from tests.factories import NOW
from tests.tasks.views.conftest import words
from tests.tasks.views.urging.conftest import CALL


def test_the_list_by_state_with_days_since(as_, late, clock, sent):
    browser = as_(late.office)
    sent.made_at = NOW - datetime.timedelta(days=10)
    sent.answer_by = datetime.date(2026, 11, 13)
    sent.save()
    page = browser.get("/urges/")
    assert page.context["state"] == "unsigned"
    assert {row.days for row in page.context["rows"]} == {10}
    assert "已10天" in words(page.text)
    assert len(browser.get("/urges/", {"state": "late"}).context["rows"]) == 2
    assert browser.get("/urges/", {"state": "signed"}).context["rows"] == []
    assert len(browser.get("/urges/", {"unit": "四川"}).context["rows"]) == 1
    assert "2份未签收，2份逾期未回复" in words(browser.get("/").text)


def test_the_late_list_counts_letters_and_calls(as_, late, clock, sent):
    browser = as_(late.office)
    browser.post(CALL, {"row": f"task/{late.side.pk}", "line": "已告知。"})
    page = browser.get("/overdue/", {"kind": "overdue"})
    (row,) = page.context["rows"]
    told = row.facts.reminded
    assert (told.urged, told.called, told.days) == (1, 1, 1)
    assert told.people == {str(late.lead): 1, late.side.unit.name: 1}
    assert "发函1次" in words(page.text)
    assert f'value="task/{late.side.pk}"' in page.text


@pytest.mark.parametrize("path", ["/overdue/", "/tasks/", "/matrix/", "/units/", "/"])
def test_lists_offer_ticks_to_offices_alone(as_, late, clock, path):
    assert 'form="urge-form"' in as_(late.office).get(path).text
    for who in (late.lead, late.auditor):
        assert "urge-form" not in as_(who).get(path).text
