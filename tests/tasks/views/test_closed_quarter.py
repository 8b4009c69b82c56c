"""A closed quarter on the task's page, in the matrix and on the desk, and in the API."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tasks.models import ProgressReport, Responsibility, Snapshot
from tasks.services import closing, progress
from tasks.services.entry import Entry
from tests.factories import (
    NOW,
    PeriodFactory,
    ProgressReportFactory,
    UnitFactory,
    UserFactory,
    officer,
)
from tests.tasks.closed import close
from tests.tasks.views.conftest import World, words
from units.models import Unit, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def read(user: User, path: str, **query: str) -> Any:
    door = APIClient()
    door.force_authenticate(user)
    answer = door.get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def page(user: User, path: str, **query: str) -> Any:
    browser = Client()
    browser.force_login(user)
    answer = browser.get(path, query)
    assert answer.status_code == 200
    return answer


@pytest.fixture
def sealed(world: World) -> Snapshot:
    """重庆市 approved at 40; 四川省 reported nothing. Then everything changes."""
    world.side.state = "in_progress"
    world.side.save()
    ProgressReportFactory(
        responsibility=world.side,
        period=world.period,
        approved=True,
        percent=40,
        progress="封存时的文字。",
    )
    snapshot = close(world.period)
    world.period.refresh_from_db()
    Unit.objects.filter(pk=world.side.unit_id).update(name="改名后的单位")
    ProgressReport.objects.update(percent=77, progress="封存后改的文字。")
    Responsibility.objects.filter(pk=world.side.pk).update(state="closed")
    return snapshot


def test_the_tasks_page_tells_what_was_kept(world: World, sealed: Snapshot) -> None:
    shown = page(world.office, f"/tasks/{world.task.pk}/")
    (quarter,) = shown.context["quarters"]
    assert quarter.seal.digest == sealed.digest
    own, other = quarter.tellings
    assert (own.report.percent, own.report.progress) == (40, "封存时的文字。")
    assert (own.state, own.side.unit.name) == ("in_progress", "重庆市能源局")
    assert own.since.percent == 77
    assert other.report is None
    text = words(shown.text)
    assert f"已封存 2026-11-20，摘要 {sealed.digest[:8]}" in text
    assert "封存时的文字。" in text
    assert "封存后" in text
    (chart,) = shown.context["charts"]
    assert [value for value in chart.series[0].values if value is not None] == [40]


def test_the_api_tells_the_same(world: World, sealed: Snapshot) -> None:
    told = read(world.office, f"tasks/{world.task.pk}/")
    (quarter,) = told["quarters"]
    assert (quarter["period"], quarter["closed_on"]) == ("2026Q3", "2026-11-20")
    assert quarter["snapshot"]["digest"] == sealed.digest
    own, other = quarter["sides"]
    assert (own["unit"], own["state"], own["percent"]) == ("重庆市能源局", "in_progress", 40)
    assert (own["report_state"], own["since"]) == ("approved", "approved")
    assert "40%" in own["light_reason"]
    assert (other["report_state"], other["percent"], other["since"]) == (None, None, None)
    (report,) = told["reports"]
    assert (report["percent"], report["state"]) == (40, "approved")
    points = {point["period"]: point["percent"] for point in told["schedule"]}
    assert points["2026Q3"]["500000"] == 40


def test_what_was_not_approved_then_is_told_as_before(world: World) -> None:
    ProgressReportFactory(
        responsibility=world.side, period=world.period, submitted=True, percent=33
    )
    close(world.period)
    ProgressReport.objects.update(state="approved", percent=33)
    (quarter,) = read(world.office, f"tasks/{world.task.pk}/")["quarters"]
    assert [side["report_state"] for side in quarter["sides"]] == ["submitted", None]
    # The other side's office reads what is approved: that it is now, and was not then.
    (quarter,) = read(world.other_office, f"tasks/{world.task.pk}/")["quarters"]
    assert [(one["report_state"], one["since"]) for one in quarter["sides"]] == [
        (None, "approved"),
        (None, None),
    ]
    assert read(world.stranger, f"tasks/{world.task.pk}/")["quarters"] == []


def test_a_late_report_stands_beside_what_was_kept(world: World) -> None:
    close(world.period)
    world.period.refresh_from_db()
    entry = Entry(percent=70, progress="已完成主体工程。")
    late = progress.submit(world.side, world.period, entry, by=world.lead, now=NOW)
    progress.approve(late, by=world.office, now=NOW)
    shown = page(world.lead, f"/tasks/{world.task.pk}/")
    (quarter,) = shown.context["quarters"]
    told = next(one for one in quarter.tellings if one.side.pk == world.side.pk)
    assert (told.report, told.since) == (None, late)
    assert "补报" in words(shown.text)
    assert not shown.context["charts"]  # the quarter's figures are the closing's


def test_an_open_quarter_tells_of_today(world: World) -> None:
    ProgressReportFactory(responsibility=world.side, period=world.period, approved=True)
    (quarter,) = read(world.office, f"tasks/{world.task.pk}/")["quarters"]
    assert quarter["snapshot"] is None
    Responsibility.objects.filter(pk=world.side.pk).update(state="closed")
    (quarter,) = read(world.office, f"tasks/{world.task.pk}/")["quarters"]
    assert quarter["sides"][0]["state"] == "closed"
    assert quarter["sides"][0]["light_word"] == "已销号"


def test_the_matrix_names_who_led_then(world: World, sealed: Snapshot) -> None:
    shown = page(world.office, "/matrix/", plan=world.plan.code)
    text = words(shown.text)
    assert f"摘要 {sealed.digest[:8]}" in text
    assert "重庆市能源局 2026Q3" in text
    assert "改名后的单位" in text
    told = read(world.office, "matrix/", plan=world.plan.code)
    assert [one["digest"] for one in told["snapshots"]] == [sealed.digest]
    (cell,) = told["results"][0]["quarters"]
    assert (cell["unit"], cell["state"], cell["progress"]) == ("重庆市能源局", "in_progress", 40)


def test_after_a_merger_the_desk_leads_to_who_led_then(world: World) -> None:
    close(world.period)
    old, heir = world.side.unit, UnitFactory(name="承接单位")
    successor = officer(heir)
    Responsibility.objects.filter(unit=old).update(unit=heir)
    Unit.objects.filter(pk=old.pk).update(name="已撤销的单位")
    shown = page(world.office, "/", quarter="2026Q3")
    (overview,) = shown.context["overviews"]
    assert [(row.unit.pk, row.unit.name) for row in overview.units] == [(old.pk, "重庆市能源局")]
    assert f'<a href="/units/{old.pk}/">重庆市能源局</a>' in shown.text
    (row,) = overview.units
    assert row.people == [successor]


def test_the_queries_of_the_page_do_not_grow_with_closed_quarters(world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(world.office, f"/tasks/{world.task.pk}/")
        return len(captured)

    close(world.period)
    queries()
    few = queries()
    for text in ("2025Q4", "2026Q1", "2026Q2"):
        close(PeriodFactory(plan=world.plan, quarter_text=text))
    assert queries() == few


# --- the office's desk and the form ------------------------------------------------------------


def test_the_desk_says_when_a_quarter_can_be_closed(world: World) -> None:
    side = world.plan.sides.get(jurisdiction__code="500000")
    path = f"/quarters/{world.period.pk}/close/{side.pk}/"
    shown = page(world.office, "/")
    assert path in shown.text
    assert "宽限期已于2026-10-16结束，重庆市可以关闭本季度。" in words(shown.text)
    assert page(world.office, path).status_code == 200
    (told,) = read(world.office, "desks/office/")["closable"]
    assert told == {
        "id": world.period.pk,
        "plan": world.plan.code,
        "period": "2026Q3",
        "side": "500000",
        "grace_until": "2026-10-16",
    }
    closing.close_side(world.period, side, by=world.office, now=NOW, confirmed=(1, 0, 0))
    assert path not in page(world.office, "/").text
    (told,) = read(world.other_office, "desks/office/")["closable"]
    assert told["side"] == "510000"
    assert read(world.lead, "desks/office/")["closable"] == []


def test_before_the_grace_is_over_the_desk_says_nothing(world: World) -> None:
    world.period.grace_until = NOW.date()
    world.period.save()
    assert read(world.office, "desks/office/")["closable"] == []
    assert len(read(UserFactory(superuser=True), "desks/office/")["closable"]) == 0


def test_the_form_says_that_it_is_late_once_the_side_is_closed(world: World) -> None:
    path = f"/fill/{world.side.pk}/2026Q3/"
    assert "现按补报填报" not in page(world.lead, path).text
    side = world.plan.sides.get(jurisdiction__code="500000")
    closing.close_side(world.period, side, by=None, now=NOW, confirmed=(1, 0, 0))
    text = words(page(world.lead, path).text)
    assert "重庆市已关闭2026年第3季度，现按补报填报。" in text
    assert "现按补报填报" not in page(world.other_lead, f"/fill/{world.other_side.pk}/2026Q3/").text
    proxy = f"/fill/{world.side.pk}/2026Q3/for-unit/"
    assert "现按补报填报" in page(world.office, proxy).text
    close(world.period)
    assert "2026年第3季度已于2026-11-20关闭，现按补报填报。" in words(page(world.lead, path).text)
