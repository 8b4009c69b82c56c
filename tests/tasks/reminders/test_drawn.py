"""Drawn steps, dates, outages and deeds against plain code that knows nothing of the product's.

What holds, whatever is drawn: the latest step that has come is told once, and neither it nor an
earlier one again for the same matter, person and date; nothing on days off; nothing of what is
done; what is done is marked so on the next working day.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import chinese_calendar
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tasks.models import Notice, Plan, Responsibility, Task
from tasks.reminders import make_notices
from tasks.reminders.day import tasks
from tasks.reminders.rules import BY_KEY
from tasks.states import TaskState
from tests.factories import (
    OfficeFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    joint_plan,
    officer,
)
from tests.factories.units import MembershipFactory, UserFactory
from tests.tasks.reminders.conftest import at

D = datetime.date
ONE = datetime.timedelta(days=1)
FIRST = D(2026, 1, 26)
LAST = D(2026, 12, 31)
DUE, LATE = "task_due", "task_overdue"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rung", "two_rules")]


@pytest.fixture
def two_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules of a date alone: the others have nothing to tell here, and take their time."""
    words = {tasks: [BY_KEY[LATE], BY_KEY[DUE]]}
    monkeypatch.setattr("tasks.reminders.engine.WORDS", words)


# --- what is drawn -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Set:
    """A plan's own steps: before the day, after it, the repeat, from where signer and office."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    repeat: int
    signer: int
    office: int

    @property
    def kept(self) -> dict[str, Any]:
        tell = {"report.sign": self.signer, "report.review": self.office}
        late = {"on": True, "steps": list(self.after), "repeat": self.repeat, "tell": tell}
        due = {"on": True, "steps": list(self.before), "repeat": 0, "tell": {}}
        return {"rules": {DUE: due, LATE: late}}


@dataclass(frozen=True)
class Life:
    """The date and steps at first; then days without a run, and what happens before the next."""

    due: D
    steps: Set
    then: list[tuple[int, Any]] = field(default_factory=list)


DONE, UNDONE = "done", "undone"
dates = st.integers(0, 300).map(lambda n: FIRST + n * ONE)


@st.composite
def sets(draw: Callable[[Any], Any]) -> Set:
    def some(least: int, most: int) -> tuple[int, ...]:
        drawn = st.sets(st.integers(least, most), min_size=1, max_size=5)
        return tuple(sorted(draw(drawn)))

    after = some(1, 30)
    signer, office = sorted(draw(st.tuples(st.sampled_from(after), st.sampled_from(after))))
    repeat = draw(st.sampled_from([0, 1, 5, 20]))
    return Set(some(-20, 0), after, repeat, signer, office)


deeds = st.one_of(st.none(), st.none(), st.none(), dates, sets(), st.sampled_from([DONE, UNDONE]))
gaps = st.sampled_from([0, 1, 1, 1, 2, 3, 5, 9, 20])
lives = st.builds(
    Life,
    due=dates,
    steps=sets(),
    then=st.lists(st.tuples(gaps, deeds), min_size=5, max_size=25),
)


# --- plain code --------------------------------------------------------------------------------


def works(day: D) -> bool:
    return bool(chinese_calendar.is_workday(day))


def counted(due: D, today: D) -> int:
    """Working days from the date to the day by walking: negative before it."""
    n, day = 0, due
    while day < today:
        day += ONE
        n += works(day)
    while day > today:
        day -= ONE
        n -= works(day)
    return n


def come(steps: Set, due: D, today: D) -> int | None:
    """The latest step that has come on a working day; None before the first."""
    if today <= due:
        left = [step for step in steps.before if step <= counted(due, today)]
        return left[-1] if left else None
    every = list(steps.after)
    while steps.repeat and every[-1] < 400:
        every.append(every[-1] + steps.repeat)
    past = [step for step in every if step <= counted(due, today)]
    return past[-1] if past else None


def people_at(steps: Set, rule: str, step: int) -> set[str]:
    told = {"填报员"}
    if rule == LATE and step >= steps.signer:
        told.add("审签员")
    if rule == LATE and step >= steps.office:
        told.add("协调员")
    return told


# --- the comparison ----------------------------------------------------------------------------


def world(life: Life) -> Responsibility:
    plan = joint_plan(reminder_settings=life.steps.kept)
    unit = UnitFactory()
    officer(unit, name="填报员")
    MembershipFactory(signer=True, unit=unit, user=UserFactory(name="审签员"))
    coordinator(OfficeFactory(), name="协调员")
    row: Responsibility = ResponsibilityFactory(
        task=TaskFactory(plan=plan, due_on=life.due), unit=unit
    )
    return row


def live(life: Life) -> int:
    """Live through it, comparing each run with plain code; returns how many were told."""
    side = world(life)
    due, steps, done, today = life.due, life.steps, False, FIRST
    told: dict[tuple[str, D, str], int] = {}
    number = 0
    for gap, deed in life.then:
        today = min(today + gap * ONE, LAST)
        if isinstance(deed, D):
            due = deed
            Task.objects.filter(pk=side.task_id).update(due_on=due)
        elif isinstance(deed, Set):
            steps = deed
            Plan.objects.filter(pk=side.task.plan_id).update(reminder_settings=steps.kept)
        elif deed is not None:
            done = deed == DONE
            state = TaskState.CLOSED if done else TaskState.IN_PROGRESS
            Responsibility.objects.filter(pk=side.pk).update(state=state, state_since=today)
        expected = set()
        step = come(steps, due, today) if works(today) and not done else None
        if step is not None:
            rule = DUE if today <= due else LATE
            for person in people_at(steps, rule, step):
                if told.get((rule, due, person), -999) < step:
                    told[rule, due, person] = step
                    expected.add((rule, due, person, step))
        assert new_of(today) == expected, (today, due, steps)
        number += len(expected)
        if works(today):
            still = Notice.objects.filter(settled=False, made_on__lt=today)
            left = set(still.values_list("due_on", flat=True))
            assert left <= (set() if done else {due})
    return number


def new_of(today: D) -> set[tuple[str, D, str, int]]:
    before = list(Notice.objects.values_list("pk", flat=True))
    make_notices(today=today, now=at(today))
    rows = Notice.objects.exclude(pk__in=before)
    found = list(rows.values_list("rule", "due_on", "recipient__name", "step"))
    assert len(set(found)) == len(found)
    return set(found)


def drive(life: Life) -> None:
    with transaction.atomic():
        live(life)
        transaction.set_rollback(True)


OWN = Set((-7, -3, -1, 0), (1, 3, 7), 20, 3, 7)
FEWER = Set((-7, 0), (2, 5, 9), 0, 5, 9)
LIMITS: dict[str, Any] = {
    "deadline": None,
    "phases": [Phase.explicit, Phase.generate],
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


# Told at +7, then with other steps: +5, which was never told, is behind what was.
@example(Life(D(2026, 3, 2), OWN, [(50, None), (0, FEWER), (1, None), (9, None)]))
# Put off and brought back to the first date: what was told of that holds.
@example(Life(D(2026, 3, 2), OWN, [(33, None), (1, D(2026, 4, 1)), (1, D(2026, 3, 2)), (2, None)]))
# Over the Spring Festival and 29 February's place, run on each day.
@example(Life(D(2026, 2, 28), OWN, [(1, None)] * 30))
@given(lives)
@settings(max_examples=25, derandomize=True, **LIMITS)
def test_a_drawn_life_of_a_date(life: Life) -> None:
    drive(life)


@pytest.mark.faults
@given(lives)
@settings(max_examples=600, **LIMITS)
def test_many_drawn_lives_of_a_date(life: Life) -> None:
    drive(life)


def test_the_lives_tell_of_something(db: None) -> None:
    assert live(Life(D(2026, 3, 2), OWN, [(1, None)] * 80)) > 10
