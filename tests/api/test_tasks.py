"""GET /api/v1/tasks/: the shape that the outside relies on, what each person sees, filters."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.states import TaskState
from tests import factories as make
from tests.api.conftest import Cast, Door

URL = "/api/v1/tasks/"


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.data
    return [row["title"] for row in answer.data["results"]]


SIDES = [
    {
        "side": "500000",
        "unit": "重庆市能源局",
        "state": "in_progress",
        "light": "yellow",
        "light_word": "滞后",
        "due_on": datetime.date(2030, 12, 31),
        "due_is_plans": True,
        "progress": None,
        "light_reason": "尚无已审核进度，落后序时进度54个百分点（按时间推算）",
    },
    {
        "side": "510000",
        "unit": "四川省能源局",
        "state": "in_progress",
        "light": "green",
        "light_word": "正常",
        "due_on": datetime.date(2030, 12, 31),
        "due_is_plans": True,
        "progress": 65,
        "light_reason": "完成65%，达到序时进度（按时间推算）",
    },
]


def test_a_task_has_the_shape_that_the_design_gives(cast: Cast, door: Door) -> None:
    below = make.TaskFactory(plan=make.PlanFactory(code="jiangjin-2022"))
    below.implements.add(cast.task)
    client = door(cast.admin)
    rows = client.get(URL, {"plan": "joint-2022"}).data["results"]
    assert rows == [
        {
            "id": cast.task.pk,
            "plan": "joint-2022",
            "number": 1,
            "title": "协同开发油气资源",
            "clause": "第1条",
            "summary": "概要。",
            "action": {"number": 1, "title": "第1项行动"},
            "leads": ["重庆市能源局", "四川省能源局"],
            "cooperating": ["重庆市经济信息委"],
            "due_on": "2030-12-31",
            "due_is_plans": True,
            "state": "in_progress",
            "light": "yellow",
            "light_word": "滞后",
            "progress": {"500000": None, "510000": 65},
            "sides": SIDES,
            "implements": [],
        }
    ]
    ref = client.get(f"{URL}{below.pk}/").data["implements"]
    assert ref == [
        {"id": cast.task.pk, "plan": "joint-2022", "number": 1, "title": "协同开发油气资源"}
    ]


@pytest.mark.parametrize(
    ("who", "codes"),
    [
        ("lead", ["500000", "510000"]),
        ("lead_sichuan", ["500000", "510000"]),
        ("helping", ["500000", "510000"]),
        ("coordinator", ["500000", "510000"]),
        ("coordinator_sichuan", ["500000", "510000"]),
        ("auditor", ["500000"]),
        ("admin", ["500000", "510000"]),
        ("stranger", []),
    ],
)
def test_progress_stands_only_where_the_report_may_be_read(
    cast: Cast, door: Door, who: str, codes: list[str]
) -> None:
    row = door(cast.everyone[who]).get(f"{URL}{cast.task.pk}/").data
    assert list(row["progress"]) == codes
    assert [s["side"] for s in row["sides"] if "progress" in s] == codes
    assert [s["side"] for s in row["sides"] if "light_reason" in s] == codes
    assert row["light"] == "yellow"
    assert row["light_word"] == "滞后"


def test_a_reference_plan_has_no_lights(cast: Cast, door: Door) -> None:
    task = make.TaskFactory(plan=make.PlanFactory(draft=True))
    make.ResponsibilityFactory(task=task)
    row = door(cast.lead).get(f"{URL}{task.pk}/").data
    assert (row["light"], row["light_word"], row["due_on"]) == (None, None, None)
    assert row["sides"][0]["light"] is None


def test_words_are_in_the_language_asked_for(cast: Cast, door: Door) -> None:
    client = door(cast.lead)
    chinese = client.get(f"{URL}{cast.task.pk}/").data
    assert chinese["light_word"] == "滞后"
    english = client.get(URL, {"page": "x"}, HTTP_ACCEPT_LANGUAGE="en")
    assert english.headers["Content-Language"] == "en"


@pytest.fixture
def three(cast: Cast) -> Cast:
    """Two more tasks: one past its own date, one of 江津区 past its plan's end."""
    late = make.TaskFactory(plan=cast.plan, title="过期的任务", overdue=True)
    make.ResponsibilityFactory(task=late, unit=cast.chongqing.unit)
    plan = make.PlanFactory(code="jiangjin-2022", ended=True)
    below = make.TaskFactory(plan=plan, title="区县的任务")
    unit = make.UnitFactory(jiangjin=True, name="江津区发展改革委")
    make.ResponsibilityFactory(task=below, unit=unit)
    done = make.TaskFactory(plan=plan, title="销号的任务")
    make.ResponsibilityFactory(task=done, unit=unit, closed=True)
    return cast


