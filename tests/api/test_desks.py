"""The desks' figures and the matrix by API: what the pages show, for the same people."""

import datetime
from dataclasses import asdict

import pytest
from django.test import Client

from tests import factories as make
from tests.api.conftest import Cast, Door

OFFICE = "/api/v1/desks/office/"
OFFICER = "/api/v1/desks/officer/"
INSPECTOR = "/api/v1/desks/inspector/"
MATRIX = "/api/v1/matrix/"


def test_an_office_reads_its_own_side(cast: Cast, door: Door) -> None:
    answer = door(cast.coordinator).get(OFFICE)
    assert answer.status_code == 200
    (side,) = answer.data["sides"]
    assert (side["plan"], side["side"], side["period"]) == ("joint-2022", "500000", "2026Q3")
    assert (side["expected"], side["reported"], side["missing"]) == (1, 1, 0)
    (unit,) = side["units"]
    assert unit["unit"] == "重庆市能源局"
    assert unit["people"] == [{"name": str(cast.lead), "phone": ""}]
    assert answer.data["since"] == "2026-11-19"
    assert {change["kind"] for change in answer.data["changes"]} == {"handed_in"}
    earlier = door(cast.coordinator_sichuan).get(OFFICE, {"since": "2026-11-20"})
    assert {c["kind"] for c in earlier.data["changes"]} == {"handed_in", "approved", "light"}


def test_an_office_reads_what_its_page_says_of_the_queue_and_of_handing_out(
    cast: Cast, door: Door
) -> None:
    answer = door(cast.coordinator).get(OFFICE).data
    browser = Client()
    browser.force_login(cast.coordinator)
    page = browser.get("/").context["office"]
    assert answer["queue"]["number"] == page.queue.number == 1
    assert answer["queue"]["workdays"] == page.queue.workdays
    assert answer["handed_out"] == asdict(page.handed_out)
    assert answer["sides_more"] == 0
    assert door(cast.auditor).get(OFFICE).data["handed_out"] is None


def test_an_officer_reads_what_is_to_be_filed(cast: Cast, door: Door) -> None:
    task = make.TaskFactory(plan=cast.plan)
    make.ResponsibilityFactory(task=task, unit=cast.chongqing.unit)
    answer = door(cast.lead).get(OFFICER).data
    browser = Client()
    browser.force_login(cast.lead)
    page = browser.get("/").context["officer"]
    shown = [duty for _urgency, some in page["groups"] for duty in some]
    assert [one["task"]["number"] for one in answer["duties"]] == [
        d.side.task.number for d in shown
    ]
    assert task.number in {one["task"]["number"] for one in answer["duties"]}
    assert answer["total"] == page["total"]
    assert answer["lights"] == {word.value: number for word, number in page["lights"]}
    assert answer["unread"] == len(page["notices"])
    for who in ("stranger", "coordinator", "auditor"):
        assert door(cast.everyone[who]).get(OFFICER).data["duties"] == []


@pytest.mark.parametrize("who", ["lead", "helping", "stranger", "auditor"])
def test_others_have_no_such_desk(cast: Cast, door: Door, who: str) -> None:
    answer = door(cast.everyone[who]).get(OFFICE)
    assert (answer.data["sides"], answer.data["changes"]) == ([], [])


@pytest.mark.parametrize(
    ("address", "query", "name"),
    [
        (OFFICE, {"period": "2026Q5"}, "period"),
        (OFFICE, {"since": "tomorrow"}, "since"),
        (OFFICE, {"since": "2027-01-01"}, "since"),
        (OFFICE, {"quarter": "2026Q3"}, "quarter"),
        (INSPECTOR, {"plan": "nothing"}, "plan"),
        (INSPECTOR, {"jurisdiction": "9"}, "jurisdiction"),
        (INSPECTOR, {"unit": "9" * 30}, "unit"),
        (MATRIX, {"plan": "nothing"}, "plan"),
        (MATRIX, {"first": "2026Q5"}, "first"),
        (MATRIX, {"last": "\\"}, "last"),
        (MATRIX, {"side": "x"}, "side"),
        (MATRIX, {"light": "red"}, "light"),
    ],
)
def test_what_means_nothing_is_said(
    cast: Cast, door: Door, address: str, query: dict[str, str], name: str
) -> None:
    answer = door(cast.admin).get(address, query)
    assert answer.status_code == 400
    assert list(answer.json()) == [name]


def test_an_inspector_reads_all_that_is_late_in_the_own_places(cast: Cast, door: Door) -> None:
    late = make.TaskFactory(plan=cast.plan, due_on=datetime.date(2026, 11, 13))
    make.ResponsibilityFactory(task=late, unit=cast.chongqing.unit)
    make.ResponsibilityFactory(task=late, unit=cast.sichuan.unit)
    found = door(cast.auditor).get(INSPECTOR).data
    assert found["counts"] == {
        "overdue": 1,
        "expired": 0,
        "milestone": 0,
        "missing": 1,
        "returned": 0,
        "finding": 0,
        "proposal": 0,
    }
    assert [row["name"] for row in found["sides"]] == ["重庆市"]
    assert [row["name"] for row in found["units"]] == ["重庆市能源局"]
    assert {row["band"]: row["overdue"] for row in found["bands"]}["7"] == 1
    assert found["trend"][-1]["overdue"] == 1
    narrowed = door(cast.auditor).get(INSPECTOR, {"unit": "重庆市经济信息委"}).data
    assert set(narrowed["counts"].values()) == {0}
    for person in (cast.coordinator, cast.stranger):
        assert set(door(person).get(INSPECTOR).data["counts"].values()) == {0}


def test_the_matrix_tells_each_reader_what_they_may_know(cast: Cast, door: Door) -> None:
    def cells(who: str) -> dict[str, dict[str, object]]:
        answer = door(cast.everyone[who]).get(MATRIX, {"plan": "joint-2022"})
        assert answer.data["periods"] == ["2026Q3"]
        return {row["side"]: dict(row["quarters"][0]) for row in answer.data["results"]}

    own = cells("coordinator")
    assert own["500000"]["report"] == "waiting"
    assert "progress" not in own["500000"]
    assert (own["510000"]["report"], own["510000"]["progress"]) == ("approved", 65)
    assert cells("lead_sichuan")["500000"]["report"] == "unknown"
    stranger = cells("stranger")
    assert {"report", "progress"}.isdisjoint({*stranger["500000"], *stranger["510000"]})
    assert stranger["500000"]["light"] == own["500000"]["light"]


def test_the_matrix_has_totals_of_all_and_pages_of_rows(cast: Cast, door: Door) -> None:
    for _n in range(3):
        make.ResponsibilityFactory(task=make.TaskFactory(plan=cast.plan))
    answer = door(cast.coordinator).get(MATRIX, {"page_size": "2", "side": "500000"})
    assert (answer.data["plan"], answer.data["count"], answer.data["pages"]) == ("joint-2022", 4, 2)
    assert len(answer.data["results"]) == 2
    (total,) = answer.data["totals"]
    assert (total["expected_told"], total["reported"], total["missing"]) == (4, 1, 3)
    assert sum(total["lights"].values()) == 4


def test_a_draft_has_no_quarters(cast: Cast, door: Door) -> None:
    task = make.TaskFactory(plan=make.PlanFactory(draft=True, code="draft"))
    make.ResponsibilityFactory(task=task)
    answer = door(cast.stranger).get(MATRIX, {"plan": "draft"})
    assert answer.data["periods"] == []
    assert answer.data["results"][0]["quarters"] == []
