"""What a letter tells nobody but its sender and its unit, by whichever door."""

import datetime
from typing import Any

import time_machine

from tests.factories import NOW
from tests.tasks.views.urging.conftest import part_of

AFTER = NOW + datetime.timedelta(days=30)  # the answer was asked for long before
URGES, DAY = "/api/v1/urges/", "/api/v1/reminders/"


def told(browser: Any) -> list[tuple[str, str]]:
    rows = browser.get(DAY, {"day": NOW.date().isoformat()}).json()["results"]
    return [(row["rule"], row["unit"]) for row in rows if row["rule"] == "urge"]


def test_another_office_is_not_told_of_a_letter_among_a_days_reminders(
    as_: Any, late: Any, clock: Any, sent: Any
) -> None:
    """Its own unit got it, but the letter is the sender's: no list shows it to the office."""
    browser = as_(late.other_office)
    assert browser.get(URGES).json()["count"] == 0
    assert told(browser) == []
    code = part_of(sent, late.other_side.unit).code
    page = browser.get("/reminders/", {"day": NOW.date().isoformat()})
    assert (page.status_code, code in page.text) == (200, False)
    browser = as_(late.office)
    assert told(browser) == [("urge", late.side.unit.name)]


def test_who_is_asked_is_not_told_of_lateness_by_program_either(
    as_: Any, late: Any, clock: Any, sent: Any
) -> None:
    asked, urged = (part_of(sent, side.unit) for side in (late.other_side, late.side))
    with time_machine.travel(AFTER, tick=False):
        for who, part, is_late in [
            (late.other_lead, asked, False),
            (late.lead, urged, True),
            (late.office, asked, True),
            (late.office, urged, True),
        ]:
            browser = as_(who)
            assert browser.get(f"{URGES}{part.pk}/").json()["late"] is is_late
            found = browser.get(URGES, {"state": "late"}).json()["results"]
            assert (part.pk in [row["id"] for row in found]) is is_late
        page = as_(late.other_lead).get("/urges/", {"state": "late"})
        assert page.context["state"] == "unsigned"
