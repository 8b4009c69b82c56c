"""The lists of the API are narrowed as the pages are: the same filters choose the same rows."""

from typing import Any

import pytest
from django.test import Client

from tests import factories as make
from tests.api.conftest import Cast, Door
from units.models import PersonRequest, User
from units.states import Role

pytestmark = pytest.mark.django_db


def listed(door: Door, user: User, path: str, query: str) -> list[dict[str, Any]]:
    answer = door(user).get(f"/api/v1/{path}/?page_size=200&{query}")
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def shown(user: User, path: str, query: str) -> Any:
    browser = Client()
    browser.force_login(user)
    answer = browser.get(f"/{path}/?{query}")
    assert answer.status_code == 200
    return answer.context


@pytest.fixture
def units(cast: Cast) -> Cast:
    """Another plan of the same office with a lead that nobody works for."""
    other = make.PlanFactory(code="other")
    make.ResponsibilityFactory(
        task=make.TaskFactory(plan=other), unit=make.UnitFactory(name="重庆市水利局")
    )
    make.ResponsibilityFactory(
        task=make.TaskFactory(plan=cast.plan), unit=make.UnitFactory(name="重庆市文旅委")
    )
    return cast


@pytest.mark.parametrize(
    "query",
    ["plan=joint-2022", "plan=other", "accounts=with", "accounts=without",
     "accounts=without&plan=joint-2022"],
)  # fmt: skip
def test_units(units: Cast, door: Door, query: str) -> None:
    told = {row["name"] for row in listed(door, units.coordinator, "units", query)}
    on_page = {row.unit.name for row in shown(units.coordinator, "units", query)["rows"]}
    assert on_page
    # The page lists those that a plan names.
    assert told - {"重庆市教委"} == on_page


def test_accounts_are_told_of_units_whose_people_one_knows(units: Cast, door: Door) -> None:
    assert listed(door, units.stranger, "units", "accounts=without") == []
    own = [row["name"] for row in listed(door, units.stranger, "units", "accounts=with")]
    assert own == ["重庆市教委"]


@pytest.mark.parametrize(
    "query",
    ["search=能源", "search=经信委", "state=active", "state=off", "state=unused", "state=no_post",
     "role=officer", "search=重庆&role=officer&state=active"],
)  # fmt: skip
def test_people(cast: Cast, door: Door, query: str) -> None:
    keeper = make.site_person(Role.SECURITY_ADMIN)
    User.objects.filter(pk=cast.helping.pk).update(is_active=False)
    make.UserFactory(name="没有任职的人")
    told = {row["username"] for row in listed(door, keeper, "people", query)}
    page = shown(keeper, "people", query)["page"]
    assert told == {one.username for one in page.paginator.object_list}
    assert told or query in ("search=经信委", "state=unused")


def test_requests_of_one_sheet(cast: Cast, door: Door) -> None:
    keeper = make.site_person(Role.SECURITY_ADMIN)
    for number, batch in enumerate(("a", "b", "")):
        PersonRequest.objects.create(
            kind="add", username=f"new-{number}", name="新人", role="officer", batch=batch,
            unit=cast.chongqing.unit, requested_by=cast.coordinator, requested_at=make.NOW,
        )  # fmt: skip
    (row,) = listed(door, keeper, "person-requests", "batch=b")
    assert row["username"] == "new-1"
    assert [one["one"].username for one in shown(keeper, "people/requests", "batch=b")["rows"]] == [
        "new-1"
    ]


@pytest.fixture
def handed_out(cast: Cast) -> Cast:
    for name, values in {
        "重庆市水利局": {},
        "重庆市文旅委": {"late": True},
        "重庆市商务委": {"signed": True},
    }.items():
        side = make.ResponsibilityFactory(
            task=make.TaskFactory(plan=cast.plan), unit=make.UnitFactory(name=name)
        )
        make.AssignmentFactory(responsibility=side, **values)
    return cast


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("unsigned", {"重庆市水利局", "重庆市文旅委"}),
        ("late", {"重庆市文旅委"}),
        ("signed", {"重庆市商务委"}),
    ],
)
def test_what_is_handed_out(handed_out: Cast, door: Door, kind: str, found: set[str]) -> None:
    rows = listed(door, handed_out.coordinator, "assignments", f"kind={kind}")
    assert {row["responsibility"]["unit"] for row in rows} == found
    page = shown(handed_out.coordinator, "assignments", f"kind={kind}")["rows"]
    assert {row.duty.unit.name for row in page} == found


def test_what_was_changed_since_is_the_offices_alone(handed_out: Cast, door: Door) -> None:
    side = handed_out.plan.tasks.latest("pk").responsibilities.get()
    side.task.title = "改过的任务"
    side.task.save(update_fields=["title"])
    for user, number in ((handed_out.coordinator, 1), (handed_out.admin, 1)):
        rows = listed(door, user, "assignments", "kind=changed")
        page = shown(user, "assignments", "kind=changed")["rows"]
        assert len(rows) == len(page) == number
    assert listed(door, make.officer(side.unit), "assignments", "kind=changed") == []


def test_assignments_by_words(handed_out: Cast, door: Door) -> None:
    rows = listed(door, handed_out.coordinator, "assignments", "search=水利")
    assert [row["responsibility"]["unit"] for row in rows] == ["重庆市水利局"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("units", "accounts=x"),
        ("units", "plan=x"),
        ("people", "state=x"),
        ("assignments", "kind=new"),
    ],
)
def test_what_is_none_of_them_is_a_sentence(cast: Cast, door: Door, path: str, query: str) -> None:
    answer = door(cast.coordinator).get(f"/api/v1/{path}/?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()
