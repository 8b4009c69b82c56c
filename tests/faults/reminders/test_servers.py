"""The broker killed and emptied, the database restarted and killed, while mails are sent."""

import time
from collections.abc import Callable

import pytest

from tests.faults.reminders.conftest import Begin
from tests.faults.reminders.ledger import keep
from tests.faults.reminders.site import Site
from tests.faults.reminders.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)
EACH = 8  # mails released before each fault
Fault = Callable[[Site, float], None]


def hit(stage: Stage, times: int, fault: Fault, *, doubtful: bool) -> None:
    """A fault while some of the mails are sent; workers and beat are left to themselves."""
    stage.owe(times * EACH)
    stage.crew.beat()
    stage.crew.worker()
    for _n in range(times):
        stage.release(EACH)
        stage.begin(stage.dice.randint(1, EACH - 2))
        time.sleep(stage.dice.random() * 2 * stage.post.pause)
        fault(stage.site, stage.dice.random() * 1.5)
        if doubtful:
            stage.doubt()
        stage.injected += 1
        stage.settle()
    assert all(program.poll() is None for program in stage.crew.at_work)


@pytest.mark.parametrize(
    ("name", "fault", "times", "seed"),
    [
        ("Redis killed", Site.kill_valkey, 1, 41),
        ("Redis emptied", Site.empty_valkey, 1, 42),
        pytest.param("Redis killed", Site.kill_valkey, 10, 43, marks=pytest.mark.faults),
        pytest.param("Redis emptied", Site.empty_valkey, 5, 44, marks=pytest.mark.faults),
    ],
)
def test_the_broker(begin: Begin, name: str, fault: Fault, times: int, seed: int) -> None:
    """It only rings: nothing rests on what it knows, and nothing comes twice."""
    stage = begin(name, seed)
    hit(stage, times, fault, doubtful=False)
    found = keep(stage.check())
    assert (found.injected, found.doubled_ids, found.dead) == (times, 0, 0)


@pytest.mark.parametrize(
    ("name", "fault", "times", "seed"),
    [
        ("PostgreSQL restarted", Site.restart_postgres, 1, 51),
        ("PostgreSQL killed", Site.kill_postgres, 1, 52),
        pytest.param(
            "PostgreSQL restarted", Site.restart_postgres, 10, 53, marks=pytest.mark.faults
        ),
        pytest.param("PostgreSQL killed", Site.kill_postgres, 5, 54, marks=pytest.mark.faults),
        pytest.param(
            "PostgreSQL stopped at once",
            Site.stop_postgres_at_once,
            5,
            55,
            marks=pytest.mark.faults,
        ),
    ],
)
def test_the_database(begin: Begin, name: str, fault: Fault, times: int, seed: int) -> None:
    """What was sent is marked when the database is back; what could not be, comes twice."""
    stage = begin(name, seed)
    hit(stage, times, fault, doubtful=True)
    found = keep(stage.check())
    assert (found.injected, found.dead) == (times, 0)
