"""/api/v1/progress/: who reads what; writing, versions, review; bad input changes nothing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tasks.models import ProgressReport
from tests import factories as make
from tests.api.conftest import Cast, Door
from units.models import AuditEntry

URL = "/api/v1/progress/"


@pytest.fixture
def side(cast: Cast) -> Any:
    """A second task that 重庆市能源局 leads, with nothing reported."""
    return make.ResponsibilityFactory(
        task=make.TaskFactory(plan=cast.plan, title="第二项"), unit=cast.chongqing.unit
    )


def body(part: Any, /, **values: Any) -> dict[str, Any]:
    return {"task": part.task_id, "period": "2026Q3", **values}


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("lead", {"draft", "submitted", "approved"}),
        ("lead_sichuan", {"approved"}),
        ("helping", {"approved"}),
        ("coordinator", {"submitted", "approved"}),
        ("coordinator_sichuan", {"approved"}),
        ("auditor", {"submitted"}),
        ("admin", {"draft", "submitted", "approved"}),
        ("stranger", set()),
    ],
)
def test_each_sees_what_the_table_says(
    cast: Cast, door: Door, side: Any, who: str, seen: set[str]
) -> None:
    make.ProgressReportFactory(responsibility=side, period=cast.period, filled_by=cast.lead)
    client = door(cast.everyone[who])
    answer = client.get(URL)
    assert {row["state"] for row in answer.data["results"]} == seen
    for report in ProgressReport.objects.all():
        expected = 200 if report.state in seen else 404
        assert client.get(f"{URL}{report.pk}/").status_code == expected


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("lead", True),
        ("coordinator", True),
        ("admin", True),
        ("lead_sichuan", False),
        ("helping", False),
        ("coordinator_sichuan", False),
    ],
)
def test_how_a_report_came_about_is_between_the_unit_and_its_office(
    cast: Cast, door: Door, who: str, told: bool
) -> None:
    """The page's rule: other readers get the result."""
    report = cast.submitted
    report.state, report.return_reason, report.version = "approved", "数据有误。", 3
    report.save(update_fields=["state", "return_reason", "version"])
    client = door(cast.everyone[who])
    one = client.get(f"{URL}{report.pk}/")
    (listed,) = [row for row in client.get(URL).data["results"] if row["id"] == report.pk]
    page = Client()
    page.force_login(cast.everyone[who])
    text = page.get(reverse("tasks:view_report", args=[report.pk])).text
    assert ("数据有误。" in text) == told
    for row in (one.data, listed):
        assert (row.get("return_reason"), row.get("version")) == (
            ("数据有误。", 3) if told else (None, None)
        )
    assert one.headers.get("ETag") == ('"3"' if told else None)


def test_the_inspector_reads_a_returned_report_without_the_reason(cast: Cast, door: Door) -> None:
    report = cast.submitted
    report.state, report.return_reason = "returned", "数据有误。"
    report.save(update_fields=["state", "return_reason"])
    answer = door(cast.auditor).get(f"{URL}{report.pk}/")
    assert answer.data["state"] == "returned"
    assert not {"return_reason", "version"} & set(answer.data)


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"plan": "joint-2022"}, 2),
        ({"period": "2026Q3"}, 2),
        ({"period": "2026年第2季度"}, 0),
        ({"state": "approved"}, 1),
        ({"unit": "四川省能源局"}, 1),
        ({"jurisdiction": "500000"}, 1),
    ],
)
def test_filters(cast: Cast, door: Door, query: dict[str, str], number: int) -> None:
    answer = door(cast.admin).get(URL, query)
    assert answer.data["count"] == number


@pytest.mark.parametrize(
    ("query", "field"),
    [({"period": "2026Q5"}, "period"), ({"task": "0"}, "task"), ({"state": "lost"}, "state")],
)
def test_wrong_filters(cast: Cast, door: Door, query: dict[str, str], field: str) -> None:
    answer = door(cast.admin).get(URL, query)
    assert answer.status_code == 400
    assert list(answer.data) == [field]


def test_draft_then_change_then_submit(cast: Cast, door: Door, side: Any) -> None:
    client = door(cast.lead)
    made = client.post(URL, body(side, percent=30, progress="开工。"), format="json")
    assert made.status_code == 201, made.data
    assert (made.data["state"], made.data["percent"]) == ("draft", 30)
    assert made.headers["ETag"] == '"1"'
    one = f"{URL}{made.data['id']}/"
    assert client.get(one).headers["ETag"] == '"1"'
    changed = client.patch(
        one, {"percent": 35}, format="json", headers={"If-Match": made.headers["ETag"]}
    )
    assert changed.status_code == 200, changed.data
    assert (changed.data["percent"], changed.data["progress"]) == (35, "开工。")
    whole = client.put(
        one,
        {"percent": 40, "progress": "完成。", "submit": True},
        format="json",
        headers={"If-Match": changed.headers["ETag"]},
    )
    assert (whole.data["state"], whole.data["percent"]) == ("submitted", 40)
    verbs = AuditEntry.objects.filter(actor=cast.lead, verb__startswith="report.")
    assert list(verbs.order_by("id").values_list("verb", "source")) == [
        ("report.save", "api"),
        ("report.save", "api"),
        ("report.submit", "api"),
    ]


def test_put_empties_what_is_left_out(cast: Cast, door: Door, side: Any) -> None:
    client = door(cast.lead)
    made = client.post(URL, body(side, percent=30, problems="缺资金。"), format="json").data
    one = f"{URL}{made['id']}/"
    saved = client.put(one, {"percent": 30}, format="json", headers={"If-Match": '"1"'})
    assert saved.data["problems"] == ""


