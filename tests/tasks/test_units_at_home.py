"""An office gets at nobody's people by naming their unit in a duty."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from tasks.models import Plan, Responsibility, Task
from tests import factories as make
from tests.api.conftest import Cast, Door, door
from tests.tasks.lake import load
from units.models import Membership, Office, PersonRequest, Unit, User

__all__ = ["door"]
pytestmark = pytest.mark.django_db
DUTIES, REQUESTS = "/api/v1/responsibilities/", "/api/v1/person-requests/"


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel(make.NOW, tick=True):
        yield


@pytest.fixture
def district() -> Office:
    office: Office = make.OfficeFactory(jurisdiction=make.JurisdictionFactory(jiangjin=True))
    return office


@pytest.fixture
def own_task(district: Office) -> Task:
    """A task of 江津's own plan, issued."""
    plan = make.PlanFactory()
    make.PlanSideFactory(plan=plan, jurisdiction=district.jurisdiction, office=district)
    task: Task = make.TaskFactory(plan=plan)
    return task


@pytest.fixture
def mole(district: Office) -> User:
    return make.coordinator(district)


def named(client: Any, task: Task, unit: Unit, **values: str) -> Any:
    body = {"task": task.pk, "unit": str(unit.pk), "role": "lead", "side": "500116", **values}
    return client.post(DUTIES, body, format="json")


def gets_at(user: User, one: User, client: Any) -> dict[str, int]:
    """What each door to the person answers."""
    browser = Client()
    browser.force_login(user)
    unit = one.memberships.get().unit
    assert unit is not None
    body = {"username": "mole", "name": "内应", "role": "officer", "body": unit.name}
    seen = {row.pk for row in browser.get("/people/").context["page"]}
    return {
        "list": int(one.pk in seen),
        "page": browser.get(f"/people/{one.pk}/").status_code,
        "ask": browser.post(f"/people/{one.pk}/ask/", {"kind": "end"}).status_code,
        "invite": client.post(REQUESTS, body, format="json").status_code,
    }


NOTHING = {"list": 0, "page": 404, "ask": 404, "invite": 403}
ALL = {"list": 1, "page": 200, "ask": 302, "invite": 201}


def test_units_of_another_place_are_not_named(
    cast: Cast, mole: User, own_task: Task, door: Door
) -> None:
    client = door(mole)
    neighbour = make.UnitFactory(
        jurisdiction=make.JurisdictionFactory(code="500118", name="永川区"), name="永川区发改委"
    )
    for unit in (cast.sichuan.unit, neighbour):
        for role in ("lead", "cooperating"):
            answer = named(client, own_task, unit, role=role)
            assert (answer.status_code, list(answer.data)) == (400, ["unit"]), unit
            assert "不能列入江津区一方" in str(answer.data)
    browser = Client()
    browser.force_login(mole)
    words = {
        "names": cast.sichuan.unit.name,
        "role": "lead",
        "side": str(own_task.plan.sides.get().jurisdiction_id),
    }
    page = browser.post(f"/tasks/{own_task.pk}/duties/", {**words, "take": "1"})
    assert page.status_code == 422
    assert not own_task.responsibilities.exists()
    assert gets_at(mole, cast.lead_sichuan, client) == NOTHING
    assert not PersonRequest.objects.exists()


def test_the_other_side_is_not_named_on_the_own(cast: Cast, door: Door) -> None:
    client = door(cast.coordinator)
    other = make.TaskFactory(plan=cast.plan)
    body = {"task": other.pk, "unit": "四川省能源局", "role": "lead", "side": "500000"}
    assert client.post(DUTIES, body, format="json").status_code == 400
    mine = make.ResponsibilityFactory(task=other)
    address = f"{DUTIES}{mine.pk}/"
    match: Any = {"HTTP_IF_MATCH": str(client.get(address).headers["ETag"])}
    moved = client.patch(address, {"unit": "四川省能源局"}, format="json", **match)
    assert (moved.status_code, list(moved.data)) == (400, ["unit"])
    assert gets_at(cast.coordinator, cast.lead_sichuan, client) == NOTHING


def test_a_body_above_is_named_and_its_people_stay_its_own(
    cast: Cast, mole: User, own_task: Task, door: Door
) -> None:
    client = door(mole)
    assert named(client, own_task, cast.chongqing.unit).status_code == 201
    assert gets_at(mole, cast.lead, client) == NOTHING
    central = make.UnitFactory(central=True)
    theirs = make.officer(central)
    assert named(client, own_task, central, role="cooperating").status_code == 201
    assert gets_at(mole, theirs, client) == NOTHING
    browser = Client()
    browser.force_login(mole)
    post = Membership.objects.get(user=theirs)
    assert browser.get(f"/hand-over/{post.pk}/").status_code == 404


def test_own_units_and_those_below_are_the_offices(
    cast: Cast, mole: User, own_task: Task, door: Door
) -> None:
    unit = make.UnitFactory(jiangjin=True)
    one = make.officer(unit)
    client = door(mole)
    assert gets_at(mole, one, client) == NOTHING
    assert named(client, own_task, unit).status_code == 201
    assert gets_at(mole, one, client) == ALL
    above = door(cast.coordinator)
    assert gets_at(cast.coordinator, one, above)["page"] == 404
    below = named(above, cast.task, unit, role="cooperating", side="500000")
    assert below.status_code == 201
    assert gets_at(cast.coordinator, one, above)["page"] == 200


def test_a_draft_gives_no_right_over_people(mole: User, own_task: Task, door: Door) -> None:
    unit = make.UnitFactory(jiangjin=True)
    one = make.officer(unit)
    Plan.objects.filter(pk=own_task.plan_id).update(status="draft", tracked_from="")
    client = door(mole)
    assert named(client, own_task, unit).status_code == 201
    assert gets_at(mole, one, client) == NOTHING
    Plan.objects.filter(pk=own_task.plan_id).update(status="issued")
    assert gets_at(mole, one, client) == ALL


def test_whom_a_document_names_the_office_looks_after(door: Door) -> None:
    """市邮政管理局六分局 is a Chongqing body that serves 江津区's plan."""
    load()
    user = make.coordinator(Office.objects.get(name="江津区双碳办"))
    row = Responsibility.objects.get(
        unit__name="重庆市邮政管理局六分局", task__plan__code="jiangjin-2022"
    )
    one = make.officer(row.unit)
    client = door(user)
    assert gets_at(user, one, client) == ALL
    # Another unit in the document's row does not come in by it.
    other = Unit.objects.get(name="重庆市能源局")
    theirs = make.officer(other)
    address = f"{DUTIES}{row.pk}/"
    match: Any = {"HTTP_IF_MATCH": str(client.get(address).headers["ETag"])}
    changed = client.patch(address, {"unit": str(other.pk)}, format="json", **match)
    assert changed.status_code == 200
    assert gets_at(user, theirs, client) == NOTHING
    assert gets_at(user, one, client)["page"] == 404
