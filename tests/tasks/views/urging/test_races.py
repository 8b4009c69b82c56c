"""Two presses at once through the pages, each with a connection of its own."""

from typing import Any

import pytest
from django.test import Client

from tasks.models import Notice, PhoneCall, Urge
from tests.at_once import at_once
from tests.tasks.views.urging.conftest import CALL, NEW, SENT
from units.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def test_two_presses_at_once_send_one(late: Any) -> None:
    told = {"row": f"task/{late.side.pk}", **SENT}
    first, second = browser_of(late.office), browser_of(late.office)
    answers = at_once(lambda: first.post(NEW, told), lambda: second.post(NEW, told))
    assert {answer.status_code for answer in answers} == {302}
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert Urge.objects.count() == 1
    assert Notice.objects.filter(rule="urge").count() == 1


def test_two_sendings_at_once_have_numbers_without_a_gap(late: Any) -> None:
    rows = (late.side, late.other_side)
    ways = [(browser_of(late.office), {"row": f"task/{side.pk}", **SENT}) for side in rows]
    at_once(*(lambda b=b, told=told: b.post(NEW, told) for b, told in ways))
    assert sorted(Urge.objects.values_list("number", flat=True)) == [1, 2]


def test_a_call_pressed_twice_at_once_is_noted_once(late: Any) -> None:
    told = {"row": f"task/{late.side.pk}", "line": "已告知。"}
    first, second = browser_of(late.office), browser_of(late.office)
    at_once(lambda: first.post(CALL, told), lambda: second.post(CALL, told))
    assert PhoneCall.objects.count() == 1
