"""How pages look, as far as their text tells: lights, marks, words."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import (
    MembershipFactory,
    PeriodFactory,
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
)
from tests.factories.tasks import PlanSideFactory
from tests.factories.units import site_person
from tests.tasks.views.conftest import World, words
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


# --- where one is: crumbs, names, the way back ---------------------------------------------------


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/tasks/", "任务"),
        ("/overdue/", "逾期"),
        ("/targets/", "目标"),
        ("/plans/", "方案"),
        ("/people/invite/", "申请账号"),
    ],
)
def test_each_page_says_where_it_is(world: World, as_: Browser, address: str, name: str) -> None:
    page = as_(world.office).get(address).text
    crumbs = re.findall(r'<ol class="crumbs".*?</ol>', page, flags=re.DOTALL)[0]
    assert words(crumbs).split()[0] == "工作台"
    assert words(crumbs).split()[-1] == name
    assert 'aria-current="page"' in crumbs


def test_the_form_says_where_it_is(world: World, as_: Browser) -> None:
    page = as_(world.lead).get("/fill/").text
    assert '<li aria-current="page">填报</li>' in page


def test_a_leaders_workbench_is_a_page_of_its_own(world: World, as_: Browser) -> None:
    office = world.plan.sides.order_by("order")[0].office
    leader = MembershipFactory(role=Role.LEADER, unit=None, office=office).user
    browser = as_(leader)
    brief = browser.get("/", follow=True)
    assert brief.request["PATH_INFO"] == "/brief/"
    desk = brief.context["frame"].home
    assert f'<a href="{desk}">工作台</a>' in brief.text
    answer = browser.get(desk)
    assert answer.status_code == 200
    assert [str(item.label) for item in answer.context["frame"].nav if item.current] == ["工作台"]
    assert 'class="crumbs"' not in answer.text


def test_a_sites_desk_has_no_way_back_to_itself(as_: Browser) -> None:
    page = as_(site_person(Role.AUDIT_ADMIN)).get(reverse("units:desk")).text
    assert 'class="crumbs"' not in page


# --- lists and what is empty ---------------------------------------------------------------------


def test_whom_progress_is_shown_to_is_said_once(world: World, as_: Browser) -> None:
    page = as_(world.stranger).get("/tasks/").text
    shown = re.sub(r'<span class="visually-hidden">[^<]*</span>', "", page)
    assert "无权查看" not in shown
    assert shown.count("“—”：完成进度仅责任单位、协调办公室和督查人员可见。") == 1
    side = as_(world.office).get("/tasks/?plan=" + world.plan.code).context["rows"][0].sides[0]
    assert side.visible


def test_the_field_reads_what_the_rows_are(world: World, as_: Browser) -> None:
    page = as_(world.office).get("/overdue/").text
    field = re.findall(r'<select[^>]*name="jurisdiction".*?</select>', page, flags=re.DOTALL)[0]
    assert words(field).split()[0] == "本方（重庆市）"
    page = as_(world.office).get("/overdue/?of=all").text
    field = re.findall(r'<select[^>]*name="jurisdiction".*?</select>', page, flags=re.DOTALL)[0]
    assert words(field).split()[0] == "各方"


def test_a_new_sites_matrix_says_when_it_begins(world: World, as_: Browser) -> None:
    plan = PlanFactory(code="young", tracked_from="2026Q4")
    ResponsibilityFactory(task=TaskFactory(plan=plan), unit=world.side.unit)
    page = as_(world.office).get("/matrix/?plan=young").text
    assert "2026年第4季度的填报将于2026-12-01开放" in page
    assert reverse("tasks:plan", args=["young"]) in page


@pytest.mark.parametrize("address", ["/search/", "/search/?q=没有这样的词", "/notices/"])
def test_what_is_empty_has_a_way_on(world: World, as_: Browser, address: str) -> None:
    page = as_(world.stranger).get(address).text
    empty = page.partition('<div class="empty-state">')[2].partition("</div>")[0]
    assert 'class="btn"' in empty


def test_english_buttons_say_what_they_do(world: World, as_: Browser) -> None:
    browser = as_(world.office)
    browser.cookies["django_language"] = "en"
    page = browser.get(world.task.get_absolute_url()).text
    assert "Edit task</a>" in page
    assert "Task changed" not in page


def test_a_forms_fields_are_as_wide_as_what_they_hold(world: World, as_: Browser) -> None:
    page = as_(world.office).get(reverse("tasks:task_edit", args=[world.task.pk])).text
    assert '<div class="form-page">' in page
    for name in ("number", "due_on"):
        assert re.search(rf'<input[^>]*name="{name}"[^>]*data-width="short"', page)
    assert not re.search(r'<input[^>]*name="title"[^>]*data-width', page)


def test_a_tasks_chart_uses_no_lights_colours(world: World, as_: Browser) -> None:
    for quarter, percent in (("2026Q1", 10), ("2026Q2", 20)):
        period = PeriodFactory(plan=world.plan, quarter_text=quarter, closed=True)
        ProgressReportFactory(
            responsibility=world.side, period=period, approved=True, percent=percent
        )
    (chart,) = as_(world.office).get(world.task.get_absolute_url()).context["charts"]
    assert {series.tone for series in chart.series} <= {"ink", "ink-2", "ink-3", "grey"}
