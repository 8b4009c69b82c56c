"""How pages look, as far as their text tells: lights, marks, words."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import (
    PeriodFactory,
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
)
from tests.factories.tasks import PlanSideFactory
from tests.factories.units import site_person
from tests.tasks.views.conftest import World
from units.models import User
from units.states import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]


def test_a_lights_sign_stays_with_its_word(world: World, as_: Browser) -> None:
    page = as_(world.office).get("/tasks/").text
    assert '<span class="shape">▲</span>\u00a0滞后' in page
    assert not re.search(r"[●■▲◆○] ", page.partition('<div class="table-box">')[2])


def test_a_long_light_is_short_in_english_lists(world: World, as_: Browser) -> None:
    plan = PlanFactory(code="ended", ended=True)
    ResponsibilityFactory(task=TaskFactory(plan=plan, title="期满的任务"), unit=UnitFactory())
    browser = as_(world.office)
    browser.cookies["django_language"] = "en"
    table = browser.get("/tasks/?plan=ended").text.partition('<div class="table-box">')[2]
    assert "\u00a0Term over" in table
    assert "Term ended, not completed" not in table


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
def test_the_sites_desks_use_no_lights(as_: Browser, role: Role) -> None:
    page = as_(site_person(role)).get(reverse("units:desk")).text
    assert "运行" in page or "申请" in page
    assert not re.search(r"[●■▲]", page)


def test_a_unit_without_an_account_has_a_tag_and_no_light(world: World, as_: Browser) -> None:
    ResponsibilityFactory(
        task=world.task, unit=UnitFactory(name="重庆市无账号局"), cooperating=True
    )
    page = as_(world.office).get("/units/").text
    assert '<span class="tag">没有账号</span>' in page


def test_a_side_that_hinders_is_named_once(world: World, as_: Browser) -> None:
    plan = PlanFactory(draft=True)
    mine, theirs = (row.jurisdiction for row in world.plan.sides.order_by("order"))
    offices = [row.office for row in world.plan.sides.order_by("order")]
    PlanSideFactory(plan=plan, jurisdiction=mine, office=offices[0])
    for task in TaskFactory.create_batch(3, plan=plan):
        ResponsibilityFactory(task=task, unit=UnitFactory(sichuan=True), side=theirs)
    page = as_(world.office).get(reverse("tasks:plan_delete", args=[plan.code])).text
    assert "<li>四川省一方已列责任单位" in page


@pytest.fixture
def rewritten(world: World) -> Callable[[str, str], None]:
    """A report that waits, and what the one before said."""

    def write(before: str, after: str) -> None:
        earlier = PeriodFactory(plan=world.plan, quarter_text="2026Q2", closed=True)
        ProgressReportFactory(
            responsibility=world.side, period=earlier, approved=True, progress=before
        )
        ProgressReportFactory(
            responsibility=world.side, period=world.period, submitted=True, progress=after
        )

    return write


def test_of_a_sentence_only_the_clause_that_differs_is_marked(
    world: World, as_: Browser, rewritten: Callable[[str, str], None]
) -> None:
    rewritten("已完成选址，正在办理用地预审。", "已完成选址，用地预审已经批复。")
    page = as_(world.office).get("/review/").text
    assert "已完成选址，<mark>用地预审已经批复。</mark>" in page


def test_a_text_that_is_all_new_is_said_to_be_and_not_marked(
    world: World, as_: Browser, rewritten: Callable[[str, str], None]
) -> None:
    rewritten("正在选址。", "主体工程开工，完成投资三成。")
    page = as_(world.office).get("/review/").text
    assert "全部重写" in page
    assert "主体工程开工，完成投资三成。" in page
    assert "<mark>主体" not in page
