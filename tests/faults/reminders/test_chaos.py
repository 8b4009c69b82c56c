"""All at once, as the dice say: beats, workers, kills, servers, and people who go on working."""

import datetime
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from django.db import connection

from tasks.models import Digest, Notice, Responsibility, Task
from tasks.reminders import make_notices
from tasks.states import DigestState, NoticeState, TaskState
from tests.factories import UnitFactory, officer
from tests.faults.reminders.conftest import Begin
from tests.faults.reminders.crew import LEASE_SECONDS
from tests.faults.reminders.ledger import Figures, keep
from tests.faults.reminders.site import asked
from tests.faults.reminders.stage import DAY, Stage, doubled_rows, message_id
from tests.tasks.reminders.conftest import at, make_scene

D = datetime.date
DUES = (D(2026, 10, 9), D(2026, 10, 10))  # on DAY both are past the first step only
LAST = D(2026, 10, 14)  # and on this day past the third
PATIENCE = 8.0  # seconds: a worker that was just started needs some
MOST_BEATS, MOST_WORKERS = 3, 3

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Chaos:
    """Jobs that are owed, and what the dice do to all that works on them."""

    stage: Stage
    dice: random.Random
    sides: list[int] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    beats: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    frozen: list[tuple[float, subprocess.Popen[bytes]]] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    failures: list[BaseException] = field(default_factory=list)

    def owe(self, number: int) -> None:
        """A late task each of so many officers."""
        scene = make_scene()
        scene.plan.periods.all().delete()
        Task.objects.update(due_on=DUES[0])
        self.sides = [scene.side.pk]
        for n in range(number - 1):
            unit = UnitFactory()
            officer(unit, username=f"officer-{n}")
            self.sides.append(scene.another(unit=unit, task__due_on=self.dice.choice(DUES)).pk)
        self.make(DAY)

    def make(self, day: D) -> None:
        """The day's run; it may be in the way of others, and the database may go away."""
        asked(lambda: make_notices(today=day, now=at(day)))
        rows = Digest.objects.exclude(recipient=None)
        found = asked(lambda: list(rows.values_list("pk", "recipient__email")))
        self.addresses |= {message_id(pk): email for pk, email in found}

    # --- what the dice may do -----------------------------------------------------------------

    def kill_worker(self) -> None:
        self.stage.crew.kill(self.workers.pop(self.dice.randrange(len(self.workers))))
        self.stage.doubt()

    def freeze_worker(self) -> None:
        worker = self.workers.pop(self.dice.randrange(len(self.workers)))
        self.stage.crew.tell(worker, signal.SIGSTOP)
        self.stage.doubt()
        self.frozen.append((time.monotonic() + LEASE_SECONDS + 1, worker))

    def kill_beat(self) -> None:
        if self.beats:
            self.stage.crew.kill(self.beats.pop())

    def lose_beats_file(self) -> None:
        self.kill_beat()
        for file in self.stage.site.folder.glob("beat*"):
            file.unlink(missing_ok=True)

    def another_beat(self) -> None:
        if len(self.beats) < MOST_BEATS:
            self.beats.append(self.stage.crew.beat())

    def hit_broker(self) -> None:
        site = self.stage.site
        self.dice.choice([site.kill_valkey, site.empty_valkey])(self.dice.random())

    def hit_database(self) -> None:
        site = self.stage.site
        faults = [site.restart_postgres, site.kill_postgres, site.stop_postgres_at_once]
        self.dice.choice(faults)(self.dice.random())
        self.stage.doubt()

    def hit_mail(self) -> None:
        """Not a refusal for good, which would be given up rightly."""
        kinds = ("greeting", "busy", "hang_before", "hang_after", "drop_before", "drop_after")
        self.stage.post.expect([self.dice.choice(kinds)])

    def do_or_undo(self) -> None:
        side = self._any_side()
        rows = Responsibility.objects.filter(pk=side)
        done = asked(lambda: rows.values_list("state", flat=True)[0]) == TaskState.COMPLETED
        state = TaskState.IN_PROGRESS if done else TaskState.COMPLETED
        asked(lambda: rows.update(state=state, state_since=DAY))

    def change_date(self) -> None:
        side, due = self._any_side(), self.dice.choice(DUES)
        asked(lambda: Task.objects.filter(responsibilities=side).update(due_on=due))

    def _any_side(self) -> int:
        side = self.dice.choice(self.sides)
        self.touched.add(side)
        return side

    # --- the run ------------------------------------------------------------------------------

    def man(self) -> None:
        """Wake who has slept long enough; a beat and a worker at least, as a supervisor sees to."""
        for waking in [one for one in self.frozen if one[0] < time.monotonic()]:
            self.frozen.remove(waking)
            self.stage.crew.tell(waking[1], signal.SIGCONT)
            self.workers.append(waking[1])
        if not self.beats:
            self.another_beat()
        while len(self.workers) < self.dice.randint(1, MOST_WORKERS - 1):
            self.workers.append(self.stage.crew.worker())

    def live(self, faults: int) -> None:
        """So many faults, people's deeds in between, and runs of the day by two at any time."""
        moves: list[Callable[[], None]] = [
            *[self.kill_worker] * 3,
            self.freeze_worker,
            self.kill_beat,
            self.lose_beats_file,
            self.another_beat,
            self.hit_broker,
            self.hit_database,
            *[self.hit_mail] * 2,
        ]
        for n in range(faults):
            self.man()
            asked(self.stage_next(len(self.sides) * (n + 1) // faults))
            for _deed in range(self.dice.randint(0, 4)):
                self.dice.choice([self.do_or_undo, self.change_date])()
            self.wait_for_mail()
            self.dice.choice(moves)()
            self.stage.injected += 1
        self.stage.post.waiting.clear()

    def wait_for_mail(self) -> None:
        """Until one is on its way, so that the fault meets it; but not where all was done."""
        mark, until = self.stage.post.begun, time.monotonic() + PATIENCE
        while self.stage.post.begun == mark and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(self.dice.random() * 2 * self.stage.post.pause)

    def stage_next(self, number: int) -> Callable[[], None]:
        """The first so many jobs may be sent."""

        def release() -> None:
            held = Digest.objects.filter(run_after__gt=at(D(2030, 1, 1))).order_by("pk")
            left = len(self.sides) - number
            free = list(held.values_list("pk", flat=True))[: max(0, held.count() - left)]
            Digest.objects.filter(pk__in=free).update(run_after=at(DAY))

        return release

    @contextmanager
    def runs_of_the_day(self) -> Iterator[None]:
        """Two who make the day's notices again and again, side by side with all else."""
        over = threading.Event()

        def go_on() -> None:
            try:
                while not over.wait(0.7):
                    self.make(DAY)
            except BaseException as error:  # told in the test's own thread
                self.failures.append(error)
            finally:
                connection.close()

        makers = [threading.Thread(target=go_on) for _n in range(2)]
        for one in makers:
            one.start()
        try:
            yield
        finally:
            over.set()
            for one in makers:
                one.join()

    def finish(self) -> None:
        """All is up again; what is still to be done is told of on a later day, too."""
        for _until, worker in self.frozen:
            self.stage.crew.tell(worker, signal.SIGCONT)
        self.frozen.clear()
        self.man()
        self.stage_next(len(self.sides))()
        self.stage.settle()
        self.make(LAST)
        self.stage.settle()

    # --- what came of it ----------------------------------------------------------------------

    def lost(self) -> list[int]:
        """Sides still late of whose last step no mail was taken; and notices that wait."""
        late = Responsibility.objects.filter(state=TaskState.IN_PROGRESS, pk__in=self.sides)
        missing = []
        for side, due in late.values_list("pk", "task__due_on"):
            assert due is not None
            rows = Notice.objects.filter(
                subject=f"task/{side}", due_on=due, step=3, state=NoticeState.SENT
            ).filter(recipient__memberships__role="officer")
            carriers = rows.filter(carried__digest__state=DigestState.SENT)
            names = [message_id(pk) for pk in carriers.values_list("carried__digest", flat=True)]
            if not any(self.stage.post.taken.get(name) for name in names):
                missing.append(side)
        return missing

    def never_taken(self) -> list[int]:
        """Marked as sent, which the mail server does not know of."""
        sent = Digest.objects.filter(state=DigestState.SENT).values_list("pk", flat=True)
        return [pk for pk in sent if not self.stage.post.taken.get(message_id(pk))]

    def figures(self) -> Figures:
        taken = {name: len(to) for name, to in self.stage.post.taken.items()}
        return Figures(
            fault="chaos",
            injected=self.stage.injected,
            owed=len(self.addresses),
            delivered=len(taken),
            lost=len(self.lost()) + len(self.never_taken()),
            doubled_rows=doubled_rows(),
            doubled_ids=sum(taken.values()) - len(taken),
            in_flight=sum((self.stage.doubted + self.stage.post.unanswered).values()),
            dead=len(self.stage.dead()),
            resent=0,
            seconds=time.monotonic() - self.stage.begun,
        )

    def check(self) -> Figures:
        found = keep(self.figures())
        assert not self.failures
        assert found.in_flight > 0, "no fault met a mail"
        assert (found.lost, found.doubled_rows, found.dead) == (0, 0, 0), (found, self.lost())
        doubted = self.stage.doubted + self.stage.post.unanswered
        for name, people in self.stage.post.taken.items():
            assert set(people) == {self.addresses[name]}
            assert len(people) - 1 <= doubted[name], (name, people, doubted[name])
        assert not Notice.objects.queued().exists()
        dropped = Notice.objects.filter(state=NoticeState.DROPPED)
        of_deeds = {f"task/{side}" for side in self.touched}
        assert set(dropped.values_list("subject", flat=True)) <= of_deeds
        return found


def live(stage: Stage, jobs: int, faults: int, seed: int) -> Chaos:
    """One run, from the first fault until all is quiet."""
    chaos = Chaos(stage, random.Random(seed))  # noqa: S311 - data of a test
    chaos.owe(jobs)
    Digest.objects.update(run_after=at(D(2031, 1, 1)))
    with chaos.runs_of_the_day():
        chaos.live(faults)
    chaos.finish()
    return chaos


@pytest.mark.parametrize(
    ("jobs", "faults", "seed"),
    [
        (12, 5, 71),
        *(pytest.param(120, 40, seed, marks=pytest.mark.faults) for seed in range(72, 77)),
    ],
)
def test_everything_at_once(begin: Begin, jobs: int, faults: int, seed: int) -> None:
    live(begin("chaos", seed), jobs, faults, seed).check()


@pytest.mark.faults
def test_one_that_marks_before_it_sends_is_found_out(begin: Begin) -> None:
    """So that the other can fail."""
    stage = begin("chaos, broken on purpose", 77, app="tests.faults.reminders.broken")
    stage.post.pause = 0.3
    chaos = live(stage, 60, 30, 77)
    assert chaos.never_taken()
    with pytest.raises(AssertionError):
        chaos.check()
