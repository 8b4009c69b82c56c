"""Workers killed with `kill -9` while they send: nothing is lost, and what is doubled says so."""

import datetime
import random
import time
from pathlib import Path

import pytest

from tasks.models import Digest, Notice
from tasks.reminders import make_notices
from tasks.services import digests
from tasks.states import DigestState, NoticeState
from tests.factories import UnitFactory, officer
from tests.tasks.reminders.conftest import Scene, at
from tests.tasks.reminders.workers import Killer, server, worker
from tracker.celery import app
from tracker.lib import workdays

DAY = datetime.date(2026, 10, 12)  # one step past the due day: officers alone are told

SWEEP_SECONDS = 2

pytestmark = pytest.mark.django_db(transaction=True)


def unsent() -> int:
    return Digest.objects.exclude(state=DigestState.SENT).count()


def mails_for(scene: Scene, number: int) -> None:
    """One waiting mail each for so many officers, and no ring left from other tests."""
    app.control.purge()
    for n in range(number - 1):
        unit = UnitFactory()
        officer(unit, username=f"officer-{n}")
        scene.another(unit=unit)
    make_notices(today=DAY, now=at(DAY))
    assert Digest.objects.count() == number


def pass_time(*, dead: bool) -> None:
    """As if back-off, and the lease of a dead worker, had run out; then beat's sweep.

    What the dead left comes last, as it would after its lease: no mail gets all the kills.
    """
    now = workdays.now()
    if dead:
        left = Digest.objects.filter(state=DigestState.SENDING)
        left.update(lease_until=now - digests.LEASE, run_after=now)
    Digest.objects.filter(state=DigestState.QUEUED, run_after__gt=now).update(run_after=now)
    digests.sweep(now=workdays.now())


def send_all(killer: Killer, port: int, place: Path, seconds: float, *options: str) -> None:
    """Start workers, one after the death of the other, until all is sent."""
    deadline = time.monotonic() + seconds
    while unsent():
        with worker(killer, port, place, *options) as process:
            pass_time(dead=True)
            swept = time.monotonic()
            while unsent() and process.poll() is None:
                assert time.monotonic() < deadline, (place / "worker.log").read_text()
                time.sleep(0.05)  # the worker is another process
                if time.monotonic() - swept > SWEEP_SECONDS:
                    pass_time(dead=False)
                    swept = time.monotonic()


def check(killer: Killer) -> None:
    """Lost 0; doubles only under the same Message-ID to the same person, and few."""
    expected = {
        f"<digest.{digest.pk}@tracker.example.org>": digest.recipient.email
        for digest in Digest.objects.select_related("recipient")
        if digest.recipient
    }
    assert killer.taken.keys() == expected.keys()
    for name, recipients in killer.taken.items():
        assert set(recipients) == {expected[name]}
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.SENT}
    assert set(Digest.objects.values_list("state", flat=True)) == {DigestState.SENT}


def doubles(killer: Killer) -> int:
    return sum(len(recipients) - 1 for recipients in killer.taken.values())


@pytest.mark.parametrize("seed", [5])
def test_a_worker_killed_between_sending_and_marking(
    scene: Scene, tmp_path: Path, seed: int
) -> None:
    mails_for(scene, 4)
    dice = random.Random(seed)  # noqa: S311 - data of a test
    killer = Killer(dice, kills_left=1, moments=("between",))
    with server(killer) as port:
        send_all(killer, port, tmp_path, 60, "--pool", "solo")
    check(killer)
    assert killer.kills == ["between"]
    assert doubles(killer) == 1


@pytest.mark.faults
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_many_workers_killed_at_any_moment(scene: Scene, tmp_path: Path, seed: int) -> None:
    mails_for(scene, 60)
    killer = Killer(random.Random(seed), kills_left=20)  # noqa: S311 - data of a test
    with server(killer) as port:
        send_all(killer, port, tmp_path, 400, "--concurrency", "2")
    check(killer)
    assert len(killer.kills) >= 12
    assert "between" in killer.kills
    assert 0 < doubles(killer) <= 2 * len(killer.kills)
