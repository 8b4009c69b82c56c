"""API of people, requests about them, and the log of administration."""

import pytest

from tests import factories as make
from tests.api.conftest import Cast, Door
from units.models import PersonRequest, User
from units.services import audit
from units.states import Role

pytestmark = pytest.mark.django_db
BODY = {"username": "zhangsan", "name": "张三", "role": "officer", "body": "重庆市能源局"}


def test_people_are_those_of_the_own_side(cast: Cast, door: Door) -> None:
    def names(user: User) -> set[str]:
        return {one["username"] for one in door(user).get("/api/v1/people/").json()["results"]}

    office = names(cast.coordinator)
    assert cast.lead.username in office
    assert not office & {cast.lead_sichuan.username, cast.stranger.username}
    assert names(cast.lead) == {cast.lead.username}
    assert names(cast.auditor) == {cast.auditor.username}
    keeper = make.site_person(Role.SECURITY_ADMIN)
    assert len(names(keeper)) == User.objects.count()
    row = door(cast.coordinator).get(f"/api/v1/people/{cast.lead.pk}/").json()
    assert [post["unit"] for post in row["posts"]] == ["重庆市能源局"]
    assert not {"password", "is_superuser", "last_login"} & row.keys()


def test_a_request_goes_from_asking_to_an_account(cast: Cast, door: Door) -> None:
    office, keeper = door(cast.coordinator), door(make.site_person(Role.SECURITY_ADMIN))
    made = office.post("/api/v1/person-requests/", BODY, format="json")
    assert made.status_code == 201, made.content
    address = f"/api/v1/person-requests/{made.json()['id']}/"
    assert office.post(f"{address}confirm/").status_code == 403
    done = keeper.post(f"{address}confirm/")
    assert done.status_code == 200
    assert done.json()["state"] == "confirmed"
    assert done.json()["link"].startswith("http")
    assert "link" not in keeper.get(address).json()
    assert keeper.post(f"{address}confirm/").status_code == 409
    assert office.post(f"{address}withdraw/").status_code == 409
    assert User.objects.filter(username="zhangsan").exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": "四川省能源局"}, None),
        ({"body": "没有的单位"}, "body"),
        ({"role": "chief"}, "role"),
        ({"username": ""}, "username"),
        ({"email": "no"}, "email"),
        ({"state": "confirmed"}, "state"),
        ({"requested_by": 1}, "requested_by"),
    ],
)
def test_what_is_wrong_is_said_by_field(
    cast: Cast, door: Door, change: dict[str, object], field: str | None
) -> None:
    answer = door(cast.coordinator).post(
        "/api/v1/person-requests/", {**BODY, **change}, format="json"
    )
    assert answer.status_code == (400 if field else 403), answer.content
    if field:
        assert field in answer.json()
    assert not PersonRequest.objects.exists()


def test_refusing_and_withdrawing(cast: Cast, door: Door) -> None:
    office, keeper = door(cast.coordinator), door(make.site_person(Role.SECURITY_ADMIN))
    first = office.post("/api/v1/person-requests/", BODY, format="json").json()["id"]
    second = office.post(
        "/api/v1/person-requests/", {**BODY, "username": "lisi"}, format="json"
    ).json()["id"]
    refuse = f"/api/v1/person-requests/{first}/refuse/"
    assert keeper.post(refuse, {}, format="json").status_code == 400
    assert office.post(refuse, {"reason": "x"}, format="json").status_code == 403
    done = keeper.post(refuse, {"reason": "请补充"}, format="json").json()
    assert (done["state"], done["reason"]) == ("refused", "请补充")
    withdraw = f"/api/v1/person-requests/{second}/withdraw/"
    assert keeper.post(withdraw).status_code == 403
    assert door(cast.lead).post(withdraw).status_code == 404
    assert office.post(withdraw).json()["state"] == "withdrawn"


def test_nobody_but_offices_and_the_keeper_asks(cast: Cast, door: Door) -> None:
    for user in (cast.lead, cast.auditor, cast.stranger, make.site_person(Role.AUDIT_ADMIN)):
        answer = door(user).post("/api/v1/person-requests/", BODY, format="json")
        assert answer.status_code == 403


def test_the_log_is_for_the_audit_administrator_alone(cast: Cast, door: Door) -> None:
    audit.record("user.login", cast.lead, by=cast.lead)
    audit.record("report.submit", cast.submitted, by=cast.lead)
    for user in [*cast.everyone.values(), make.site_person(Role.SECURITY_ADMIN)]:
        assert door(user).get("/api/v1/audit/").status_code == 403
    reader = door(make.site_person(Role.AUDIT_ADMIN))
    answer = reader.get("/api/v1/audit/?verb=user.login")
    assert [row["verb"] for row in answer.json()["results"]] == ["user.login"]
    every = {row["verb"] for row in reader.get("/api/v1/audit/").json()["results"]}
    assert "report.submit" not in every
    assert reader.get("/api/v1/audit/?verb=report.submit").status_code == 400
    assert reader.get("/api/v1/audit/?since=2999-01-01").json()["results"] == []
    assert reader.post("/api/v1/audit/", {}, format="json").status_code == 405
