"""What holds for all rules: a plan's own steps, what is done, and that each entry is whole."""

import datetime
from typing import Any

import pytest
from django.utils import translation

from tasks.models import Notice, Plan, Responsibility, ScheduleRun
from tasks.reminders import make_notices
from tasks.reminders.engine import plan_day
from tasks.reminders.rules import BY_KEY, RULES
from tasks.reminders.wanted import still_wanted
from tests.tasks.reminders.conftest import DUE, Scene, at, run
from tests.tasks.reminders.test_rules import only, told

D = datetime.date

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rung")]


def test_a_rule_that_is_off_tells_nobody_and_what_waits_is_dropped(scene: Scene) -> None:
    run(DUE)
    notice = only("report_due")
    assert still_wanted([notice], DUE) == {notice.pk}
    Plan.objects.update(reminder_settings={"rules": {"report_due": {"on": False}}})
    assert still_wanted([notice], DUE) == set()
    Notice.objects.all().delete()
    assert run(DUE) == set()


def test_a_plans_own_steps_and_escalation(scene: Scene) -> None:
    own = {"on": True, "steps": [2, 4], "repeat": 0}
    own |= {"tell": {"report.sign": 2, "report.review": 4}}
    Plan.objects.update(reminder_settings={"rules": {"report_overdue": own}})
    assert told("report_overdue", D(2026, 10, 12)) == set()
    assert told("report_overdue", D(2026, 10, 13)) == {("填报员", 2), ("审签员", 2)}
    everyone = {(name, 4) for name in ("填报员", "审签员", "协调员")}
    assert told("report_overdue", D(2026, 10, 15)) == everyone
    assert told("report_overdue", D(2027, 3, 1)) == set()


def test_what_nobody_does_is_marked_as_done_all_the_same(scene: Scene) -> None:
    run(DUE)
    scene.period.closed_on, scene.period.state = D(2026, 10, 12), "closed"
    scene.period.save()
    assert not only("report_due").settled
    make_notices(today=D(2026, 10, 12), now=at(D(2026, 10, 12)))
    assert only("report_due").settled


def test_what_is_done_is_marked_on_a_day_that_tells_nobody_anything(scene: Scene) -> None:
    run(DUE)
    Responsibility.objects.update(state="closed", state_since=D(2026, 10, 12))
    assert run(D(2026, 10, 12)) == set()
    assert only("report_due").settled


def test_one_run_a_day_looks_for_what_is_done(scene: Scene) -> None:
    run(DUE)
    monday = D(2026, 10, 12)
    job, morning = "tasks.jobs.make_notices", at(monday, 8)
    kept = ScheduleRun.objects.create(name=job, first_at=at(DUE), ran_at=morning, done_at=morning)
    Responsibility.objects.update(state="closed", state_since=monday)
    run(monday)
    assert not only("report_due").settled
    kept.done_at = at(DUE, 23)
    kept.save()
    run(monday)
    assert only("report_due").settled


def test_no_step_is_told_behind_one_that_was_told(scene: Scene) -> None:
    everyone = {(name, 7) for name in ("填报员", "审签员", "协调员")}
    assert told("report_overdue", D(2026, 10, 20)) == everyone
    own = {"steps": [2, 5, 9], "repeat": 0, "tell": {"report.sign": 5, "report.review": 9}}
    Plan.objects.update(reminder_settings={"rules": {"report_overdue": own}})
    assert told("report_overdue", D(2026, 10, 21)) == set()
    assert told("report_overdue", D(2026, 10, 22)) == {(name, 9) for name, _step in everyone}


def test_late_is_not_done(scene: Scene) -> None:
    run(DUE)
    run(D(2026, 10, 12))
    assert not only("report_due").settled


@pytest.mark.parametrize("rule", RULES, ids=[rule.key for rule in RULES])
def test_every_rule_is_whole(rule: Any, db: None) -> None:
    assert BY_KEY[rule.key] is rule
    assert list(rule.steps) == sorted(set(rule.steps))
    assert set(sorted(rule.tell)[1:]) <= set(rule.steps)
    assert rule.subjects(DUE).count() == 0
    for rank in range(len(rule.verbs)):
        assert rule.path(rank).startswith("/")
    with translation.override("en"):
        assert str(rule.name).isascii()


def test_a_plan_of_the_day_reads_every_rule(scene: Scene) -> None:
    assert plan_day(DUE).planned[0].notice.recipient == scene.officer