JOINT, LATE, BELOW, DONE = "协同开发油气资源", "过期的任务", "区县的任务", "销号的任务"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"plan": "jiangjin-2022"}, [BELOW, DONE]),
        ({"plan": "joint-2022", "action": "1"}, [JOINT]),
        ({"unit": "市经济信息委"}, [JOINT]),
        ({"lead_unit": "重庆市能源局"}, [JOINT, LATE]),
        ({"lead_unit": "市经济信息委"}, []),
        ({"cooperating_unit": "重庆市经济信息委"}, [JOINT]),
        ({"jurisdiction": "500116"}, [BELOW, DONE]),
        ({"jurisdiction": "四川省"}, [JOINT]),
        ({"jurisdiction": "500000"}, [JOINT, LATE, BELOW, DONE]),
        ({"state": "closed"}, [DONE]),
        ({"state": ["closed", "in_progress"]}, [JOINT, LATE, BELOW, DONE]),
        ({"light": "red"}, [LATE, BELOW]),
        ({"light": ["expired", "blue"]}, [BELOW, DONE]),
        ({"overdue": "true"}, [LATE]),
        ({"overdue": "expired"}, [BELOW]),
        ({"overdue": "late"}, [LATE, BELOW]),
        ({"overdue": "false"}, [JOINT, BELOW, DONE]),
        ({"due_before": "2026-06-30"}, [LATE, BELOW, DONE]),
        ({"due_after": "2026-07-01"}, [JOINT]),
        ({"search": "油气"}, [JOINT]),
        ({"search": "区县 江津区"}, [BELOW]),
        ({"search": "经济信息委"}, [JOINT]),
        ({"ordering": "-due_on"}, [JOINT, LATE, BELOW, DONE]),
        ({"ordering": "light", "plan": "joint-2022"}, [LATE, JOINT]),
        ({"page_size": "1", "page": "2"}, [LATE]),
        ({"page_size": "1", "page": "999999999999999999999999"}, [DONE]),
        ({"page": "-5", "page_size": "0"}, [JOINT]),
    ],
)
def test_filters(three: Cast, door: Door, query: dict[str, Any], expected: list[str]) -> None:
    assert titles(door(three.stranger).get(URL, query)) == expected


def test_unit_by_number(three: Cast, door: Door) -> None:
    answer = door(three.stranger).get(URL, {"lead_unit": three.sichuan.unit.pk})
    assert titles(answer) == [JOINT]


@pytest.mark.parametrize(
    ("query", "field", "word"),
    [
        ({"plan": "nowhere"}, "plan", "nowhere"),
        ({"action": "99"}, "action", "99"),
        ({"action": "x"}, "action", ""),
        ({"unit": "重庆市无此局"}, "unit", "重庆市无此局"),
        ({"lead_unit": "999999999"}, "lead_unit", "999999999"),
        ({"lead_unit": "9" * 40}, "lead_unit", "没有编号"),
        ({"jurisdiction": "999999"}, "jurisdiction", "999999"),
        ({"state": "finished"}, "state", "finished"),
        ({"light": "purple"}, "light", "purple"),
        ({"overdue": "maybe"}, "overdue", "maybe"),
        ({"due_before": "2026-02-30"}, "due_before", "2025-12-31"),
        ({"ordering": "plan__document__title"}, "ordering", "plan__document__title"),
        ({"search": "a" * 101}, "search", "100"),
        ({"search": "油\x00气"}, "search", "控制字符"),
        ({"page": "two"}, "page", "two"),
        ({"page_size": "many"}, "page_size", "many"),
        ({"owner__password__startswith": "a"}, "owner__password__startswith", "lead_unit"),
    ],
)
def test_a_value_that_means_nothing_is_refused_in_words(
    three: Cast, door: Door, query: dict[str, str], field: str, word: str
) -> None:
    answer = door(three.stranger).get(URL, query)
    assert answer.status_code == 400
    assert list(answer.data) == [field]
    assert word in str(answer.data[field][0])


def test_a_row_takes_no_parameters(cast: Cast, door: Door) -> None:
    answer = door(cast.lead).get(f"{URL}{cast.task.pk}/", {"plan": "joint-2022"})
    assert answer.status_code == 400


def test_pages_tell_how_to_go_on(three: Cast, door: Door) -> None:
    data = door(three.lead).get(URL, {"page_size": 3}).data
    assert (data["count"], data["page"], data["pages"]) == (4, 1, 2)
    assert data["next"].endswith("page=2&page_size=3")
    assert data["previous"] is None


def test_at_most_200_rows_a_page(cast: Cast, door: Door) -> None:
    action = make.ActionFactory(plan=cast.plan)
    for number in range(2, 204):
        make.TaskFactory(plan=cast.plan, number=number, action=action)
    assert len(door(cast.lead).get(URL, {"page_size": 5000}).data["results"]) == 200


def test_the_number_of_queries_does_not_grow_with_rows(cast: Cast, door: Door) -> None:
    client = door(cast.coordinator)
    client.get(URL)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(URL)
    for _number in range(5):
        task = make.TaskFactory(plan=cast.plan)
        make.ResponsibilityFactory(task=task)
        make.ResponsibilityFactory(task=task, unit=make.UnitFactory(sichuan=True))
        task.implements.add(cast.task)
    with CaptureQueriesContext(connection) as many:
        assert client.get(URL).data["count"] == 6
    assert len(few) == len(many) == 9


def test_the_state_is_of_the_side_that_is_least_far(cast: Cast, door: Door) -> None:
    cast.sichuan.state = TaskState.CLOSED
    cast.sichuan.save()
    assert door(cast.lead).get(f"{URL}{cast.task.pk}/").data["state"] == "in_progress"


@pytest.mark.parametrize("ordering", ["due_on", "-due_on"])
def test_what_has_no_date_stands_last_either_way(cast: Cast, door: Door, ordering: str) -> None:
    make.TaskFactory(plan=make.PlanFactory(draft=True), title="文中未载时限")
    assert titles(door(cast.lead).get(URL, {"ordering": ordering})) == [JOINT, "文中未载时限"]
