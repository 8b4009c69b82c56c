"""The pages of a plan's quarters, and the API beside them."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client

from tasks.models import Period, PeriodSide, ProgressReport, Snapshot
from tasks.services import periods
from tests.factories import (
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
)
from tests.tasks.views.conftest import World, words
from tracker.lib.workdays import Quarter
from units.models import AuditEntry, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
As = Callable[[User], Client]


def _side(world: World) -> int:
    return world.plan.sides.get(jurisdiction__code="500000").pk


def test_the_page_asks_with_names_and_closes(world: World, as_: As) -> None:
    office = as_(world.office)
    side, period = _side(world), world.period
    path = f"/quarters/{period.pk}/close/{side}/"
    page = office.get(path).content.decode()
    assert "协同开发油气资源" in page
    assert "确认带缺关闭（未报1、退回0、未审核0）" in words(page)
    answer = office.post(path, {"missing": 0, "returned": 0, "unreviewed": 0, "note": "已催办"})
    assert answer.status_code == 422
    assert "1项未报" in words(answer.content.decode())
    answer = office.post(path, {"missing": 1, "returned": 0, "unreviewed": 0, "note": "已催办"})
    assert answer.status_code == 302
    page = words(office.get(f"/quarters/{period.pk}/").content.decode())
    assert "已催办" in page
    assert PeriodSide.objects.get().closed_by == world.office


def test_what_is_wanting_is_told_to_ones_own_side_alone(world: World, as_: As) -> None:
    path = f"/quarters/{world.period.pk}/"
    told = words(as_(world.office).get(path).content.decode())
    assert told.count("未报1") == 1
    assert "未报1" in words(as_(world.auditor).get(path).content.decode())
    assert "未报1" not in words(as_(world.stranger).get(path).content.decode())


def test_both_closed_shows_the_snapshot_and_opening_again_wants_a_reason(
    world: World, as_: As
) -> None:
    counts = {"missing": 1}
    other = world.plan.sides.get(jurisdiction__code="510000").pk
    as_(world.office).post(f"/quarters/{world.period.pk}/close/{_side(world)}/", counts)
    as_(world.other_office).post(f"/quarters/{world.period.pk}/close/{other}/", counts)
    snapshot = Snapshot.objects.get()
    page = words(as_(world.office).get(f"/quarters/{world.period.pk}/").content.decode())
    assert snapshot.digest in page
    assert "已核对，未改动" in page
    path = f"/quarters/{world.period.pk}/reopen/{_side(world)}/"
    assert as_(world.office).post(path, {"reason": ""}).status_code == 422
    assert as_(world.office).post(path, {"reason": "数据有误"}).status_code == 302
    page = words(as_(world.office).get(f"/quarters/{world.period.pk}/").content.decode())
    assert "重新开放：数据有误" in page


def test_settings_hold_for_quarters_opened_later(world: World, as_: As) -> None:
    office = as_(world.other_office)  # either office of a joint plan
    path = f"/plans/{world.plan.code}/settings/"
    form = office.get(path).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    due = world.period.due_on
    assert office.post(path, {**sent, "due_day": 15, "grace_workdays": 3}).status_code == 302
    world.period.refresh_from_db()
    assert world.period.due_on == due
    world.plan.refresh_from_db()
    later = periods.build(world.plan, Quarter(2026, 4))
    assert later.due_on == datetime.date(2027, 1, 15)
    assert AuditEntry.objects.get(verb="plan.settings").after == {
        "due_day": 15,
        "grace_workdays": 3,
    }
    assert office.post(path, {**sent, "due_day": 20}).status_code == 409
    answer = office.post(path, {**sent, "due_day": 31})
    assert answer.status_code == 422


def test_earlier_quarters_are_offered_and_filled_in_without_being_due(
    world: World, as_: As
) -> None:
    office = as_(world.office)
    assert (
        office.post(f"/plans/{world.plan.code}/quarters/offer/", {"since": "2025Q3"}).status_code
        == 302
    )
    made = Period.objects.filter(year=2025)
    assert sorted(period.code for period in made) == ["2025Q3", "2025Q4"]
    lead = as_(world.lead)
    page = lead.get("/fill/").content.decode()
    assert "补录" in page
    body = {"percent": 20, "progress": "完成立项。", "version": 0, "action": "submit"}
    assert lead.post(f"/fill/{world.side.pk}/2025Q4/", body).status_code == 302
    report = ProgressReport.objects.get()
    assert (report.kind, report.state) == ("backfill", "submitted")
    assert lead.get("/").context["officer"]["total"] == 1  # 2026Q3 alone is due


def test_a_missed_quarter_stands_on_the_officers_page_and_is_filed_late(
    world: World, as_: As
) -> None:
    PeriodFactory(plan=world.plan, quarter_text="2026Q2", closed=True)
    lead = as_(world.lead)
    page = words(lead.get("/fill/").content.decode())
    assert "已关闭的季度还有1项可补报或补录" in page
    body = {"percent": 20, "progress": "完成立项。", "version": 0, "action": "submit"}
    lead.post(f"/fill/{world.side.pk}/2026Q2/", body)
    assert ProgressReport.objects.get().kind == "late"
    assert "可补报或补录" not in lead.get("/fill/").content.decode()


def test_the_matrix_keeps_what_was_missing_and_says_late_beside_it(world: World, as_: As) -> None:
    counts = {"missing": 1}
    other = world.plan.sides.get(jurisdiction__code="510000").pk
    as_(world.office).post(f"/quarters/{world.period.pk}/close/{_side(world)}/", counts)
    as_(world.other_office).post(f"/quarters/{world.period.pk}/close/{other}/", counts)
    ProgressReportFactory(
        responsibility=world.side, period=world.period, approved=True, kind="late", percent=80
    )
    rows = as_(world.office).get(f"/api/v1/matrix/?plan={world.plan.code}").json()["results"]
    own = next(row for row in rows if row["unit"] == "重庆市能源局")
    (cell,) = own["quarters"]
    assert (cell["report"], cell["late_report"]) == ("missing", True)
    assert "progress" not in cell
    page = as_(world.office).get(f"/matrix/?plan={world.plan.code}").content.decode()
    assert "补报" in page


def test_the_api_closes_with_the_counts_alone(world: World, as_: As) -> None:
    office = as_(world.office)
    path = f"/api/v1/periods/{world.period.pk}/"
    told = office.get(f"{path}standing/").json()
    own, other = told
    assert [row["unit"] for row in own["missing"]] == ["重庆市能源局"]
    assert "missing" not in other
    body = {"side": "500000"}
    answer = office.post(f"{path}close/", body, content_type="application/json")
    assert answer.status_code == 409
    answer = office.post(f"{path}close/", {**body, "missing": 1}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["sides"][0]["side"] == "500000"
    answer = office.post(
        f"{path}close/", {"side": "510000", "missing": 1}, content_type="application/json"
    )
    assert answer.status_code == 403


def test_the_api_sets_with_if_match(world: World, as_: As) -> None:
    office = as_(world.office)
    path = f"/api/v1/plans/{world.plan.code}/settings/"
    seen = office.get(path)
    etag = {"If-Match": seen.headers["ETag"]}

    def patch(body: dict[str, int], headers: dict[str, str]) -> int:
        answer = office.patch(path, body, content_type="application/json", headers=headers)
        return answer.status_code

    assert patch({"due_day": 12}, {}) == 428
    assert patch({"due_day": 12}, etag) == 200
    assert patch({"due_day": 13}, etag) == 412
    assert patch({"soon_workdays": 4}, {"If-Match": office.get(path).headers["ETag"]}) == 400
    assert as_(world.stranger).get(path).json()["due_day"] == 12


def test_the_list_of_quarters_reads_no_row_by_row(
    world: World, as_: As, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for quarter in ("2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2"):
        PeriodFactory(plan=world.plan, quarter_text=quarter, closed=True)
    for _n in range(5):
        ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
    office = as_(world.office)
    with django_assert_max_num_queries(28):  # type: ignore[attr-defined]  # a context manager
        office.get(f"/plans/{world.plan.code}/quarters/")