def test_a_change_needs_the_version_that_it_changes(cast: Cast, door: Door, side: Any) -> None:
    client = door(cast.lead)
    made = client.post(URL, body(side, percent=30), format="json").data
    one = f"{URL}{made['id']}/"
    for headers, code in [({}, 428), ({"If-Match": '"7"'}, 412), ({"If-Match": "x"}, 412)]:
        answer = client.patch(one, {"percent": 90}, format="json", headers=headers)
        assert answer.status_code == code
        assert answer.data["detail"]
    assert ProgressReport.objects.get(pk=made["id"]).percent == 30


def test_a_second_report_of_the_quarter_is_a_conflict(cast: Cast, door: Door, side: Any) -> None:
    client = door(cast.lead)
    client.post(URL, body(side, percent=30), format="json")
    again = client.post(URL, body(side, percent=90), format="json")
    assert again.status_code == 409
    assert ProgressReport.objects.get(responsibility=side).percent == 30


def test_a_submitted_report_no_longer_changes(cast: Cast, door: Door) -> None:
    one = f"{URL}{cast.submitted.pk}/"
    answer = door(cast.lead).patch(one, {"percent": 90}, format="json", headers={"If-Match": '"1"'})
    assert answer.status_code == 400
    assert ProgressReport.objects.get(pk=cast.submitted.pk).percent == 55


@pytest.mark.parametrize("who", ["helping", "stranger", "coordinator", "auditor", "lead_sichuan"])
def test_only_the_lead_reports(cast: Cast, door: Door, side: Any, who: str) -> None:
    answer = door(cast.everyone[who]).post(URL, body(side, percent=30), format="json")
    assert answer.status_code == 403
    assert not ProgressReport.objects.filter(responsibility=side).exists()


def test_the_other_lead_can_not_report_for_this_side(cast: Cast, door: Door) -> None:
    ProgressReport.objects.all().delete()
    client = door(cast.lead_sichuan)
    for_other = body(cast.chongqing, side="500000", percent=90)
    assert client.post(URL, for_other, format="json").status_code == 403
    own = client.post(URL, body(cast.chongqing, percent=20), format="json")
    assert (own.status_code, own.data["side"]) == (201, "510000")


def test_a_visible_report_of_another_unit_can_not_be_changed(cast: Cast, door: Door) -> None:
    one = f"{URL}{cast.approved.pk}/"
    answer = door(cast.lead).patch(one, {"percent": 1}, format="json", headers={"If-Match": '"1"'})
    assert answer.status_code == 403
    invisible = f"{URL}{cast.submitted.pk}/"
    answer = door(cast.lead_sichuan).patch(
        invisible, {"percent": 1}, format="json", headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 404


def test_someone_with_both_sides_says_which(cast: Cast, door: Door) -> None:
    ProgressReport.objects.all().delete()
    client = door(cast.admin)
    unclear = client.post(URL, body(cast.chongqing, percent=20), format="json")
    assert list(unclear.data) == ["side"]
    clear = client.post(URL, body(cast.chongqing, side="500000", percent=20), format="json")
    assert clear.status_code == 201


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"percent": 101}, "percent"),
        ({"percent": -1}, "percent"),
        ({"percent": "很多"}, "percent"),
        ({"percent": 45.5}, "percent"),
        ({"percent": True}, "percent"),
        ({"percent": [1]}, "percent"),
        ({"percent": "9" * 2000}, "percent"),
        ({"progress": "字" * 4001}, "progress"),
        ({"progress": {"a": 1}}, "progress"),
        ({"period": "2026Q5"}, "period"),
        ({"period": "2026-02-30"}, "period"),
        ({"period": "2025Q4"}, "period"),
        ({"period": None}, "period"),
        ({"task": 999_999_999}, "task"),
        ({"task": 10**30}, "task"),
        ({"task": "第一项"}, "task"),
        ({"side": "999999"}, "side"),
        ({"submit": True, "percent": 10}, "progress"),
        ({"submit": True, "progress": "x"}, "percent"),
        ({"no_news": "perhaps"}, "no_news"),
        ({"state": "approved"}, "state"),
        ({"reviewed_by": 1}, "reviewed_by"),
        ({"version": 7}, "version"),
        ({"responsibility": 7}, "responsibility"),
    ],
)
def test_bad_input_is_refused_by_field_and_changes_nothing(
    cast: Cast, door: Door, side: Any, values: dict[str, Any], field: str
) -> None:
    before = ProgressReport.objects.count()
    answer = door(cast.lead).post(URL, {**body(side), **values}, format="json")
    assert answer.status_code == 400, answer.data
    assert field in answer.data
    assert ProgressReport.objects.count() == before


def test_periods_that_are_not_open(cast: Cast, door: Door, side: Any) -> None:
    make.PeriodFactory(plan=cast.plan, quarter_text="2026Q2", closed=True)
    make.PeriodFactory(plan=cast.plan, quarter_text="2026Q4")
    answer = door(cast.lead).post(URL, body(side, period="2026Q4", percent=30), format="json")
    assert answer.status_code == 400
    assert "尚未开放" in str(answer.data)
    assert not ProgressReport.objects.filter(responsibility=side).exists()
    answer = door(cast.lead).post(URL, body(side, period="2026Q2", percent=30), format="json")
    assert answer.status_code == 201
    assert ProgressReport.objects.get(responsibility=side).kind == "late"


def test_hostile_text_is_kept_as_text(cast: Cast, door: Door, side: Any) -> None:
    text = '=HYPERLINK("http://x")\x07\u202e<script>'
    made = door(cast.lead).post(URL, body(side, percent=1, progress=text), format="json")
    assert made.status_code == 201
    assert made.data["progress"].startswith("=HYPERLINK")
    assert "\x07" not in made.data["progress"]
