"""What is asked for twice waits once, also where both ask at the same moment."""

import datetime

import pytest
import time_machine
from django.test import Client

from tests import factories as make
from tests.api.conftest import Cast
from tests.at_once import at_once
from tests.tasks.views.test_races import browser_of
from units.models import Membership, PersonRequest
from units.states import RequestState, Role

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4
WAITS = "已在等待确认，不必重复提出"


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel(make.NOW, tick=True):
        yield


def twice(client: tuple[Client, Client], address: str, data: dict[str, object]) -> list[str]:
    """What both are told."""
    posts = [lambda one=one: one.post(address, data, follow=True) for one in client]
    answers = at_once(*posts)
    assert {answer.status_code for answer in answers} <= {200, 422}
    return [answer.text for answer in answers]


@pytest.mark.parametrize("kind", ["end", "reset"])
def test_a_double_click_asks_once_about_a_person(cast: Cast, kind: str) -> None:
    clicks = browser_of(cast.coordinator), browser_of(cast.coordinator)
    for _round in range(ROUNDS):
        PersonRequest.objects.all().delete()
        told = twice(clicks, f"/people/{cast.lead.pk}/ask/", {"kind": kind})
        assert PersonRequest.objects.count() == 1
        assert sum(WAITS in text for text in told) >= 1


def test_a_double_click_asks_once_for_a_post(cast: Cast) -> None:
    clicks = browser_of(cast.coordinator), browser_of(cast.coordinator)
    wanted = {"role": "signer", "unit": cast.chongqing.unit.pk}
    for _round in range(ROUNDS):
        PersonRequest.objects.all().delete()
        twice(clicks, f"/people/{cast.lead.pk}/posts/", wanted)
        assert PersonRequest.objects.count() == 1


def test_two_who_hand_one_post_over_are_one_request(cast: Cast) -> None:
    post = cast.lead.memberships.get()
    colleague = make.officer(cast.chongqing.unit)
    clicks = browser_of(cast.lead), browser_of(cast.coordinator)
    values = {"successor": colleague.pk, "starts_on": make.TODAY.isoformat()}
    for _round in range(ROUNDS):
        PersonRequest.objects.all().delete()
        twice(clicks, f"/hand-over/{post.pk}/", values)
        assert PersonRequest.objects.count() == 1


def test_a_post_that_has_gone_over_does_not_go_again(cast: Cast) -> None:
    post, keeper = cast.lead.memberships.get(), make.site_person(Role.SECURITY_ADMIN)
    first, second = (make.officer(cast.chongqing.unit) for _n in range(2))
    day = make.TODAY + datetime.timedelta(days=5)
    address = f"/hand-over/{post.pk}/"
    lead = browser_of(cast.lead)
    lead.post(address, {"successor": first.pk, "starts_on": day.isoformat()})
    row = PersonRequest.objects.get()
    done = browser_of(keeper).post("/people/requests/confirm/", {"requests": [row.pk]})
    assert done.status_code == 302
    values = {"successor": second.pk, "starts_on": make.TODAY.isoformat()}
    again = lead.post(address, values)
    assert again.status_code == 422
    assert f"这一任职已交接给{first}" in again.text
    # One that was asked for before is not carried out any more.
    row.pk, row.state, row.decided_by, row.decided_at = None, RequestState.WAITING, None, None
    row.successor, row.starts_on, row.carried_at = second, make.TODAY, None
    row.save(force_insert=True)
    page = browser_of(keeper).post("/people/requests/confirm/", {"requests": [row.pk]})
    assert f"这一任职已交接给{first}" in page.text
    row.refresh_from_db()
    assert row.is_waiting
    post.refresh_from_db()
    assert post.until == day - datetime.timedelta(days=1)
    assert not Membership.objects.filter(user=second, since=make.TODAY).exists()
