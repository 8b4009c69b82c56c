"""After days without a run the latest step is told once, and no step a second time."""

import datetime
from itertools import pairwise
from random import Random

import pytest

from tasks.models import Notice, Task
from tasks.reminders import make_notices
from tasks.reminders.steps import reached, reached_since
from tests.tasks.reminders.conftest import Scene, at
from tracker.lib.workdays import add_workdays, is_workday, workdays_between

D = datetime.date
ONE = datetime.timedelta(days=1)
BEGUN = D(2025, 6, 1)


def drawn_steps(dice: Random) -> tuple[int, ...]:
    return tuple(sorted(dice.sample(range(-15, 40), dice.randint(1, 6))))


@pytest.mark.parametrize("seed", range(40))
def test_steps_are_those_of_a_calendar_walked_day_by_day(seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - data of a test
    steps, repeat = drawn_steps(dice), dice.choice([0, 1, 5, 20])
    due = BEGUN + dice.randint(0, 500) * ONE
    today = due + dice.randint(-40, 400) * ONE
    every = list(steps)
    while repeat and every[-1] < 400:
        every.append(every[-1] + repeat)
    come = [(step, day) for step in every if (day := add_workdays(due, step)) <= today]
    found = reached(due, steps, repeat, today)
    assert (found and (found.step, found.on)) == (come[-1] if come else None)
    since = due - dice.randint(0, 30) * ONE
    first = (-workdays_between(since, due), since)
    told = reached_since(since, due, steps, repeat, today)
    assert told is not None
    expected = come[-1] if come and come[-1][0] > first[0] else first
    assert (told.step, told.on) == expected


@pytest.mark.django_db
@pytest.mark.usefixtures("rung")
@pytest.mark.parametrize("seed", range(3))
def test_outages_lose_the_steps_between_and_double_none(scene: Scene, seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - data of a test
    scene.plan.periods.all().delete()
    side = scene.another(task__due_on=D(2026, 7, 10))
    day, dues = D(2026, 6, 20), [D(2026, 7, 10)]
    made: list[tuple[D, int, D]] = []  # due, step, day
    while day < D(2026, 12, 1):
        before = set(Notice.objects.values_list("pk", flat=True))
        make_notices(today=day, now=at(day))
        new = Notice.objects.filter(recipient=scene.officer).exclude(pk__in=before)
        assert len(new) <= 1, "a backlog is one notice"
        for notice in new:
            assert is_workday(day)
            assert notice.due_on == dues[-1]
            made.append((notice.due_on, notice.step, day))
        if dice.random() < 0.05:
            dues.append(day + dice.randint(5, 40) * ONE)
            Task.objects.filter(pk=side.task_id).update(due_on=dues[-1])
        day += dice.choice([1, 1, 1, 2, 4, 9]) * ONE
    assert len({(due, step) for due, step, _day in made}) == len(made), "no step comes again"
    assert len(made) > 5
    for (due, step, _day), (later_due, later_step, _later) in pairwise(made):
        assert later_due != due or later_step > step
