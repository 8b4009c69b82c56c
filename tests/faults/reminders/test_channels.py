"""A channel that is away holds up no other: mails go out while the gateway fails or hangs."""

import threading
import time

import pytest

from tasks.models import ChannelChoice, Digest
from tasks.services import digests
from tasks.states import ChannelKind, DigestState
from tests.faults.reminders.conftest import Begin
from tests.faults.reminders.stage import DAY, Stage
from tests.tasks.channels.conftest import Hook, hook
from tracker.lib import workdays
from units.models import User

__all__ = ["hook"]

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 90.0  # for all mails; calls that hang take ten each, and after three the gateway rests


def by_gateway(stage: Stage, port: int, rest: int) -> int:
    """As many messages to the same people through the gateway, due now."""
    stage.crew.settings = {
        "GATEWAY_URL": f"http://127.0.0.1:{port}/",
        "GATEWAY_SECRET": "gateway-secret-0123456789abcdef0",
        "WEBHOOK_NETWORKS": "127.0.0.0/8",
        "WEBHOOK_PLAIN_HTTP": "1",
        "DELIVERY_LEASE_SECONDS": "40",
        "DELIVERY_REST_SECONDS": str(rest),
    }
    people = list(User.objects.filter(digests__channel=ChannelKind.EMAIL))
    own = {"channel": ChannelKind.GATEWAY, "is_on": True, "since": DAY}
    ChannelChoice.objects.bulk_create(
        [ChannelChoice(person=one, address="13800000000", **own) for one in people]
    )
    now = workdays.now()
    told = {"channel": ChannelKind.GATEWAY, "day": DAY, "made_at": now, "run_after": now}
    return len(Digest.objects.bulk_create([Digest(recipient=one, **told) for one in people]))


@pytest.mark.parametrize(
    ("hangs", "mails"), [(False, 6), pytest.param(True, 60, marks=pytest.mark.faults)]
)
def test_a_gateway_that_is_away(begin: Begin, hook: Hook, hangs: bool, mails: int) -> None:
    stage = begin("gateway away", seed=71)
    hook.status, hook.drip = 503, threading.Event() if hangs else None
    stage.owe(mails)
    number = by_gateway(stage, hook.port, rest=20 if hangs else 3)
    stage.crew.beat()
    stage.crew.worker()
    stage.wait_for(lambda: len(hook.calls) > 0)
    begun = time.monotonic()
    stage.release(mails)
    rows = Digest.objects.filter(channel=ChannelKind.EMAIL, state=DigestState.SENT)
    stage.wait_for(lambda: rows.count() == mails, SECONDS)
    took = time.monotonic() - begun
    gateway = Digest.objects.filter(channel=ChannelKind.GATEWAY)
    assert not gateway.filter(state=DigestState.SENT).exists()
    assert all(len(people) == 1 for people in stage.post.taken.values())
    hook.status, drip, hook.drip = 200, hook.drip, None
    if drip is not None:
        drip.set()
    unanswered = len(hook.calls)
    stage.settle()
    told = [call.heads["Idempotency-Key"] for call in hook.calls]
    assert len(set(told[unanswered:])) == len(told[unanswered:])
    assert len(set(told)) == number
    gone = gateway.filter(state=DigestState.DEAD)
    assert all(one.attempts == digests.MAX_ATTEMPTS for one in gone)
    print(f"{mails} mails in {took:.1f} s while the gateway was away")  # noqa: T201 - a figure
