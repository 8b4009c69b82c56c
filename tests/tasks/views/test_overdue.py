"""What is late, 逾期 and 期满未办结 apart."""

import datetime

import pytest

from tasks.states import TaskState
from tests.factories import (
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
)

OVERDUE = "/overdue/"


@pytest.fixture
def late(world):
    """重庆市's side is past its own date; the plan is over, so 四川省's is 期满未办结."""
    world.plan.ends_on = datetime.date(2025, 12, 31)
    world.plan.save()
    world.side.due_on = datetime.date(2026, 11, 13)
    world.side.save()
    return world


def test_kinds_are_counted_apart(as_, late, clock):
    browser = as_(late.stranger)
    response = browser.get(OVERDUE)
    assert [(key, count) for key, _, count in response.context["kinds"]] == [
        ("overdue", 1),
        ("expired", 1),
    ]
    assert [row.side for row in response.context["rows"]] == [late.side]
    rows = browser.get(OVERDUE, {"kind": "expired"}).context["rows"]
    assert [row.side for row in rows] == [late.other_side]


def test_days_and_working_days_late(as_, late, clock):
    (row,) = as_(late.stranger).get(OVERDUE).context["rows"]
    assert row.days == 7
    assert row.workdays == 5


def test_percent_only_for_those_who_may_read_it(as_, late, clock):
    ProgressReportFactory(responsibility=late.side, period=late.period, approved=True, percent=37)
    assert "37%" in as_(late.office).get(OVERDUE).text
    text = as_(late.stranger).get(OVERDUE).text
    assert "37%" not in text
    assert "不公开" in text


def test_what_is_done_is_not_late(as_, late, clock):
    late.side.state = TaskState.COMPLETED
    late.side.save()
    response = as_(late.stranger).get(OVERDUE, {"kind": "overdue"})
    assert response.context["rows"] == []
    assert "没有逾期的任务。" in response.text


def test_opens_on_the_kind_there_is(as_, late, clock):
    late.side.state = TaskState.COMPLETED
    late.side.save()
    assert as_(late.stranger).get(OVERDUE).context["kind"] == "expired"


def test_filters(as_, late, clock):
    other = TaskFactory(plan=PlanFactory(ended=True), title="江津的任务")
    jiangjin = ResponsibilityFactory(task=other, unit=UnitFactory(jiangjin=True, name="江津区局"))
    browser = as_(late.stranger)
    for params, expected in [
        ({}, [late.other_side, jiangjin]),
        ({"plan": other.plan.code}, [jiangjin]),
        ({"jurisdiction": "510000"}, [late.other_side]),
        ({"unit": "江津区局"}, [jiangjin]),
        ({"search": "江津"}, [jiangjin]),
        ({"search": "油气"}, [late.other_side]),
    ]:
        rows = browser.get(OVERDUE, {"kind": "expired", **params}).context["rows"]
        assert [row.side for row in rows] == expected, params


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"kind": "soon"}, "“soon”无效：请选择逾期或期满未办结。"),
        ({"plan": "nothing"}, "没有这个方案，或该方案仅供参考，请从列表中选择。"),
        ({"jurisdiction": "9"}, "没有这个辖区：请填六位行政区划代码，如500000。"),
        ({"unit": "不存在局"}, "没有名为“不存在局”的单位"),
    ],
)
def test_meaningless_filters_get_a_sentence(as_, late, clock, params, sentence):
    response = as_(late.stranger).get(OVERDUE, params)
    assert response.status_code == 200
    assert sentence in response.text
    assert response.context["rows"] == []


def test_htmx_gets_the_part(as_, late, clock):
    response = as_(late.stranger).get(OVERDUE, headers={"HX-Request": "true"})
    assert "<html" not in response.text
    assert late.task.title in response.text


def test_queries_do_not_grow_with_rows(as_, late, clock, django_assert_num_queries):
    browser = as_(late.office)

    def more(n: int) -> None:
        for _ in range(n):
            task = TaskFactory(plan=late.plan, action=late.task.action, overdue=True)
            ResponsibilityFactory(task=task, unit=UnitFactory())

    more(2)
    browser.get(OVERDUE)
    with django_assert_num_queries(QUERIES):
        browser.get(OVERDUE)
    more(10)
    with django_assert_num_queries(QUERIES):
        browser.get(OVERDUE)


QUERIES = 18
