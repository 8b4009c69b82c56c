"""Workers killed with `kill -9` while they write books: another takes up, nothing is half."""

import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings

from reports.models import ReportFile, ReportRun
from reports.services import ending, runs, sweeping, work
from tests.factories import UserFactory
from tests.faults.reminders.crew import Crew
from tests.faults.reports.conftest import UNITS, Begin
from tracker.lib.excel import digest
from tracker.lib.workdays import Quarter

pytestmark = pytest.mark.django_db(transaction=True)
SHORT_LEASE = 3.0
TAKEN_UP_WITHIN = 60.0  # seconds, with the product's own lease and sweep
ALONE = ("--concurrency", "1")


def asked() -> ReportRun:
    return runs.request_run(book="status", quarter=Quarter(2026, 3), by=None)


def wait_for(crew: Crew, what: Callable[[], bool], seconds: float = 90.0) -> float:
    """How long it took until it was so; else what the programs said."""
    begun = time.monotonic()
    while not what():
        if time.monotonic() - begun > seconds:
            raise AssertionError(crew.log.read_text(encoding="utf-8", errors="replace")[-6000:])
        time.sleep(0.05)
    return time.monotonic() - begun


def on_disk() -> set[Path]:
    return {path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()}


def kill_while_it_writes(
    crew: Crew, run: ReportRun, kills: int, dice: random.Random
) -> list[float]:
    """Kill whoever makes the run, so many times; how long each time until another had it."""
    took = []
    worker = crew.worker(*ALONE)
    for kill in range(1, kills + 1):

        def writes(fence: int = kill) -> bool:
            run.refresh_from_db()
            return run.fence == fence and run.done >= 1

        wait_for(crew, writes)
        time.sleep(dice.random())
        crew.kill(worker)
        worker = crew.worker(*ALONE)
        took.append(wait_for(crew, partial(claimed_since, run, kill)))
    return took


def claimed_since(run: ReportRun, fence: int) -> bool:
    run.refresh_from_db()
    return run.fence > fence


def is_tidy() -> bool:
    """On disk is what rows know: a worker that ends a run removes what others left of it."""
    return on_disk() == {file.full_path for file in ReportFile.objects.all()}


def check_whole(crew: Crew, run: ReportRun) -> None:
    """Each file is there whole under its row's digest, and nothing else is."""
    wait_for(crew, is_tidy, seconds=30)
    files = list(ReportFile.objects.filter(run=run))
    assert len(files) == UNITS + 2
    for file in files:
        found = digest(file.full_path)
        assert (found.size, found.sha256) == (file.size, file.sha256)


def ended(run: ReportRun) -> bool:
    run.refresh_from_db()
    return not run.is_waiting


@pytest.mark.parametrize("kills", [2])
def test_killed(begin: Begin, dice: random.Random, kills: int) -> None:
    crew = begin(SHORT_LEASE)
    crew.beat()
    run = asked()
    kill_while_it_writes(crew, run, kills, dice)
    wait_for(crew, lambda: ended(run))
    assert (run.state, run.attempts, run.error) == ("done", kills + 1, "")
    check_whole(crew, run)


def test_cancelled_while_it_is_written_it_stops_and_leaves_nothing(begin: Begin) -> None:
    crew = begin(SHORT_LEASE)
    crew.beat()
    crew.worker(*ALONE)
    run = asked()
    wait_for(crew, lambda: ReportRun.objects.filter(pk=run.pk, done__gte=1).exists())
    boss = UserFactory(superuser=True)
    ending.cancel(run, by=boss)
    wait_for(crew, lambda: not on_disk(), seconds=60)
    assert not ReportFile.objects.exists()
    ending.run_again(run, by=boss)
    wait_for(crew, lambda: ended(run))
    assert run.state == "done"
    check_whole(crew, run)


@pytest.mark.faults
def test_one_that_ends_its_workers_is_given_up_and_tidied(
    begin: Begin, dice: random.Random
) -> None:
    crew = begin(SHORT_LEASE)
    crew.beat()
    run = asked()
    kill_while_it_writes(crew, run, work.MAX_ATTEMPTS - 1, dice)
    wait_for(crew, lambda: ReportRun.objects.filter(pk=run.pk, done__gte=1).exists())
    crew.kill(crew.at_work[-1])
    crew.worker(*ALONE)
    wait_for(crew, lambda: ended(run))
    assert (run.state, run.error) == ("failed", "连续5次未能生成，已停止重试。")
    assert sweeping.clear_orphans() > 0
    assert on_disk() == set()
    ending.run_again(run, by=UserFactory(superuser=True))
    wait_for(crew, lambda: ended(run))
    assert run.state == "done"
    check_whole(crew, run)


@pytest.mark.faults
def test_with_the_products_own_lease_another_has_it_within_a_minute(
    begin: Begin, dice: random.Random, capsys: pytest.CaptureFixture[str]
) -> None:
    crew = begin()
    crew.beat()
    all_took: list[float] = []
    for _run in range(5):
        run = asked()
        took = kill_while_it_writes(crew, run, work.MAX_ATTEMPTS - 1, dice)
        all_took += took
        assert max(took) < TAKEN_UP_WITHIN, took
        wait_for(crew, partial(ended, run))
        assert run.state == "done"
        check_whole(crew, run)
        crew.kill(crew.at_work[-1])  # the next run's first is a worker of its own
    least, middle, most = min(all_took), statistics.median(all_took), max(all_took)
    with capsys.disabled():
        sys.stdout.write(
            f"{len(all_took)} kills: another after {least:.0f}-{most:.0f} s, median {middle:.0f} s "
        )
