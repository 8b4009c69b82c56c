"""One task's story and history in the API: the page's facts, to the same readers."""

from typing import Any

import pytest

from tests import factories as make
from tests.api.conftest import Cast, Door
from units.services import audit


def of(cast: Cast, tail: str = "") -> str:
    return f"/api/v1/tasks/{cast.task.pk}/{tail}"


def read(door: Door, cast: Cast, name: str, tail: str = "") -> Any:
    answer = door(getattr(cast, name)).get(of(cast, tail))
    assert answer.status_code == 200, answer.data
    return answer.data


def test_the_story_has_its_shape(cast: Cast, door: Door) -> None:
    below = make.TaskFactory(plan=make.PlanFactory(code="jiangjin-2022"), title="区里的任务")
    make.ResponsibilityFactory(task=below, unit=make.UnitFactory(jiangjin=True, name="江津区局"))
    below.implements.add(cast.task)
    target = make.TargetFactory(plan=cast.plan, task=cast.task)
    data = read(door, cast, "lead")
    assert cast.task.document is not None
    assert data["document"] == cast.task.document.code
    assert data["document_due_on"] is None
    (carried,) = data["implemented_by"]
    assert (carried["id"], carried["leads"]) == (below.pk, ["江津区局"])
    assert carried["light_word"]
    (promise,) = data["targets"]
    assert promise["id"] == target.pk
    assert promise["attainment"]["result"] == "no_data"
    points = {point["period"]: point for point in data["schedule"]}
    assert points["2026Q3"]["percent"] == {"500000": None, "510000": 65}
    assert points["2026Q3"]["expected"]["500000"] == 52
    assert points["2030Q4"]["expected"]["510000"] == 100


REPORTS = {
    "lead": {("500000", "submitted"), ("510000", "approved")},
    "lead_sichuan": {("510000", "approved")},
    "helping": {("510000", "approved")},
    "stranger": set(),
    "coordinator": {("500000", "submitted"), ("510000", "approved")},
    "coordinator_sichuan": {("510000", "approved")},
    "auditor": {("500000", "submitted")},
    "admin": {("500000", "submitted"), ("510000", "approved")},
}


@pytest.mark.parametrize("name", REPORTS)
def test_reports_and_schedule_hold_what_the_person_may_read(
    cast: Cast, door: Door, name: str
) -> None:
    data = read(door, cast, name)
    assert {(row["side"], row["state"]) for row in data["reports"]} == REPORTS[name]
    told = {code: v for p in data["schedule"] for code, v in p["percent"].items() if v is not None}
    sees = ("510000", "approved") in REPORTS[name]
    assert told == ({"510000": 65} if sees else {})


def test_contacts_stand_where_they_may_be_read_and_phones_are_masked(
    cast: Cast, door: Door
) -> None:
    cast.chongqing.leader, cast.chongqing.phone = "赵某", "023-67512345"
    cast.chongqing.save()
    for name in cast.everyone:
        rows = read(door, cast, name)["contacts"]
        phone = "023-****2345" if name == "coordinator_sichuan" else "023-67512345"
        expected = [] if name == "stranger" else [("重庆市能源局", "500000", "lead", "赵某", phone)]
        found = [(r["unit"], r["side"], r["role"], r["leader"], r["phone"]) for r in rows]
        assert found == expected, name


def test_the_history_is_paged_and_told_by_reader(cast: Cast, door: Door) -> None:
    for number in range(3):
        after = {"title": f"第{number}稿"}
        audit.record("task.edit", cast.task, by=cast.coordinator, after=after, reason="更正")
    audit.record("report.save", cast.submitted, by=cast.lead, after={"percent": 55})
    data = read(door, cast, "lead", "history/?page_size=2")
    assert (data["count"], data["pages"]) == (4, 2)
    draft, newest = data["results"]
    assert (draft["verb"], draft["unit"], draft["period"]) == (
        *("report.save", "重庆市能源局", "2026年第3季度"),
    )
    assert newest["what"] == "修改任务"
    assert newest["changes"] == [
        {"field": "title", "name": "任务", "before": "", "after": "第2稿"},
    ]
    assert (newest["person"], newest["reason"]) == (str(cast.coordinator), "更正")
    others = read(door, cast, "stranger", "history/")["results"]
    assert [row["verb"] for row in others] == ["task.edit"] * 3
    assert {(row["person"], row["reason"]) for row in others} == {("", "")}


def test_the_history_takes_pages_and_nothing_else(cast: Cast, door: Door) -> None:
    answer = door(cast.lead).get(of(cast, "history/"), {"verb": "task.edit"})
    assert answer.status_code == 400
    assert "verb" in answer.data
    assert door(cast.lead).post(of(cast, "history/"), {}).status_code == 405
    assert door(None).get(of(cast, "history/")).status_code == 401


def test_queries_of_the_story_do_not_grow(
    cast: Cast, door: Door, django_assert_num_queries: Any
) -> None:
    client = door(cast.lead)

    def more(n: int, quarter: str) -> None:
        for _ in range(n):
            below = make.TaskFactory(plan=make.PlanFactory())
            make.ResponsibilityFactory(task=below, unit=make.UnitFactory())
            below.implements.add(cast.task)
            make.TargetFactory(plan=cast.plan, task=cast.task)
            make.ResponsibilityFactory(
                task=cast.task, unit=make.UnitFactory(), cooperating=True, phone="1"
            )
        period = make.PeriodFactory(plan=cast.plan, quarter_text=quarter)
        make.ProgressReportFactory(responsibility=cast.chongqing, period=period, approved=True)

    more(1, "2026Q2")
    client.get(of(cast))
    with django_assert_num_queries(QUERIES):
        client.get(of(cast))
    more(4, "2026Q1")
    with django_assert_num_queries(QUERIES):
        client.get(of(cast))


QUERIES = 20
