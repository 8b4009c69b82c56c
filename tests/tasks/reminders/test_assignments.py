"""What was handed out and not signed for is told: at once, on the day, and when it is late."""

import datetime

import pytest
from django.urls import reverse
from django.utils import translation

from tasks.models import Notice, Responsibility
from tasks.reminders.rules import sentence
from tasks.reminders.wanted import still_wanted
from tasks.services import assignments
from tests.factories import ResponsibilityFactory, UnitFactory, officer
from tests.tasks.reminders.conftest import Scene, at, run

D = datetime.date
DAY, SIGN_BY = D(2026, 10, 20), D(2026, 10, 23)
RULE = "assignment_unsigned"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rung")]


def hand_out(scene: Scene, *duties: Responsibility, sign_by: D = SIGN_BY) -> None:
    assignments.hand_out(duties, sign_by=sign_by, by=scene.coordinator, now=at(DAY))


def told(today: D) -> set[tuple[str, int]]:
    return {(person, step) for rule, person, step in run(today) if rule == RULE}


def test_from_the_day_of_handing_out_until_it_is_late(scene: Scene) -> None:
    hand_out(scene, scene.side)
    days = [DAY + datetime.timedelta(days=n) for n in range(25)]
    assert {day: new for day in days if (new := told(day))} == {
        D(2026, 10, 20): {("填报员", -3)},
        D(2026, 10, 22): {("填报员", -1)},
        D(2026, 10, 23): {("填报员", 0)},
        D(2026, 10, 26): {("填报员", 1)},
        D(2026, 10, 28): {("填报员", 3), ("审签员", 3)},
        D(2026, 11, 3): {("填报员", 7), ("审签员", 7), ("协调员", 7)},
    }


def test_cooperating_units_are_told_too_and_nobody_once_signed(scene: Scene) -> None:
    unit = UnitFactory()
    helper = officer(unit, name="配合员")
    duty = ResponsibilityFactory(task=scene.side.task, unit=unit, cooperating=True)
    hand_out(scene, scene.side, duty)
    assignments.sign_for([scene.side], by=scene.officer, now=at(DAY, 10))
    assert told(DAY) == {("配合员", -3)}
    notice = Notice.objects.get(rule=RULE)
    assert notice.path == reverse("tasks:detail", args=[duty.task_id])
    assert still_wanted([notice], DAY) == {notice.pk}
    assignments.sign_for([duty], by=helper, now=at(DAY, 11))
    assert still_wanted([notice], DAY) == set()
    assert told(D(2026, 10, 22)) == set()


def test_a_plan_without_reminders_stays_quiet(scene: Scene) -> None:
    scene.plan.reminders_from = D(2027, 1, 1)
    scene.plan.save(update_fields=["reminders_from"])
    hand_out(scene, scene.side)
    assert told(DAY) == set()


def test_what_is_handed_out_anew_begins_its_own_steps(scene: Scene) -> None:
    hand_out(scene, scene.side)
    assert told(DAY) == {("填报员", -3)}
    hand_out(scene, scene.side, sign_by=D(2026, 10, 27))
    assert told(DAY) == {("填报员", -5)}


def test_it_rings_when_something_is_handed_out(scene: Scene, rung: list[object]) -> None:
    hand_out(scene, scene.side)
    assert rung == [("tasks.jobs.make_notices", ())]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (DAY, "已向贵单位交办任务“协同开发油气资源”，请于10月23日前签收。"),
        (
            D(2026, 11, 3),
            "催办：任务“协同开发油气资源”应于2026年10月23日前签收，已超过7个工作日，请尽快签收。",
        ),
    ],
)
def test_what_is_said_to_the_unit(scene: Scene, day: D, words: str) -> None:
    hand_out(scene, scene.side)
    told(day)
    notice = Notice.objects.get(rule=RULE, recipient=scene.officer)
    assert sentence(notice) == words
    with translation.override("en"):
        assert sentence(notice) != words


def test_the_office_is_told_who_has_not_signed_and_central_bodies_are_asked(scene: Scene) -> None:
    central = UnitFactory(central=True)
    officer(central, name="中央员")
    duty = ResponsibilityFactory(
        task=scene.side.task, unit=central, cooperating=True, side=scene.side.side
    )
    hand_out(scene, scene.side, duty)
    told(D(2026, 11, 3))
    office = Notice.objects.filter(rule=RULE, recipient=scene.coordinator)
    assert "重庆市能源局对任务“协同开发油气资源”应于2026年10月23日前签收" in sentence(
        office.get(unit=scene.unit)
    )
    asked = sentence(Notice.objects.get(rule=RULE, recipient__name="中央员"))
    assert asked.startswith("已将任务“协同开发油气资源”的责任送贵单位，商请于")
    assert "催办" not in asked
