"""One trial: mails that are owed, the programs that send them, and what came of it."""

import datetime
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Count, Q

from tasks.models import Carried, Digest, Notice
from tasks.reminders import make_notices
from tasks.states import DigestState, NoticeState
from tests.factories import UnitFactory, officer
from tests.faults.reminders.crew import Crew
from tests.faults.reminders.ledger import Figures
from tests.faults.reminders.post import Post
from tests.faults.reminders.site import Site, asked
from tests.tasks.reminders.conftest import at, make_scene
from tracker.lib import workdays
from units.models import AuditEntry

DAY = datetime.date(2026, 10, 12)  # one step past the due day: officers alone are told
WAITING = (DigestState.QUEUED, DigestState.SENDING)
LATER = datetime.timedelta(days=365)


def message_id(digest: int) -> str:
    return f"<digest.{digest}@tracker.example.org>"


@dataclass
class Stage:
    """A site with mails that wait until they are released."""

    site: Site
    post: Post
    crew: Crew
    dice: random.Random
    fault: str = ""
    owed: dict[str, str] = field(default_factory=dict)  # address by Message-ID
    held: list[int] = field(default_factory=list)
    doubted: Counter[str] = field(default_factory=Counter)  # in flight at a kill
    claims: set[tuple[int, int]] = field(default_factory=set)  # that were ended by a fault
    injected: int = 0
    resent: int = 0
    begun: float = field(default_factory=time.monotonic)

    def owe(self, number: int) -> None:
        """One mail each to so many officers; none is sent before it is released."""
        scene = make_scene()
        for n in range(number - 1):
            unit = UnitFactory()
            officer(unit, username=f"officer-{n}")
            scene.another(unit=unit)
        make_notices(today=DAY, now=at(DAY))
        Digest.objects.update(run_after=workdays.now() + LATER)
        rows = Digest.objects.select_related("recipient").order_by("pk")
        self.owed = {message_id(row.pk): row.recipient.email for row in rows if row.recipient}
        self.held = [row.pk for row in rows]
        assert len(self.owed) == number

    def release(self, number: int) -> None:
        """So many more are due."""
        free, self.held = self.held[:number], self.held[number:]
        now = workdays.now()
        asked(lambda: Digest.objects.filter(pk__in=free).update(run_after=now))

    def wait_for(self, what: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait until it is so; else say what the programs said."""
        until = time.monotonic() + seconds
        while not what():
            if time.monotonic() > until:
                raise AssertionError(f"{self.fault}: {self._told()}")
            time.sleep(0.01)

    def begin(self, mails: int) -> None:
        """Wait until so many more mails have come to the server's door."""
        mark = self.post.begun + mails
        self.wait_for(lambda: self.post.begun >= mark)

    def doubt(self) -> None:
        """What is in flight now: taken or not, nobody can know. Each claim counts once."""
        rows = Digest.objects.filter(state=DigestState.SENDING)
        flying = asked(lambda: set(rows.values_list("pk", "fence")))
        self.doubted.update(message_id(pk) for pk, _fence in flying - self.claims)
        self.claims |= flying

    def waiting(self) -> int:
        """How many are released and neither sent nor given up."""
        rows = Digest.objects.filter(state__in=WAITING).exclude(pk__in=self.held)
        return asked(rows.count)

    def settle(self, seconds: float = 90.0) -> None:
        """All that is released gets sent or given up."""
        until = time.monotonic() + seconds
        while left := self.waiting():
            if time.monotonic() > until:
                raise AssertionError(f"{self.fault}: {left} wait still. {self._told()}")
            time.sleep(0.1)

    def dead(self) -> set[str]:
        """What was given up."""
        rows = Digest.objects.filter(state=DigestState.DEAD)
        return {message_id(pk) for pk in rows.values_list("pk", flat=True)}

    def figures(self) -> Figures:
        """All that is owed is released by now."""
        assert not self.held
        counted = Counter({name: len(to) for name, to in self.post.taken.items()})
        dead = self.dead()
        return Figures(
            fault=self.fault,
            injected=self.injected,
            owed=len(self.owed),
            delivered=len(self.owed.keys() & counted.keys()),
            lost=len(self.owed.keys() - counted.keys() - dead),
            doubled_rows=doubled_rows() + abs(Digest.objects.count() - len(self.owed)),
            doubled_ids=sum(counted.values()) - len(counted),
            in_flight=sum((self.doubted + self.post.unanswered).values()),
            dead=len(dead),
            resent=self.resent,
            seconds=time.monotonic() - self.begun,
        )

    def check(self) -> Figures:
        """Lost 0, doubled rows 0, doubles only of what was in flight, each to its own person."""
        found = self.figures()
        assert found.lost == 0, found
        assert found.doubled_rows == 0, found
        doubted = self.doubted + self.post.unanswered
        for name, people in self.post.taken.items():
            assert set(people) == {self.owed[name]}
            assert len(people) - 1 <= doubted[name], (name, len(people), doubted[name])
        dead = Digest.objects.filter(state=DigestState.DEAD)
        assert AuditEntry.objects.filter(verb="digest.dead").count() == len(dead) + self.resent
        told = Q(state=NoticeState.SENT) | Q(carried__digest__in=dead)
        assert not Notice.objects.exclude(told).exists()
        return found

    def _told(self) -> str:
        return self.crew.log.read_text(encoding="utf-8", errors="replace")[-6000:]


def doubled_rows() -> int:
    """Messages, what they carry, and notices that are there twice."""
    number = 0
    for rows, key in (
        (Digest.objects, ("recipient", "day", "channel")),
        (Carried.objects, ("notice", "channel")),
        (Notice.objects, ("rule", "subject", "due_on", "recipient", "step")),
    ):
        same = rows.order_by().values(*key).annotate(number=Count("pk")).filter(number__gt=1)
        number += sum(row["number"] - 1 for row in same)
    return number
