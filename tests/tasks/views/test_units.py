"""Units: what they lead with lights, how they do, whose people one may know."""

from typing import Any

import pytest
from django.test import Client

from tasks.states import LightWord, ReportState
from tests import factories as make
from tests.answers import Answer
from tests.tasks.views.conftest import World
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rows(page: Answer) -> dict[str, Any]:
    return {unit.name: figures for unit, figures, _sides in page.context["rows"]}


def test_units_with_duties_are_listed_by_place_with_their_lights(world: World) -> None:
    make.UnitFactory(name="重庆市无任务局")
    late = make.TaskFactory(plan=world.plan, overdue=True)
    make.ResponsibilityFactory(task=late, unit=world.side.unit)
    found = rows(enter(world.office).get("/units/"))
    assert "重庆市无任务局" not in found
    figures = found["重庆市能源局"]
    assert figures.lights[0] == (LightWord.OVERDUE, 1)
    assert (figures.leads, figures.cooperates) == (2, 0)


def test_who_has_an_account_is_told_to_the_own_side_alone(world: World) -> None:
    unit, other = world.side.unit.name, world.other_side.unit.name
    office = rows(enter(world.office).get("/units/"))
    assert office[unit].people == 1
    assert office[other].people is None
    stranger = rows(enter(world.stranger).get("/units/"))
    assert stranger[unit].people is None
    without = enter(world.office).get("/units/?accounts=without")
    assert other not in rows(without)
    world.lead.memberships.all().delete()
    assert unit in rows(enter(world.office).get("/units/?accounts=without"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=能源", {"重庆市能源局", "四川省能源局"}),
        ("search=能源 重庆", {"重庆市能源局"}),
        ("jurisdiction=510000", {"四川省能源局"}),
        ("search=没有", set()),
        ("kind=enterprise", set()),
    ],
)
def test_the_list_is_narrowed(world: World, query: str, found: set[str]) -> None:
    page = enter(world.office).get(f"/units/?{query}")
    assert {name for name in rows(page) if "能源" in name} == found


def test_a_unit_shows_its_people_to_its_side_alone(world: World) -> None:
    address = f"/units/{world.side.unit_id}/"
    assert str(world.lead) in enter(world.office).get(address).text
    for stranger in (world.other_office, world.other_lead, world.stranger):
        page = enter(stranger).get(address)
        assert page.status_code == 200
        assert page.context["knows_people"] is False
        assert f"/people/{world.lead.pk}/" not in page.text


def test_the_chart_tells_what_the_reader_may_know(world: World) -> None:
    report = make.ProgressReportFactory(
        responsibility=world.side, period=world.period, submitted=True
    )
    address = f"/units/{world.side.unit_id}/"
    close = enter(world.office).get(address).context["over_time"]
    assert close.close
    on_time = report.submitted_at.date() <= world.period.due_on
    assert [s.values for s in close.chart.series] == (
        [(1,), (0,), (0,), (0,)] if on_time else [(0,), (1,), (0,), (0,)]
    )
    party = enter(world.other_lead).get(address).context["over_time"]
    assert (party.close, party.chart) == (False, None)
    report.state = ReportState.APPROVED
    report.save(update_fields=["state"])
    party = enter(world.other_lead).get(address).context["over_time"]
    assert [s.values for s in party.chart.series] == [(1,)]
    assert enter(world.stranger).get(address).context["over_time"].chart is None


def test_names_over_time_members_and_successor(world: World) -> None:
    unit = world.side.unit
    make.UnitNameFactory(unit=unit, name="重庆市能源委", kind="former", valid_until="2020-01-01")
    new = make.UnitFactory(name="重庆市新能源局")
    unit.successor, unit.succeeded_on = new, make.TODAY
    unit.save(update_fields=["successor", "succeeded_on"])
    collective = make.UnitFactory(name="各园区", kind="collective")
    collective.members.add(unit)
    page = enter(world.stranger).get(f"/units/{unit.pk}/").text
    assert "重庆市能源委" in page
    assert "2020-01-01" in page
    assert "起由重庆市新能源局承接" in page
    assert "各园区" in page
    assert "重庆市能源局" in enter(world.stranger).get(f"/units/{collective.pk}/").text
    assert "起由本单位承接" in enter(world.stranger).get(f"/units/{new.pk}/").text


def test_queries_do_not_grow_with_rows(world: World, django_assert_max_num_queries) -> None:
    browser = enter(world.office)

    def queries(address: str) -> int:
        browser.get(address)
        with django_assert_max_num_queries(60) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    addresses = ("/units/", f"/units/{world.side.unit_id}/", "/contacts/")
    few = [queries(one) for one in addresses]
    for _ in range(6):
        task = make.TaskFactory(plan=world.plan)
        make.ResponsibilityFactory(task=task, unit=world.side.unit)
        make.ResponsibilityFactory(task=task, unit=make.UnitFactory(), cooperating=True)
    assert [queries(one) for one in addresses] == few
