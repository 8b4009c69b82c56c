"""A date that a plan's settings moved and moved back: what was told of it holds again."""

import datetime

import pytest
import time_machine
from django.test import Client

from tasks.models import Notice, Plan
from tasks.reminders import make_notices
from tests.factories import TargetFactory
from tests.tasks.reminders.conftest import DUE, Scene, at, run
from tests.tasks.reminders.test_rules import only
from tests.tasks.views.conftest import form_of
from units.models import User

D = datetime.date
MONDAY, TUESDAY = D(2026, 10, 12), D(2026, 10, 13)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rung")]


def test_reminders_that_were_put_off_and_begin_again(scene: Scene) -> None:
    run(DUE)
    assert not only("report_due").settled
    Plan.objects.update(reminders_from=D(2026, 12, 1))
    make_notices(today=MONDAY, now=at(MONDAY))
    assert only("report_due").settled
    Plan.objects.update(reminders_from=D(2026, 1, 1))
    make_notices(today=TUESDAY, now=at(TUESDAY))
    assert not only("report_due").settled


def test_it_comes_back_where_all_was_settled_and_is_told_once(scene: Scene) -> None:
    told = run(DUE)
    Plan.objects.update(reminders_from=D(2026, 12, 1))
    run(MONDAY)
    assert not Notice.objects.filter(settled=False).exists()
    Plan.objects.update(reminders_from=D(2026, 1, 1))
    again = run(TUESDAY)
    assert not {(rule, step) for rule, _person, step in again} & {
        (rule, step) for rule, _person, step in told
    }


def set_target_day(scene: Scene, office: User, text: str) -> None:
    """On the page of the plan's reminders."""
    browser = Client()
    browser.force_login(office)
    address = f"/plans/{scene.plan.code}/reminders/"
    form = form_of(browser, address) | {"target_day": text}
    assert browser.post(address, form).status_code == 302


def bell(person: User, day: D) -> int:
    """How many are unread on the person's page."""
    with time_machine.travel(at(day), tick=False):
        browser = Client()
        browser.force_login(person)
        number: int = browser.get("/notices/").context["unread"]
    return number


def test_the_day_of_next_years_figures_moved_and_moved_back(scene: Scene) -> None:
    office = scene.coordinator
    scene.plan.periods.all().delete()
    set_target_day(scene, office, "11-20")
    TargetFactory(plan=scene.plan, unit=scene.unit, year=2025)
    days = [D(2026, 11, 13), D(2026, 11, 16), D(2026, 11, 17)]
    assert ("target_without_value", "填报员", -5) in run(days[0])
    assert bell(scene.officer, days[0]) == 1
    set_target_day(scene, office, "12-25")
    run(days[1])
    assert bell(scene.officer, days[1]) == 0
    set_target_day(scene, office, "11-20")
    assert not {rule for rule, _who, _step in run(days[2])} & {"target_without_value"}
    assert bell(scene.officer, days[2]) == 1


def test_what_was_done_meanwhile_stays_done(scene: Scene) -> None:
    run(DUE)
    Plan.objects.update(reminders_from=D(2026, 12, 1))
    run(MONDAY)
    scene.period.closed_on, scene.period.state = MONDAY, "closed"
    scene.period.save()
    Plan.objects.update(reminders_from=D(2026, 1, 1))
    run(TUESDAY)
    assert only("report_due").settled
