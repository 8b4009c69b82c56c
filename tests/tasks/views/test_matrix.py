"""The matrix's page: plan, side, range of quarters, groups; what a reader may not see."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from tests.factories import (
    PeriodFactory,
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    officer,
)
from tests.tasks.views.conftest import World
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
MATRIX = "/matrix/"


def titles(page: Any) -> list[str]:
    return [group.title for group in page.context["groups"]]


def units(page: Any) -> list[str]:
    return [
        row.side.unit.name
        for group in page.context["groups"]
        for task in group.tasks
        for row in task.rows
    ]


def test_it_opens_with_ones_own_plan(world: World, as_: Browser) -> None:
    other = PlanFactory(code="a-first", starts_on="2020-01-01")
    side = ResponsibilityFactory(task=TaskFactory(plan=other))
    PeriodFactory(plan=other)
    assert as_(world.office).get(MATRIX).context["plan"] == world.plan
    assert as_(world.lead).get(MATRIX).context["plan"] == world.plan
    assert as_(world.auditor).get(MATRIX).context["plan"] == world.plan
    assert as_(officer(side.unit)).get(MATRIX).context["plan"] == other
    assert as_(UserFactory()).get(MATRIX).context["plan"] == other


def test_both_sides_of_a_task_have_a_row_each(world: World, as_: Browser) -> None:
    page = as_(world.office).get(MATRIX)
    (group,) = page.context["groups"]
    assert group.title == str(world.task.action)
    (task,) = group.tasks
    assert [row.side for row in task.rows] == [world.side, world.other_side]
    assert 'rowspan="2"' in page.text
    assert "2026Q3" in page.text


def test_filters_by_side_unit_and_quarters(world: World, as_: Browser) -> None:
    for quarter in ("2026Q1", "2026Q2"):
        PeriodFactory(plan=world.plan, quarter_text=quarter)
    browser = as_(world.office)
    assert units(browser.get(MATRIX, {"side": "510000"})) == ["四川省能源局"]
    assert units(browser.get(MATRIX, {"unit": "重庆市能源局"})) == ["重庆市能源局"]

    def quarters(**query: str) -> list[str]:
        return [period.code for period in browser.get(MATRIX, query).context["periods"]]

    assert quarters() == ["2026Q1", "2026Q2", "2026Q3"]
    assert quarters(last="2026Q2") == ["2026Q1", "2026Q2"]
    assert quarters(first="2026Q3", last="2026Q2") == ["2026Q2", "2026Q3"]


def test_grouped_by_unit(world: World, as_: Browser) -> None:
    second = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
    page = as_(world.office).get(MATRIX, {"group": "unit"})
    assert titles(page) == [world.side.unit.name, world.other_side.unit.name]
    assert [task.task for task in page.context["groups"][0].tasks] == [world.task, second.task]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"plan": "nothing"}, "没有这个方案"),
        ({"side": "9"}, "没有这个辖区"),
        ({"unit": "不存在局"}, "没有名为“不存在局”的单位"),
        ({"first": "2026Q5"}, "无法识别季度“2026Q5”"),
        ({"group": "light"}, "“light”无效：请选择按行动或按单位分组。"),
        ({"light": "red"}, "本页没有名为“light”的筛选条件"),
    ],
)
def test_meaningless_filters_get_a_sentence(
    world: World, as_: Browser, query: dict[str, str], sentence: str
) -> None:
    page = as_(world.office).get(MATRIX, query)
    assert page.status_code == 200
    assert sentence in page.text
    assert "groups" not in page.context


def test_an_empty_one_says_why(world: World, as_: Browser) -> None:
    browser = as_(world.office)
    alone = UnitFactory(name="重庆市无任务局")
    assert "没有符合条件的任务。" in browser.get(MATRIX, {"unit": alone.pk}).text
    world.period.delete()
    assert "所选范围内没有开放过的填报期。" in browser.get(MATRIX).text
    world.plan.tracked_from = ""
    world.plan.save()
    assert "还没有启用填报的方案。" in browser.get(MATRIX).text


def test_where_both_sides_are_told_nothing_is_said_of_ones_own(world: World, as_: Browser) -> None:
    page = as_(UserFactory(superuser=True)).get(MATRIX)
    assert next(foot.label for foot in page.context["feet"] if not foot.word) == "已报"


def test_it_leads_to_the_board_of_the_plan(world: World, as_: Browser) -> None:
    assert f'href="/board/?plan={world.plan.code}"' in as_(world.stranger).get(MATRIX).text


def test_who_may_not_see_reports_sees_lights_alone(world: World, as_: Browser) -> None:
    ProgressReportFactory(responsibility=world.side, period=world.period, approved=True, percent=37)
    ProgressReportFactory(responsibility=world.other_side, period=world.period, returned=True)
    own = as_(world.office).get(MATRIX)
    assert "37%" in own.text
    assert "已退回" not in re.sub(r"<tfoot>.*</tfoot>", "", own.text, flags=re.S)
    assert [foot.label for foot in own.context["feet"] if not foot.word] == [
        "已报（本方）",
        "已退回（本方）",
        "未报（本方）",
        "已审核",
    ]
    assert [f.figures for f in own.context["feet"] if not f.word] == [
        ["1/1"],
        ["0"],
        ["0"],
        ["1/2"],
    ]
    text = as_(world.stranger).get(MATRIX).text
    for word in ("37%", "已退回", "未报", "已审核</", "尚无"):
        assert word not in text, word
    assert text.count("无权查看") == 2
    assert text.count('class="matrix-light') == 2


def test_htmx_gets_the_part(world: World, as_: Browser) -> None:
    page = as_(world.office).get(MATRIX, headers={"HX-Request": "true"})
    assert "<html" not in page.text
    assert world.task.title in page.text


QUERIES = 18


def test_queries_grow_with_neither_rows_nor_quarters(
    world: World,
    as_: Browser,
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    browser = as_(world.office)
    browser.get(MATRIX)
    with django_assert_num_queries(QUERIES):
        browser.get(MATRIX)
    for quarter in ("2026Q1", "2026Q2"):
        period = PeriodFactory(plan=world.plan, quarter_text=quarter)
        ProgressReportFactory(responsibility=world.side, period=period, approved=True)
    for _n in range(12):
        ResponsibilityFactory(task=TaskFactory(plan=world.plan))
    with django_assert_num_queries(QUERIES):
        browser.get(MATRIX)
