"""The log does not serialise writers, and sealing keeps up with them (issue 4, 8.3)."""

import multiprocessing
import statistics
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction

from tests.factories import MembershipFactory
from units.models import AuditEntry, User
from units.services import audit, seals
from units.services.verify import verify

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
PROCESSES, THREADS = 4, 4  # as the Procfile's web, on two machines
WRITERS = PROCESSES * THREADS
SECONDS = 3.0
TRANSACTION = 0.01  # seconds
WARM, WARM_UP = 20, 1.5  # transactions, and seconds for them: connections are kept for hours
ROUNDS = 5
LOSS = 0.10
Write = Callable[[User], object]


def _nothing(user: User) -> None:
    """No audit."""


def _recorded(user: User) -> None:
    audit.record("test.made", user, by=user, before={"n": 1}, after={"n": 2})


def _transaction(user: User, write: Write) -> None:
    """One, with what it writes."""
    with transaction.atomic():
        write(user)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [TRANSACTION])


def _writer(user: User, write: Write, begin: float, counts: list[int]) -> None:
    """One transaction after another on a connection that has been in use.

    Nobody begins at the same moment: writers in step would wait for each other's processor.
    """
    number = 0
    try:
        for _n in range(WARM):
            _transaction(user, write)
        time.sleep(max(0.0, begin - time.monotonic()))
        while time.monotonic() < begin + SECONDS:
            _transaction(user, write)
            number += 1
    finally:
        counts.append(number)
        connection.close()


def _process(users: list[User], write: Write, begins: list[float]) -> int:
    """What the threads of one process write together."""
    counts: list[int] = []
    threads = [
        threading.Thread(target=_writer, args=(user, write, start, counts))
        for user, start in zip(users, begins, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == THREADS
    return sum(counts)


def _throughput(users: list[User], write: Write) -> float:
    """Transactions a second of all writers together."""
    connections.close_all()  # each process opens its own
    begin = time.monotonic() + WARM_UP
    begins = [begin + TRANSACTION * number / WRITERS for number in range(WRITERS)]
    shares = [(users[n::PROCESSES], write, begins[n::PROCESSES]) for n in range(PROCESSES)]
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        return sum(pool.starmap(_process, shares, chunksize=1)) / SECONDS


def test_writers_lose_at_most_a_tenth_to_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """In one run, in turns, so that whatever else the machine does falls on both alike."""
    users = [MembershipFactory().user for _n in range(WRITERS)]
    pairs = [(_throughput(users, _nothing), _throughput(users, _recorded)) for _n in range(ROUNDS)]
    kept = statistics.median(with_log / without for without, with_log in pairs)
    written = AuditEntry.objects.filter(verb="test.made").count()
    with capsys.disabled():
        told = ", ".join(f"{without:.0f}/{with_log:.0f}" for without, with_log in pairs)
        print(f"\n{WRITERS} writers, transactions a second without/with: {told}; kept {kept:.1%}")  # noqa: T201
    assert written >= sum(with_log for _without, with_log in pairs) * SECONDS - 1
    assert kept >= 1 - LOSS


def test_sealing_keeps_up(capsys: pytest.CaptureFixture[str]) -> None:
    """While all write, sealing is faster than writing, and all are sealed once in the end."""
    users = [MembershipFactory().user for _n in range(WRITERS)]
    stop, sealed = threading.Event(), [0]

    def seal() -> None:
        try:
            while not stop.is_set():
                sealed[0] += seals.seal().entries
                time.sleep(0.2)
        finally:
            connection.close()

    sealer = threading.Thread(target=seal)
    sealer.start()
    written = _throughput(users, _recorded)
    stop.set()
    sealer.join()
    behind = seals.waiting().count()
    began = time.monotonic()
    rest = seals.seal().entries
    for number in range(5000):
        audit.record("test.made", None, by=None, after={"n": number})
    began = time.monotonic()
    assert seals.seal().entries == 5000
    speed = 5000 / (time.monotonic() - began)
    done = verify()
    with capsys.disabled():
        print(  # noqa: T201
            f"\nwritten {written:.0f}/s, sealed meanwhile {sealed[0]}, behind {behind}; "
            f"sealing {speed:.0f}/s, verifying {done.speed}/s"
        )
    assert rest == behind
    assert done.holds
    assert done.waiting == 0
    assert speed >= written
