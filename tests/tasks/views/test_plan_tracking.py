"""A plan tracked by page or API opens what is due, reminds, and cannot begin by mistake."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tasks.models import Period, Plan
from tests.factories import ResponsibilityFactory, TaskFactory
from tests.tasks.views.conftest import World, form_of
from units.models import AuditEntry, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
TODAY = datetime.date(2026, 11, 20)


@pytest.fixture
def untracked(world: World) -> Plan:
    """The world's plan before its office has tracked it."""
    Period.objects.all().delete()
    Plan.objects.filter(pk=world.plan.pk).update(tracked_from="", reminders_from=None)
    world.plan.refresh_from_db()
    return world.plan


def save(page: Client, plan: Plan, **values: object) -> Any:
    """Send the form of the plan's head with these values."""
    address = reverse("tasks:plan_edit", args=[plan.code])
    return page.post(address, form_of(page, address) | values, follow=True)


def manage(page: Client, plan: Plan) -> str:
    return page.get(reverse("tasks:plan_manage", args=[plan.code])).text


def test_what_will_open_is_said_then_opened_with_a_day_from_which_it_reminds(
    world: World, as_: Browser, untracked: Plan
) -> None:
    page = as_(world.office)
    assert "尚未启用填报" in manage(page, untracked)
    asked = save(page, untracked, tracked_from="2022Q2")
    assert asked.status_code == 422
    assert "将开放18个填报期（2022年第2季度至2026年第3季度）" in asked.text
    assert "保存并开放" in asked.text
    untracked.refresh_from_db()
    assert (untracked.tracked_from, Period.objects.count()) == ("", 0)
    done = save(page, untracked, tracked_from="2022Q2", opens=18)
    assert done.status_code == 200
    untracked.refresh_from_db()
    assert (untracked.tracked_from, untracked.reminders_from) == ("2022Q2", TODAY)
    assert untracked.periods.count() == 18
    assert AuditEntry.objects.filter(verb="period.open", actor=world.office).count() == 18
    assert "18个填报期开放中，最近为2026年第3季度" in done.text
    assert "2026年第3季度开放中：2026-10-10前报送，宽限至2026-10-16" in done.text
    assert "2026年第4季度将于2026-12-01开放" in done.text


def test_a_yes_to_another_number_is_no_yes(world: World, as_: Browser, untracked: Plan) -> None:
    page = as_(world.office)
    asked = save(page, untracked, tracked_from="2026Q1", opens=1)
    assert "将开放3个填报期" in asked.text
    assert asked.context["form"]["opens"].value() == "3"
    assert not Period.objects.exists()


def test_a_coming_quarter_needs_no_yes_and_says_when_it_opens(
    world: World, as_: Browser, untracked: Plan
) -> None:
    done = save(as_(world.office), untracked, tracked_from="2026Q4")
    assert "2026年第4季度将于2026-12-01开放" in done.text
    assert not Period.objects.exists()


@pytest.mark.parametrize("quarter", ["1990Q1", "2021Q4", "2031Q1"])
def test_no_quarter_outside_the_plans_time(
    world: World, as_: Browser, untracked: Plan, quarter: str
) -> None:
    asked = save(as_(world.office), untracked, tracked_from=quarter, opens=147)
    assert asked.status_code == 422
    assert asked.context["form"].errors["tracked_from"]
    assert not Period.objects.exists()


def test_where_nobody_has_a_duty_the_page_says_why_nothing_opens(
    world: World, as_: Browser, untracked: Plan
) -> None:
    untracked.tasks.all().delete()
    done = save(as_(world.office), untracked, tracked_from="2022Q2")
    assert "没有未办结的责任，暂不开放填报期" in done.text


def test_the_api_asks_and_opens_alike(world: World, as_: Browser, untracked: Plan) -> None:
    api, address = as_(world.office), f"/api/v1/plans/{untracked.code}/"

    def patch(**body: object) -> Any:
        seen = api.get(address).headers["ETag"]
        return api.patch(address, body, "application/json", headers={"If-Match": seen})

    early = patch(tracked_from="1990Q1")
    assert early.status_code == 400
    assert "启用季度不能早于实施起日所在的2022年第1季度" in early.text
    asked = patch(tracked_from="2026Q3")
    assert asked.status_code == 400
    assert "将开放1个填报期（2026年第3季度）" in asked.text
    assert "确认请加 opens：1。" in asked.text
    done = patch(tracked_from="2026Q3", opens=1)
    assert done.status_code == 200
    untracked.refresh_from_db()
    assert untracked.reminders_from == TODAY
    assert [period.code for period in untracked.periods.all()] == ["2026Q3"]


def test_other_plans_are_left_alone(world: World, as_: Browser, untracked: Plan) -> None:
    other = ResponsibilityFactory(task=TaskFactory()).task.plan
    save(as_(world.office), untracked, tracked_from="2026Q3", opens=1)
    assert not other.periods.exists()
