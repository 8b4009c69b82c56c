"""All forms of an office in a zip: made in the background, taken by whoever asked."""

import io
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from reports.books.making import make
from reports.models import ReportFile, ReportRun
from reports.returns.content import load
from reports.services import sweeping
from tasks.services import progress
from tasks.services.entry import Entry
from tests.factories import (
    NOW,
    TODAY,
    MembershipFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
)
from tests.reports.returns.conftest import QUARTER, World
from tests.reports.uploads.conftest import browser
from units.models import AuditEntry, User
from units.states import Role

pytestmark = pytest.mark.django_db
ADDRESS = f"/reports/forms/{QUARTER}/"


def asked(client: Client) -> ReportRun:
    """Ask for them, and have them made as a worker does."""
    answer = client.post(ADDRESS)
    assert answer.status_code == 302, answer.content
    run = ReportRun.objects.latest("pk")
    assert answer.headers["Location"] == f"/reports/{run.pk}/"
    make(run.pk, today=TODAY)
    run.refresh_from_db()
    return run


def names_in(client: Client, file: ReportFile) -> set[str]:
    answer: Any = client.get(f"/reports/files/{file.pk}/")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        assert archive.testzip() is None
        return set(archive.namelist())


def test_the_office_has_all_forms_of_its_side_made(
    world: World, office: User, rings: list[tuple[Any, ...]]
) -> None:
    client = browser(office)
    assert f'action="{ADDRESS}"' in client.get("/reports/forms/").content.decode()
    run = asked(client)
    assert rings == [("reports.jobs.make_report_run", run.pk)]
    assert (run.state, run.error, run.done, run.total) == ("done", "", 1, 1)
    file = run.files.get()
    assert file.name.endswith("2026年第3季度回填表.zip")
    assert names_in(client, file) == {
        "重庆市生态环境局2026年第3季度回填表.xlsx",
        "重庆市能源局2026年第3季度回填表.xlsx",
    }
    assert AuditEntry.objects.filter(verb="report_file.download").count() == 1
    shown = client.get("/reports/forms/").content.decode()
    assert f'href="/reports/{run.pk}/"' in shown
    assert "已完成" in shown


def test_asked_for_twice_it_is_made_once(world: World, office: User) -> None:
    client = browser(office)
    addresses = {client.post(ADDRESS).headers["Location"] for _time in range(2)}
    assert len(addresses) == 1


def test_the_other_sides_office_gets_its_own_units_or_none(world: World, office: User) -> None:
    other = browser(coordinator(world.plan.sides.order_by("order")[1].office))
    assert other.post(ADDRESS).status_code == 404
    side = world.plan.sides.order_by("order")[1].jurisdiction
    unit = UnitFactory(name="四川省能源局", jurisdiction=side)
    ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=unit, side=side)
    assert names_in(other, asked(other).files.get()) == {"四川省能源局2026年第3季度回填表.xlsx"}


def test_who_does_not_coordinate_has_none_made(world: World) -> None:
    assert browser(world.by).post(ADDRESS).status_code == 404
    assert browser(world.by).post("/reports/forms/1999Q1/").status_code == 404
    assert browser(world.by).post("/reports/forms/x/").status_code == 404
    assert not ReportRun.objects.exists()


def test_nobody_else_takes_it_nor_the_person_once_the_post_is_over(
    world: World, office: User
) -> None:
    client = browser(office)
    run = asked(client)
    address = f"/reports/files/{run.files.get().pk}/"
    membership = office.memberships.get()
    assert membership.office is not None
    colleague = browser(coordinator(membership.office))
    leader = MembershipFactory(office=membership.office, unit=None, role=Role.LEADER).user
    for person in (colleague, browser(leader), browser(world.by)):
        assert person.get(address).status_code == 404
        assert person.get(f"/reports/{run.pk}/").status_code == 404
    membership.until = TODAY.replace(year=2020)
    membership.since = membership.until
    membership.save()
    assert browser(office).get(address).status_code == 404


def test_it_holds_what_whoever_asked_may_read(world: World, office: User) -> None:
    entry = Entry(percent=40, progress="单位的草稿。")
    progress.save_draft(world.leads[0], world.period, entry, by=world.by, now=NOW)
    client = browser(office)
    run = asked(client)
    answer: Any = client.get(f"/reports/files/{run.files.get().pk}/")
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        for name in archive.namelist():
            with zipfile.ZipFile(io.BytesIO(archive.read(name))) as book:
                assert not any("单位的草稿" in book.read(n).decode() for n in book.namelist())


def test_a_worker_that_finds_nothing_any_more_says_so(world: World, office: User) -> None:
    browser(office).post(ADDRESS)
    run = ReportRun.objects.get()
    world.plan.tasks.all().delete()
    make(run.pk, today=TODAY)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "没有可填报的任务" in run.error
    assert not ReportFile.objects.exists()


def test_files_kept_long_enough_are_made_again(world: World, office: User) -> None:
    client = browser(office)
    run = asked(client)
    sweeping.remove_old_files(today=TODAY.replace(year=TODAY.year + 3))
    assert "重新生成" in client.get(f"/reports/{run.pk}/").content.decode()
    again = client.post(f"/reports/{run.pk}/again/")
    assert again.headers["Location"] != f"/reports/{run.pk}/"
    assert ReportRun.objects.latest("pk").book == "forms"


def test_the_same_by_the_api(world: World, office: User) -> None:
    client = APIClient()
    client.force_authenticate(office)
    answer = client.post(f"/api/v1/forms/{QUARTER}/")
    assert answer.status_code == 202, answer.content
    (row,) = answer.json()
    make(row["id"], today=TODAY)
    told = client.get(f"/api/v1/report-runs/{row['id']}/").json()
    assert (told["book"], told["state"], len(told["files"])) == ("forms", "done", 1)
    client.force_authenticate(world.by)
    assert client.post(f"/api/v1/forms/{QUARTER}/").status_code == 404
    assert client.get(f"/api/v1/report-runs/{row['id']}/").status_code == 404


def test_many_units_are_read_in_as_many_queries_as_one(world: World) -> None:
    office = world.plan.sides.order_by("order")[0].office

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            load(QUARTER, for_user=coordinator(office), today=TODAY)
        return len(found)

    before = queries()
    for number in range(5):
        unit = UnitFactory(name=f"单位{number}", jurisdiction=world.unit.jurisdiction)
        task = TaskFactory(plan=world.plan)
        ResponsibilityFactory(task=task, unit=unit, side=world.part.side)
        ResponsibilityFactory(task=task, unit=world.unit, side=world.part.side, cooperating=True)
    assert queries() == before
