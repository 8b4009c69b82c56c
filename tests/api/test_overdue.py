"""/api/v1/overdue/: 逾期 and 期满未办结, apart and counted apart."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.api.conftest import Cast, Door

URL = "/api/v1/overdue/"


@pytest.fixture
def late(cast: Cast) -> Cast:
    """One side past its own date, one past its plan's end only."""
    own = make.TaskFactory(plan=cast.plan, title="过期的任务", overdue=True)
    side = make.ResponsibilityFactory(task=own, unit=cast.chongqing.unit)
    make.ProgressReportFactory(responsibility=side, approved=True, percent=80)
    ended = make.TaskFactory(plan=make.PlanFactory(code="jiangjin-2022", ended=True))
    unit = make.UnitFactory(jiangjin=True, name="江津区发展改革委")
    make.ResponsibilityFactory(task=ended, unit=unit)
    return cast


def test_a_row_says_how_late_and_why(late: Cast, door: Door) -> None:
    data = door(late.lead).get(URL).json()
    assert data["counts"] == {"overdue": 1, "expired": 1}
    assert data["count"] == 2
    row = next(row for row in data["results"] if row["kind"] == "overdue")
    assert row | {"id": 0, "task": 0, "subject": ""} == {
        "id": 0,
        "subject": "",
        "task": 0,
        "kind": "overdue",
        "days_late": 143,
        "workdays_late": 99,
        "first_due_on": "2026-06-30",
        "extensions": 0,
        "reminded": {"days": 0, "last": None, "people": {}, "urged": 0, "called": 0},
        "side": "500000",
        "unit": "重庆市能源局",
        "state": "in_progress",
        "light": "red",
        "light_word": "逾期",
        "light_reason": "完成80%，超过时限143天",
        "due_on": "2026-06-30",
        "due_is_plans": False,
        "progress": 80,
    }
    assert row["task"]["title"] == "过期的任务"
    expired = next(row for row in data["results"] if row["kind"] == "expired")
    assert (expired["light_word"], expired["due_is_plans"]) == ("期满未办结", True)
    assert "progress" not in expired


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({}, ["expired", "overdue"]),
        ({"kind": "overdue"}, ["overdue"]),
        ({"kind": "expired"}, ["expired"]),
        ({"plan": "joint-2022"}, ["overdue"]),
        ({"unit": "江津区发展改革委"}, ["expired"]),
        ({"jurisdiction": "江津区"}, ["expired"]),
        ({"ordering": "-due_on"}, ["overdue", "expired"]),
    ],
)
def test_filters(late: Cast, door: Door, query: dict[str, str], kinds: list[str]) -> None:
    rows = door(late.stranger).get(URL, query).data["results"]
    assert [row["kind"] for row in rows] == kinds
    assert all("progress" not in row for row in rows)


def test_one_row(late: Cast, door: Door) -> None:
    client = door(late.lead)
    for row in client.get(URL).data["results"]:
        assert client.get(f"{URL}{row['id']}/").data == row
    assert client.get(f"{URL}{late.sichuan.pk}/").status_code == 404


def test_wrong_kind(late: Cast, door: Door) -> None:
    assert list(door(late.lead).get(URL, {"kind": "red"}).data) == ["kind"]


def test_the_number_of_queries_does_not_grow_with_rows(late: Cast, door: Door) -> None:
    client = door(late.coordinator)
    client.get(URL)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for _number in range(4):
        make.ResponsibilityFactory(task=make.TaskFactory(plan=late.plan, overdue=True))
    with CaptureQueriesContext(connection) as many:
        assert client.get(URL).data["count"] == 6
    assert len(few) == len(many) == 13


def test_other_kinds_are_asked_for_and_told_to_who_may_know(late: Cast, door: Door) -> None:
    finding = make.FindingFactory(responsibility=late.chongqing, overdue=True)
    make.NoticeFactory(recipient=late.lead, subject=f"finding/{finding.pk}")
    for who, number in [("lead", 1), ("auditor", 1), ("stranger", 0), ("lead_sichuan", 0)]:
        data = door(late.everyone[who]).get(URL, {"kind": "finding"}).data
        assert data["count"] == number, who
        assert data["counts"] == {"overdue": 1, "expired": 1}
    (row,) = door(late.auditor).get(URL, {"kind": "finding"}).data["results"]
    assert (row["kind"], row["item"], row["due_on"]) == ("finding", finding.pk, "2026-11-13")
    assert (row["first_due_on"], row["workdays_late"]) == ("2026-12-04", 5)
    assert row["reminded"]["days"] == 1


def test_missing_reports_name_their_quarter(late: Cast, door: Door) -> None:
    make.ResponsibilityFactory(task=make.TaskFactory(plan=late.plan), unit=late.chongqing.unit)
    rows = door(late.coordinator).get(URL, {"kind": "missing"}).data["results"]
    assert {row["period"] for row in rows} == {"2026Q3"}
    assert door(late.stranger).get(URL, {"kind": "missing"}).data["results"] == []
