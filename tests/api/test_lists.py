"""The other lists: shape, filters, queries; and that a person sees the own notices alone."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.api.conftest import Cast, Door

V1 = "/api/v1/"


@pytest.fixture
def rows(cast: Cast) -> Cast:
    """One of everything."""
    indicator = make.IndicatorFactory(name="非化石能源占比")
    make.TargetFactory(plan=cast.plan, indicator=indicator, unit=cast.helper, task=cast.task)
    make.ObservationFactory(indicator=indicator)
    make.NoticeFactory(recipient=cast.lead, task=cast.task, unit=cast.chongqing.unit)
    make.PlanFactory(code="dazhou-draft", draft=True)
    return cast


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("plans/joint-2022/", {"code": "joint-2022", "is_reference": False, "tasks": 1}),
        ("plans/dazhou-draft/", {"status": "draft", "is_reference": True, "tasks": 0}),
        ("periods/?plan=joint-2022", {"period": "2026Q3", "is_open": True, "state": "open"}),
        (
            "units/?search=市经济信息委",
            {"name": "重庆市经济信息委", "jurisdiction": {"code": "500000", "name": "重庆市"}},
        ),
        ("indicators/", {"name": "非化石能源占比", "measure": "%"}),
        (
            "targets/?plan=joint-2022",
            {
                "value": "16.0000",
                "promise": "达到16%",
                "place": "500000",
                "unit": "重庆市经济信息委",
            },
        ),
        ("observations/", {"figure": "98.6%", "basis": "累计", "period_text": "2024年上半年"}),
        ("notices/", {"rule": "report_due", "unit": "重庆市能源局", "read_at": None}),
    ],
)
def test_rows_have_their_shape(rows: Cast, door: Door, path: str, expected: dict[str, Any]) -> None:
    answer = door(rows.lead).get(V1 + path)
    assert answer.status_code == 200
    row = answer.json()
    if "results" in row:
        assert row["count"] == 1
        row = row["results"][0]
    assert {name: row[name] for name in expected} == expected


def test_a_plan_names_its_sides_and_actions(rows: Cast, door: Door) -> None:
    plan = door(rows.stranger).get(f"{V1}plans/joint-2022/").json()
    assert plan["sides"] == [
        {"side": "500000", "name": "重庆市", "office": "重庆市双碳办"},
        {"side": "510000", "name": "四川省", "office": "四川省双碳办"},
    ]
    assert plan["actions"] == [{"number": 1, "numeral": "（一）", "title": "第1项行动"}]


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("plans/?status=draft", 1),
        ("plans/?search=joint", 1),
        ("plans/?ordering=-code", 2),
        ("periods/?period=2026Q3", 1),
        ("periods/?period=2025Q1", 0),
        ("periods/?state=closed", 0),
        ("units/?jurisdiction=510000", 1),
        ("units/?kind=enterprise", 0),
        ("targets/?year=2025&kind=quantified", 1),
        ("targets/?unit=市经济信息委", 1),
        ("targets/?jurisdiction=四川省", 0),
        ("targets/?search=非化石", 1),
        ("observations/?basis=累计", 1),
        ("observations/?search=上半年", 1),
        ("indicators/?search=能源", 1),
        ("notices/?unread=true", 1),
        ("notices/?unread=false", 0),
        ("notices/?rule=task_due", 0),
    ],
)
def test_filters(rows: Cast, door: Door, path: str, number: int) -> None:
    assert door(rows.lead).get(V1 + path).data["count"] == number


@pytest.mark.parametrize(
    "path",
    [
        "plans/?status=lost",
        "periods/?period=soon",
        "periods/?plan=nowhere",
        "units/?kind=club",
        "targets/?year=MMXXV",
        "targets/?indicator=0",
        "observations/?document=nowhere",
        "notices/?unread=perhaps",
        "notices/?recipient=1",
        "indicators/?ordering=targets__plan",
        "indicators/?name=x",
    ],
)
def test_what_means_nothing_is_400(rows: Cast, door: Door, path: str) -> None:
    answer = door(rows.lead).get(V1 + path)
    assert answer.status_code == 400
    assert answer.json()


def test_notices_are_the_persons_own(rows: Cast, door: Door) -> None:
    client = door(rows.lead)
    [mine] = client.get(f"{V1}notices/").data["results"]
    one = f"{V1}notices/{mine['id']}/"
    assert client.get(one).data == mine
    assert mine["sentence"]
    for other in ("stranger", "coordinator", "admin"):
        assert door(rows.everyone[other]).get(one).status_code == 404
        assert door(rows.everyone[other]).post(f"{one}read/").status_code == 404
    assert client.post(f"{one}read/", {"x": 1}, format="json").status_code == 400
    assert client.post(f"{one}read/").data["read_at"] is not None
    assert client.get(f"{V1}notices/?unread=true").data["count"] == 0


@pytest.mark.parametrize(
    ("path", "frozen"),
    [
        ("units/", 6),
        ("plans/", 9),
        ("periods/", 6),
        ("indicators/", 5),
        ("targets/", 6),
        ("observations/", 5),
        ("notices/", 5),
        ("progress/", 5),
    ],
)
def test_the_number_of_queries_does_not_grow_with_rows(
    rows: Cast, door: Door, path: str, frozen: int
) -> None:
    client = door(rows.lead)
    client.get(V1 + path)
    with CaptureQueriesContext(connection) as few:
        before = client.get(V1 + path).data["count"]
    for _number in range(4):
        plan = make.joint_plan()
        task = make.TaskFactory(plan=plan)
        unit = make.UnitNameFactory().unit
        side = make.ResponsibilityFactory(task=task, unit=rows.chongqing.unit)
        make.ProgressReportFactory(responsibility=side, filled_by=rows.lead)
        make.TargetFactory(plan=plan, task=task, unit=unit)
        make.ObservationFactory()
        make.NoticeFactory(recipient=rows.lead, task=task, unit=unit)
    with CaptureQueriesContext(connection) as many:
        after = client.get(V1 + path).data["count"]
    assert after >= before + 4
    assert (len(few), len(many)) == (frozen, frozen)


@pytest.mark.parametrize("path", ["tasks/0/", "tasks/999999999999999999/", "plans/none/"])
def test_what_is_not_there_is_404(rows: Cast, door: Door, path: str) -> None:
    answer = door(rows.admin).get(V1 + path)
    assert answer.status_code == 404
    assert answer.json()["detail"]


def test_an_unknown_address_answers_in_json(rows: Cast, door: Door) -> None:
    answer = door(rows.admin).get(f"{V1}tasks/x/y/")
    assert (answer.status_code, "接口" in answer.json()["detail"]) == (404, True)


LISTS = ("tasks", "plans", "units", "overdue", "targets", "periods")
ENTERED = ("tasks", "plans", "units")  # a post enters one


@pytest.mark.parametrize(
    ("name", "method"),
    [
        (name, method)
        for name in LISTS
        for method in ("post", "put", "patch", "delete")
        if method != "post" or name not in ENTERED
    ],
)
def test_lists_that_are_read_only(rows: Cast, door: Door, name: str, method: str) -> None:
    answer = getattr(door(rows.admin), method)(f"{V1}{name}/", {}, format="json")
    assert answer.status_code == 405


def test_answers_are_not_kept_on_the_way(rows: Cast, door: Door) -> None:
    assert "no-store" in door(rows.lead).get(f"{V1}tasks/").headers["Cache-Control"]
