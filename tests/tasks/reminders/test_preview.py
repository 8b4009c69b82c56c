"""Who is told what on a day, and why: what was made, and what would be made."""

import datetime
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from rest_framework.test import APIClient

from tasks.models import Notice
from tasks.reminders.preview import Asked, Preview, Row, last_workday_before, preview
from tests.factories import (
    TaskFactory,
    UnitFactory,
    UserFactory,
    coordinator,
    officer,
    site_person,
)
from tests.tasks.reminders.conftest import DUE, Scene, at, run
from tracker.lib.workdays import is_workday
from units.models import AuditEntry, User
from units.states import Role

D = datetime.date
ONE_DAY = datetime.timedelta(days=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rung")]


def told(found: Preview) -> set[tuple[str, str, int]]:
    return {(r.notice.rule, r.notice.recipient.name, r.notice.step) for r in found[0:1000]}


def seen(day: D, today: D, to: User | None = None, **asked: Any) -> set[tuple[str, str, int]]:
    return told(preview(day, today=today, to=to, asked=Asked(**asked)))


@pytest.fixture
def both_sides(scene: Scene) -> Scene:
    """Four tasks; one of them is also Sichuan's, with people there."""
    scene.another(task__due_on=D(2026, 10, 29), task__title="有时限")
    sichuan = UnitFactory(sichuan=True, name="四川省能源局")
    officer(sichuan, name="川填报员")
    scene.another(unit=sichuan)
    return scene


def test_what_is_foretold_is_what_the_runs_then_make(both_sides: Scene) -> None:
    """Every day of two months, asked for at their beginning, against one run a day."""
    today = D(2026, 9, 21)
    days = [today + n * ONE_DAY for n in range(60)]
    foretold = {day: seen(day, today) for day in days}
    made = {day: run(day) for day in days}
    assert foretold == made
    assert sum(map(len, made.values())) > 20
    assert {day: seen(day, days[-1] + ONE_DAY) for day in days} == made


def test_today_is_what_was_made_and_what_a_run_would_still_make(scene: Scene) -> None:
    assert [row.state for row in preview(DUE, today=DUE, to=None)[0:9]] == ["将提醒"]
    run(DUE)
    scene.another()
    found = preview(DUE, today=DUE, to=None)
    assert [row.state for row in found[0:9]] == ["待发送", "将提醒"]
    assert [(one.rule, one.made, one.planned) for one in found.by_rule()] == [("report_due", 1, 1)]
    assert (len(found), found.people) == (2, 1)
    assert [row.is_made for row in found[1:2]] == [False]


def test_days_off_are_silent_and_say_so(scene: Scene) -> None:
    found = preview(D(2026, 10, 7), today=D(2026, 9, 21), to=None)
    assert len(found) == 0
    assert "休息日" in found.untold[0].reason
    assert last_workday_before(D(2026, 10, 8)) == D(2026, 9, 30)
    assert not is_workday(D(2026, 10, 7))


def test_each_office_looks_at_its_own_side(both_sides: Scene) -> None:
    sichuan = coordinator(both_sides.plan.sides.get(jurisdiction__code="510000").office)
    for act in (lambda: None, lambda: run(DUE)):
        act()
        names = {name for _rule, name, _step in seen(DUE, DUE, sichuan)}
        assert names == {"川填报员"}
        names = {name for _rule, name, _step in seen(DUE, DUE, both_sides.coordinator)}
        assert names == {"填报员"}
        assert seen(DUE, DUE, both_sides.officer) == set()


def test_what_tells_of_a_person_or_inside_a_unit_is_not_the_offices(scene: Scene) -> None:
    run(DUE)
    notice = Notice.objects.get()
    for rule, params in (
        ("password_due", notice.params | {"side": 0, "unit": "", "plan": "碳责通", "verb": "own"}),
        ("signature_waiting", notice.params),
    ):
        Notice.objects.update(rule=rule, params=params, unit=None)
        assert seen(DUE, DUE + ONE_DAY, scene.coordinator) == set()
    assert len(seen(DUE, DUE + ONE_DAY)) == 1


def test_what_has_no_side_is_of_the_units_side(scene: Scene) -> None:
    run(DUE)
    notice = Notice.objects.get()
    params = notice.params | {"side": 0}
    Notice.objects.update(params=params, task=None)
    assert len(seen(DUE, DUE + ONE_DAY, scene.coordinator)) == 1
    Notice.objects.update(params=params | {"verb": "report.review"})
    assert seen(DUE, DUE + ONE_DAY, scene.coordinator) == set()
    Notice.objects.update(recipient=scene.coordinator)
    assert len(seen(DUE, DUE + ONE_DAY, scene.coordinator)) == 1


@pytest.mark.parametrize("is_past", [False, True])
def test_filters_hold_for_what_was_made_and_what_would_be(both_sides: Scene, is_past: bool) -> None:
    if is_past:
        run(DUE)
    today = DUE + ONE_DAY if is_past else DUE
    assert seen(DUE, today, rule="task_due") == set()
    assert seen(DUE, today, unit=both_sides.unit) == {("report_due", "填报员", 0)}
    assert seen(DUE, today, person="川") == {("report_due", "川填报员", 0)}
    assert seen(DUE, today, person=both_sides.officer.username[:-1] + "~") == set()


def test_what_nobody_is_told_stands_beneath(scene: Scene) -> None:
    lonely = UnitFactory(name="无人单位")
    scene.another(unit=lonely, task__due_on=D(2026, 10, 29), task__title="无人的任务")
    found = preview(DUE, today=DUE, to=scene.coordinator)
    assert {row.unit for row in found.untold if row.rule} == {"无人单位"}
    other = coordinator(scene.plan.sides.get(jurisdiction__code="510000").office)
    assert not [row for row in preview(DUE, today=DUE, to=other).untold if row.rule]


def test_as_many_queries_for_any_number_of_rows(scene: Scene) -> None:
    def count(day: D, today: D) -> int:
        user = User.objects.get(pk=scene.coordinator.pk)
        with CaptureQueriesContext(connection) as queries:
            found = preview(day, today=today, to=user)
            list(found[0:50])
            found.by_rule()
        return len(queries)

    later = D(2026, 10, 12)
    count(DUE, DUE)
    few = count(DUE, DUE), count(later, DUE)
    for _n in range(4):
        scene.another()
    assert (count(DUE, DUE), count(later, DUE)) == few
    run(DUE)
    past = count(DUE, later)
    Notice.objects.filter(pk=Notice.objects.first().pk).delete()  # type: ignore[union-attr]  # one
    assert count(DUE, later) == past


def test_page_workbook_and_api_say_the_same(both_sides: Scene, client: Client) -> None:
    TaskFactory(plan=both_sides.plan)
    with time_machine.travel(at(DUE), tick=False):
        rows: list[Row] = preview(DUE, today=DUE, to=both_sides.coordinator)[0:50]
        client.force_login(both_sides.coordinator)
        page = client.get("/reminders/", {"rule": "report_due"})
        for row in rows:
            assert row.sentence in page.text
            assert row.because in page.text
        door = APIClient()
        door.force_authenticate(both_sides.coordinator)
        answer = door.get("/api/v1/reminders/", {"day": DUE.isoformat(), "page_size": "50"}).json()
        assert [(one["sentence"], one["because"]) for one in answer["results"]] == [
            (row.sentence, row.because) for row in rows
        ]
        assert answer["rules"] == [
            {"rule": "report_due", "name": "进展将到期", "made": 0, "planned": len(rows)}
        ]
        book = client.get("/reminders/excel/")
    (sheet, *_more) = load_workbook(BytesIO(book.content)).worksheets
    assert [line[3] for line in sheet.iter_rows(min_row=4, values_only=True)] == [
        row.sentence for row in rows
    ]
    after = AuditEntry.objects.get(verb="reminder.export").after
    assert after == {"day": DUE.isoformat(), "rows": len(rows)}


@pytest.mark.parametrize(
    "query", ["day=2026-13-01", "rule=none", "unit=没有", "day=1026-01-01", "x=1"]
)
def test_what_cannot_be_asked_is_a_sentence(scene: Scene, client: Client, query: str) -> None:
    client.force_login(scene.coordinator)
    page = client.get(f"/reminders/?{query}")
    assert page.status_code == 200
    assert "error-summary" in page.text
    assert client.get(f"/reminders/excel/?{query}").status_code == 302
    door = APIClient()
    door.force_authenticate(scene.coordinator)
    assert door.get(f"/api/v1/reminders/?{query}").status_code == 400


def test_the_system_administrator_gets_counts_without_names(scene: Scene, client: Client) -> None:
    keeper = site_person(Role.SYSTEM_ADMIN)
    with time_machine.travel(at(DUE), tick=False):
        client.force_login(keeper)
        page = client.get("/desk/reminders/")
        assert "进展将到期" in page.text
        assert "填报员" not in page.text
        assert "油气" not in page.text
        door = APIClient()
        door.force_authenticate(keeper)
        answer = door.get("/api/v1/reminders/counts/").json()
        assert (answer["people"], answer["rules"][0]["planned"]) == (1, 1)
        assert client.get("/reminders/").status_code == 404
        client.force_login(UserFactory())
        assert client.get("/desk/reminders/").status_code == 404
