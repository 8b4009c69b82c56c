"""How many messages a second go out through a real mail server on loopback."""

import datetime
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tasks.models import Carried, Digest, Notice, ProgressReport
from tasks.reminders import make_notices
from tasks.services import digests
from tasks.states import DigestState, NoticeState
from tests.bench.machine import machine
from tests.bench.many_dues import Size, fill
from tests.bench.senders import Sink, a_second, listening, workers
from tests.tasks.reminders.conftest import at
from tracker.celery import app
from tracker.lib import workdays

# A step past the due day, officers alone are told; a day to come is not told of once it is past.
DAY = datetime.date(2026, 10, 12)
NUMBERS = tuple(map(int, os.environ.get("BENCH_PROCESSES", "1,2,4").split(",")))
MOST_SECONDS = 3600
MANY = int(os.environ.get("BENCH_MAILS", "10000"))
FEW = 20

pytestmark = pytest.mark.django_db(transaction=True)


def owe(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message each for so many people, with one thing in it that is still to be done."""
    fill(Size(tasks=number, units=number), each=min(number, 500))
    ProgressReport.objects.all().delete()
    with monkeypatch.context() as silent:
        silent.setattr("tracker.lib.doorbell._send", lambda name, args: None)
        make_notices(today=DAY, now=at(DAY))
    Notice.objects.exclude(rule="report_overdue").delete()
    Digest.objects.exclude(recipient__in=Notice.objects.values("recipient")).delete()
    assert Digest.objects.count() == Notice.objects.count() == number


def queue() -> None:
    """All wait, as if none had ever been sent, and each is rung for once."""
    app.control.purge()
    Carried.objects.all().delete()
    Notice.objects.update(state=NoticeState.QUEUED)
    now = workdays.now()
    Digest.objects.update(state=DigestState.QUEUED, attempts=0, run_after=now, sent_at=None)
    assert digests.sweep(now=now) == Digest.objects.count()


def send(number: int, processes: int, folder: Path) -> Sink:
    """Let them send all; each is taken once and marked."""
    queue()
    sink = Sink()
    until = time.monotonic() + MOST_SECONDS
    with listening(sink) as port, workers(processes, port, folder) as program:
        waiting = Digest.objects.exclude(state=DigestState.SENT)
        while len(sink.times) < number or waiting.exists():
            said = (folder / "worker.log").read_text(encoding="utf-8", errors="replace")[-2000:]
            assert time.monotonic() < until, said
            assert program.poll() is None, said
            time.sleep(0.5)
    assert set(sink.taken.values()) == {1}
    assert len(sink.taken) == number
    return sink


def line(processes: int, sink: Sink, first: float) -> str:
    return (
        f"{len(sink.times):>6,} messages, {processes} processes: {a_second(sink):6.1f} a second"
        f" = {a_second(sink) / first:4.2f} x one"
    )


def measure(
    number: int, settings: Any, monkeypatch: pytest.MonkeyPatch, folder: Path, *counts: int
) -> list[str]:
    settings.MAILS_PER_MINUTE = 1_000_000
    owe(number, monkeypatch)
    found = {count: send(number, count, folder) for count in counts}
    first = a_second(next(iter(found.values())))
    return [line(count, sink, first) for count, sink in found.items()]


@pytest.mark.bench
def test_sending_10_000_messages(
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = measure(MANY, settings, monkeypatch, tmp_path, *NUMBERS)
    with capsys.disabled():
        print("", machine(), *lines, sep="\n")  # noqa: T201 - a bench's answer


def test_the_same_with_few(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """That what is measured is so; no figures are judged."""
    assert measure(FEW, settings, monkeypatch, tmp_path, 1)
