"""Beat may run twice, stop for days or lose its file: nothing is lost, nothing comes twice."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery.beat import PersistentScheduler
from django.core import mail
from django.db import transaction

from reports.models import ReportRun
from tasks import jobs
from tasks.models import Digest, Notice, Period
from tests.factories import TaskFactory, UnitFactory, officer
from tests.kept import kept_for_module
from tests.tasks.reminders.conftest import Scene, at, make_scene
from tracker.celery import app
from tracker.lib.workdays import is_workday
from units.models import AuditEntry

D = datetime.date
FIRST, LAST = D(2026, 10, 9), D(2026, 10, 20)  # from the day before the due day to escalation
OUTAGE = [D(2026, 10, 12), D(2026, 10, 13), D(2026, 10, 14)]
HOURS = (9, 17)
OF_ONE_RUN = ("notice.make", "period.open", "digest.dead")
Matter = tuple[str, int, D]


def days(without: Iterable[D] = ()) -> list[D]:
    number = (LAST - FIRST).days + 1
    every = [FIRST + datetime.timedelta(days=n) for n in range(number)]
    return [day for day in every if day not in set(without)]


@dataclass
class Outcome:
    """What came of some days."""

    notices: set[tuple[Any, ...]] = field(default_factory=set)
    mails: Counter[tuple[str, str, D]] = field(default_factory=Counter)
    message_ids: list[str] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)

    def last_steps(self) -> dict[Matter, tuple[str, int]]:
        """The newest step of each matter to each person, by rule."""
        ordered = sorted(self.notices, key=lambda row: (row[5], row[3]))
        return {(row[1], row[4], row[2]): (row[0], row[3]) for row in ordered}


def make_world() -> Scene:
    """Reports and tasks of two units due and late."""
    scene = make_scene()
    other = UnitFactory(name="重庆市生态环境局")
    officer(other, name="另一填报员")
    scene.another(unit=other)
    scene.another(task__due_on=D(2026, 10, 15), task__title="有时限")
    scene.another(unit=UnitFactory(name="无人单位"))
    TaskFactory(plan=scene.plan)
    return scene


@pytest.fixture(scope="module")
def worlds(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Callable[[], Scene]]:
    yield from kept_for_module(request, django_db_blocker, make_world)


@pytest.fixture
def world(
    worlds: Callable[[], Scene],
    db: None,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Scene:
    """No broker hears a ring."""
    settings.FILES_DIR = tmp_path
    app.loader.import_default_modules()
    monkeypatch.setattr("tracker.lib.doorbell._send", lambda name, args: None)
    return worlds()


@pytest.fixture(scope="module")
def lived() -> dict[int, Outcome]:
    """What came of all days, by the rows that they passed over."""
    return {}


@pytest.fixture
def whole(world: Scene, lived: dict[int, Outcome]) -> Outcome:
    """What comes of all days, one beat each time."""
    if world.side.pk not in lived:
        lived[world.side.pk] = live(days())
    return lived[world.side.pk]


@contextmanager
def undone() -> Iterator[None]:
    """What is done within is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def beat(beats: int) -> None:
    """The whole table rung by so many beats, and each waiting message by as many sweeps."""
    for _n in range(beats):
        for row in app.conf.beat_schedule.values():
            app.tasks[row["task"]].apply(throw=True)
    waiting = list(Digest.objects.order_by("pk").values_list("pk", flat=True))
    for pk in waiting * beats:
        jobs.deliver_digest.apply(args=(pk,), throw=True)


def live(some: Iterable[D], *, beats: int = 1) -> Outcome:
    """Let the days pass, and take them back."""
    found = Outcome()
    with undone():
        for day in some:
            for hour in HOURS:
                mail.outbox.clear()
                with time_machine.travel(at(day, hour), tick=False):
                    beat(beats)
                for one in mail.outbox:
                    found.mails[one.to[0], str(one.subject), day] += 1
                    found.message_ids.append(one.extra_headers.get("Message-ID", ""))
        found.notices = set(
            Notice.objects.values_list(
                "rule", "subject", "due_on", "step", "recipient_id", "made_on", "state"
            )
        )
        found.rows = Counter(AuditEntry.objects.values_list("verb", flat=True))
        found.rows["periods"], found.rows["runs"] = (
            Period.objects.count(),
            ReportRun.objects.count(),
        )
    return found


def test_two_beats_make_what_one_makes(whole: Outcome) -> None:
    one, two = whole, live(days(), beats=2)
    assert len(one.notices) > 10
    assert sum(one.mails.values()) > 5
    assert two.notices == one.notices
    assert two.mails == one.mails
    assert max(two.mails.values()) == 1
    told = [number for number in two.message_ids if number]
    assert len(told) == len(set(told))
    for name in (*OF_ONE_RUN, "periods", "runs"):
        assert two.rows[name] == one.rows[name], name


@pytest.mark.parametrize("beats", [1, 2])
def test_three_days_without_beat_lose_nothing_and_send_the_newest_step_once(
    whole: Outcome, beats: int
) -> None:
    gap = live(days(without=OUTAGE), beats=beats)
    assert not [row for row in gap.notices if row[5] in OUTAGE]
    assert gap.last_steps() == whole.last_steps()
    after = next(day for day in days(without=OUTAGE) if day > OUTAGE[-1] and is_workday(day))
    made_up = Counter((row[1], row[4]) for row in gap.notices if row[5] == after)
    assert made_up
    assert max(made_up.values()) == 1
    known = {row[:5] for row in whole.notices}
    assert {row[:5] for row in gap.notices} < known
    assert max(gap.mails.values()) == 1


def test_a_file_that_is_lost_or_broken_leaves_the_whole_table(tmp_path: Path) -> None:
    """From the first tick on each job comes up within a day."""
    place = tmp_path / "schedule"
    for content in (None, b"no schedule"):
        for old in tmp_path.glob("schedule*"):
            old.unlink()
        if content is not None:
            place.write_bytes(content)
        scheduler = PersistentScheduler(app=app, schedule_filename=str(place), lazy=False)
        try:
            entries = {entry.task: entry for entry in scheduler.schedule.values()}
            assert {row["task"] for row in app.conf.beat_schedule.values()} <= entries.keys()
            for entry in entries.values():
                is_due, seconds = entry.is_due()
                assert is_due or seconds <= datetime.timedelta(days=1).total_seconds()
        finally:
            scheduler.close()
