"""Workers killed with `kill -9`, and frozen past their lease, while they send."""

import signal
import time

import pytest

from tests.faults.reminders.conftest import Begin
from tests.faults.reminders.crew import LEASE_SECONDS
from tests.faults.reminders.ledger import keep
from tests.faults.reminders.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)
EACH = 6  # mails released before each kill


def kill_workers(stage: Stage, kills: int) -> None:
    """One worker after the other, each killed while it sends."""
    stage.owe(kills * EACH)
    stage.crew.beat()
    for _n in range(kills):
        stage.release(EACH)
        worker = stage.crew.worker()
        stage.begin(stage.dice.randint(1, EACH))
        time.sleep(stage.dice.random() * 2 * stage.post.pause)
        stage.crew.kill(worker)
        stage.doubt()
        stage.injected += 1
    stage.crew.worker()


def freeze_workers(stage: Stage, freezes: int) -> None:
    """One is frozen while it sends; another takes over; the first wakes and would go on."""
    stage.owe(freezes * EACH)
    stage.crew.beat()
    worker = None
    for n in range(freezes):
        if worker is None:
            worker = stage.crew.worker("--pool", stage.dice.choice(["solo", "prefork"]))
        stage.release(EACH)
        stage.begin(stage.dice.randint(1, 3))
        time.sleep(stage.dice.random() * 2 * stage.post.pause)
        stage.crew.tell(worker, signal.SIGSTOP)
        frozen, until = worker, time.monotonic() + LEASE_SECONDS
        stage.doubt()
        stage.injected += 1
        worker = stage.crew.worker("--pool", "solo" if n % 2 else "prefork", "--concurrency", "1")
        stage.settle()
        time.sleep(max(0.0, until - time.monotonic()) + stage.dice.random())
        stage.crew.tell(frozen, signal.SIGCONT)
        time.sleep(0.5 + stage.dice.random())
        stage.crew.kill(frozen)


@pytest.mark.parametrize(
    ("kills", "seed"),
    [(3, 11), pytest.param(50, 12, marks=pytest.mark.faults)],
)
def test_killed(begin: Begin, kills: int, seed: int) -> None:
    stage = begin("worker kill -9", seed)
    kill_workers(stage, kills)
    stage.settle()
    found = keep(stage.check())
    assert (found.injected, found.dead) == (kills, 0)


def test_killed_between_sending_and_marking(begin: Begin) -> None:
    """The one doubt that nothing can take away: it comes twice, and is seen to be the same."""
    stage = begin("killed between sending and marking", seed=13)
    stage.owe(2)
    stage.release(2)
    stage.crew.beat()
    stage.post.expect(["hang_after"])
    worker = stage.crew.worker("--pool", "solo")
    stage.wait_for(lambda: bool(stage.post.unanswered))
    stage.crew.kill(worker)
    stage.injected += 1
    stage.crew.worker("--pool", "solo")
    stage.settle()
    found = keep(stage.check())
    assert (found.delivered, found.doubled_ids, found.in_flight) == (2, 1, 1)


@pytest.mark.parametrize(
    ("freezes", "seed"),
    [(1, 21), pytest.param(20, 22, marks=pytest.mark.faults)],
)
def test_frozen_past_the_lease(begin: Begin, freezes: int, seed: int) -> None:
    stage = begin("worker frozen", seed)
    freeze_workers(stage, freezes)
    stage.settle()
    found = keep(stage.check())
    assert (found.injected, found.dead) == (freezes, 0)


@pytest.mark.parametrize("kills", [2, pytest.param(10, marks=pytest.mark.faults)])
def test_one_that_marks_before_it_sends_is_found_out(begin: Begin, kills: int) -> None:
    """So that the others can fail: the commonest fault of such programs, and what it loses."""
    stage = begin("broken on purpose", 31, app="tests.faults.reminders.broken")
    stage.post.pause = 0.3
    kill_workers(stage, kills)
    stage.settle()
    assert keep(stage.figures()).lost > 0
    with pytest.raises(AssertionError, match="lost"):
        stage.check()
