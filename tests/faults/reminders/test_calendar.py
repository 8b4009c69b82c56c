"""Days off, quarter ends and 29 February: told on the days of tables written by hand."""

import datetime

import pytest

from tasks.models import Notice, Task
from tasks.reminders import make_notices
from tests.tasks.reminders.conftest import Scene, at, make_scene
from tracker.lib.workdays import is_workday

D = datetime.date
ONE = datetime.timedelta(days=1)
Told = list[tuple[str, int]]

# Due date → (day, step), as one counts on a calendar on the wall. 2026: off 1–3 January,
# 15–23 February, 4–6 April, 1–5 May, 19–21 June, 25–27 September, 1–7 October; worked
# 4 January, 14 and 28 February, 9 May, 20 September, 10 October. Of 2028 no list is known yet.
TABLE: dict[D, Told] = {
    # A day off itself: its own step falls away, the next working day is the first past it.
    D(2026, 1, 1): [
        ("2025-12-23", -7),
        ("2025-12-29", -3),
        ("2025-12-31", -1),
        ("2026-01-04", 1),
        ("2026-01-06", 3),
        ("2026-01-12", 7),
    ],
    # The first day after 春节, between a Saturday that is worked and another.
    D(2026, 2, 24): [
        ("2026-02-06", -7),
        ("2026-02-12", -3),
        ("2026-02-14", -1),
        ("2026-02-24", 0),
        ("2026-02-25", 1),
        ("2026-02-27", 3),
        ("2026-03-04", 7),
    ],
    # A Saturday that is worked.
    D(2026, 2, 28): [
        ("2026-02-12", -7),
        ("2026-02-25", -3),
        ("2026-02-27", -1),
        ("2026-02-28", 0),
        ("2026-03-02", 1),
        ("2026-03-04", 3),
        ("2026-03-10", 7),
    ],
    # Quarter ends.
    D(2026, 3, 31): [
        ("2026-03-20", -7),
        ("2026-03-26", -3),
        ("2026-03-30", -1),
        ("2026-03-31", 0),
        ("2026-04-01", 1),
        ("2026-04-03", 3),
        ("2026-04-10", 7),
    ],
    D(2026, 6, 30): [
        ("2026-06-18", -7),
        ("2026-06-25", -3),
        ("2026-06-29", -1),
        ("2026-06-30", 0),
        ("2026-07-01", 1),
        ("2026-07-03", 3),
        ("2026-07-09", 7),
    ],
    D(2026, 9, 30): [
        ("2026-09-20", -7),
        ("2026-09-24", -3),
        ("2026-09-29", -1),
        ("2026-09-30", 0),
        ("2026-10-08", 1),
        ("2026-10-10", 3),
        ("2026-10-15", 7),
    ],
    # Across a Sunday that is worked and the week off.
    D(2026, 10, 8): [
        ("2026-09-21", -7),
        ("2026-09-28", -3),
        ("2026-09-30", -1),
        ("2026-10-08", 0),
        ("2026-10-09", 1),
        ("2026-10-12", 3),
        ("2026-10-16", 7),
    ],
    D(2028, 2, 29): [
        ("2028-02-18", -7),
        ("2028-02-24", -3),
        ("2028-02-28", -1),
        ("2028-02-29", 0),
        ("2028-03-01", 1),
        ("2028-03-03", 3),
        ("2028-03-09", 7),
    ],
}
SHORT = (D(2026, 1, 1), D(2026, 10, 8), D(2028, 2, 29))  # of these in `make test`
SHORT_AND_LONG = [
    due if due in SHORT else pytest.param(due, marks=pytest.mark.faults) for due in TABLE
]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    """No broker hears a ring."""
    monkeypatch.setattr("tracker.lib.doorbell._send", lambda name, args: None)


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


def told_of(scene: Scene, due: D) -> Task:
    """One task with the date; no reports, which would speak, too."""
    scene.plan.periods.all().delete()
    type(scene.plan).objects.filter(pk=scene.plan.pk).update(
        reminders_from=D(2025, 1, 1), ends_on=D(2040, 12, 31)
    )
    task = scene.side.task
    Task.objects.filter(pk=task.pk).update(due_on=due)
    return task


def told(scene: Scene) -> Told:
    rows = Notice.objects.filter(recipient=scene.officer).order_by("made_on")
    return [(str(day), step) for day, step in rows.values_list("made_on", "step")]


def live(first: D, last: D) -> None:
    """A run on each day, days off included, and the clock set back by a day now and then."""
    day = first
    while day <= last:
        make_notices(today=day, now=at(day))
        if day.day % 5 == 0:
            make_notices(today=day - ONE, now=at(day - ONE))
            make_notices(today=day, now=at(day, 17))
        day += ONE


@pytest.mark.parametrize("due", SHORT_AND_LONG, ids=str)
def test_steps_come_on_the_days_of_the_calendar_on_the_wall(scene: Scene, due: D) -> None:
    told_of(scene, due)
    expected = TABLE[due]
    live(due - 25 * ONE, D.fromisoformat(expected[-1][0]))
    assert told(scene) == expected
    assert all(is_workday(D.fromisoformat(day)) for day, _step in expected)


@pytest.mark.parametrize(
    ("due", "every"),
    [
        (D(2026, 10, 8), 12),
        pytest.param(D(2026, 10, 8), 1, marks=pytest.mark.faults),
        pytest.param(D(2026, 2, 24), 1, marks=pytest.mark.faults),
    ],
)
def test_three_days_without_beat_around_days_off(scene: Scene, due: D, every: int) -> None:
    """Whichever three days are lost: what was reached in them comes once, and at once after."""
    expected = TABLE[due]
    last = D.fromisoformat(expected[-1][0])
    begin = D.fromisoformat(expected[0][0])
    told_of(scene, due)
    for lost in range(0, (last - begin).days - 3, every):
        Notice.objects.all().delete()
        gap = {begin + (lost + n) * ONE for n in range(3)}
        day = begin
        while day <= last:
            if day not in gap:
                make_notices(today=day, now=at(day))
            day += ONE
        found = told(scene)
        assert len(found) == len({step for _day, step in found})
        assert found == caught_up(expected, gap, due), gap


def caught_up(expected: Told, gap: set[D], due: D) -> Told:
    """The table, with the steps of the gap told on the next working day, the latest alone.

    Before the due date and after it are two rules: what was to come before is not told after.
    """
    told_on: dict[str, int] = {}
    for text, step in expected:
        day = D.fromisoformat(text)
        while day in gap or not is_workday(day):
            day += ONE
        if step <= 0 and day > due:
            continue
        told_on[str(day)] = step
    return sorted(told_on.items())
