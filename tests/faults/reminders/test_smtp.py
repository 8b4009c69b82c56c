"""The mail server refuses, hangs, drops after DATA, rejects one of many; what was refused is
given up with its reason, and sent again by hand."""

import random
import time

import pytest
from django.test import Client
from django.urls import reverse

from tasks.models import Digest
from tasks.services import digests
from tasks.states import DigestState
from tests.factories.units import site_person
from tests.faults.reminders.conftest import Begin
from tests.faults.reminders.ledger import keep
from tests.faults.reminders.stage import Stage, message_id
from units.states import Role

pytestmark = pytest.mark.django_db(transaction=True)
EACH = 2  # mails owed for each fault
KINDS = {
    "SMTP refusing": ("closed", "greeting", "busy"),
    "SMTP hanging": ("hang_before", "hang_after", "hang_quit"),
    "SMTP dropping": ("drop_before", "drop_after", "drop_quit"),
    "SMTP rejecting one": ("refuse",),
}


def trouble(stage: Stage, kinds: tuple[str, ...], times: int) -> None:
    """Mails are released a few at a time, and a fault meets one of them."""
    stage.owe(times * EACH)
    stage.crew.beat()
    stage.crew.worker()
    for n in range(times):
        fault = kinds[n % len(kinds)]
        if fault == "closed":
            refuse_connections(stage)
            continue
        stage.post.expect([fault])
        stage.release(EACH)
        stage.wait_for(lambda: not stage.post.waiting)
    stage.settle()
    stage.injected += sum(stage.post.injected.values())


def refuse_connections(stage: Stage) -> None:
    """Nobody listens for a while."""
    stage.post.close()
    stage.release(EACH)
    tried = Digest.objects.exclude(state=DigestState.SENT).exclude(error="")
    stage.wait_for(tried.exists)
    time.sleep(stage.dice.random() / 2)
    stage.post.open()
    stage.injected += 1
    stage.settle()


def check_dead(stage: Stage) -> None:
    """Given up is what was refused for good, and nothing else; each says why."""
    assert stage.dead() == stage.post.refused
    for one in Digest.objects.filter(state=DigestState.DEAD):
        assert one.error == "550 no such user"
        assert one.attempts <= digests.MAX_ATTEMPTS
        assert one.died_at is not None


def resend(stage: Stage) -> None:
    """The operator sends all of them again, on the page."""
    given_up = [row.pk for row in Digest.objects.filter(state=DigestState.DEAD)]
    client = Client()
    client.force_login(site_person(Role.SYSTEM_ADMIN))
    answer = client.post(reverse("deliveries_resend"), {"digest": given_up})
    assert answer.status_code == 302
    stage.resent = len(given_up)
    stage.settle()
    assert not stage.dead()
    assert all(len(stage.post.taken[message_id(pk)]) == 1 for pk in given_up)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("times", [3, pytest.param(25, marks=pytest.mark.faults)])
def test_smtp(begin: Begin, name: str, times: int) -> None:
    stage = begin(name, seed=60 + times)
    kinds = list(KINDS[name])
    random.Random(times).shuffle(kinds)  # noqa: S311 - data of a test
    trouble(stage, tuple(kinds), times)
    check_dead(stage)
    if stage.post.refused:
        assert stage.figures().lost == 0
        resend(stage)
    found = keep(stage.check())
    assert (found.injected, found.dead, found.delivered) == (times, 0, times * EACH)
    assert found.resent == (times if name == "SMTP rejecting one" else 0)
