"""How long a day's notices take to make, beside the one statement that only writes them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import pytest
from django.db import connection

from tasks.models import Notice
from tasks.reminders import make_notices
from tests.bench.machine import machine
from tests.bench.many_dues import DAY, Size, fill, tidy
from tests.tasks.reminders.conftest import at

LARGE, SMALL = Size(tasks=100_000, units=2_000), Size(tasks=10_000, units=200)
TINY = Size(tasks=500, units=10)
WRITTEN = "tasks_notice, tasks_digest, tasks_carried"
KEEP = "CREATE TEMP TABLE told AS SELECT * FROM tasks_notice"
PLAIN = "INSERT INTO tasks_notice SELECT * FROM told ORDER BY id ON CONFLICT DO NOTHING"
MEGABYTE = 1024  # KiB


@dataclass
class Times:
    """Seconds of each round."""

    bound: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    memory: int = 0  # KiB that the first round's run added

    @property
    def ratio(self) -> float:
        """First run to bound, of rounds side by side."""
        return median(a / b for a, b in zip(self.first, self.bound, strict=True))

    @property
    def ratio_again(self) -> float:
        return median(a / b for a, b in zip(self.again, self.first, strict=True))


@pytest.fixture
def unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    """No broker hears a ring."""
    monkeypatch.setattr("tracker.lib.doorbell._send", lambda name, args: None)


def spent(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def tell() -> object:
    return make_notices(today=DAY, now=at(DAY))


def clear() -> None:
    run(f"TRUNCATE {WRITTEN}")
    tidy(WRITTEN)


def peak_over(work: Callable[[], object]) -> int:
    """KiB by which the process grew at most while it worked."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    before = _status("VmRSS")
    work()
    return _status("VmHWM") - before


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def measure(size: Size, rounds: int) -> Times:
    """Make the same notices again and again, in turns with the plain statement."""
    fill(size)
    times = Times(memory=peak_over(tell))
    assert Notice.objects.count() == size.notices
    run(KEEP)
    for _n in range(rounds):
        clear()
        times.bound.append(spent(lambda: run(PLAIN)))
        assert Notice.objects.count() == size.notices
        clear()
        times.first.append(spent(tell))
        assert Notice.objects.count() == size.notices
        tidy(WRITTEN)
        times.again.append(spent(tell))
    run("DROP TABLE told")
    assert Notice.objects.count() == size.notices
    return times


def empty() -> None:
    """Before the next size."""
    run("TRUNCATE tasks_plan, units_unit, units_user, units_office, units_auditentry CASCADE")


def line(size: Size, times: Times) -> str:
    return (
        f"{size.tasks:>7,} tasks, {size.notices:>6,} notices"
        f" | bound {median(times.bound):6.2f} s"
        f" | made {median(times.first):6.2f} s = {times.ratio:4.1f} x bound"
        f" | again {median(times.again):6.2f} s = {times.ratio_again:4.2f} x made"
        f" | memory +{times.memory / MEGABYTE:.1f} MB"
    )


@pytest.mark.bench
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unheard")
def test_making_60_000_notices(capsys: pytest.CaptureFixture[str]) -> None:
    small = measure(SMALL, 3)
    empty()
    large = measure(LARGE, 5)
    with capsys.disabled():
        print("", machine(), line(SMALL, small), line(LARGE, large), sep="\n")  # noqa: T201
    assert large.ratio <= 3
    assert large.ratio_again <= 0.2
    assert large.memory < small.memory + 20 * MEGABYTE


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unheard")
def test_the_same_with_few() -> None:
    """That what is measured is so; no figures are judged."""
    assert line(TINY, measure(TINY, 1))
