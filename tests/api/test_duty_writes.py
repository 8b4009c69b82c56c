"""Setting duties, handing them out and signing for them through the API."""

from typing import Any

from tasks.models import Assignment, Responsibility
from tests import factories as make
from tests.api.conftest import Cast, Door
from units.models import AuditEntry

URL = "/api/v1/"


def etag_of(client: Any, address: str) -> str:
    return str(client.get(address).headers["ETag"])


def change(client: Any, address: str, **values: Any) -> Any:
    return client.patch(
        address, values, format="json", headers={"If-Match": etag_of(client, address)}
    )


def remove(client: Any, address: str) -> Any:
    return client.delete(address, headers={"If-Match": etag_of(client, address)})


# --- duties -------------------------------------------------------------------------------------


def test_duties_are_the_own_sides(cast: Cast, door: Door) -> None:
    client = door(cast.coordinator)
    body = {"task": cast.task.pk, "unit": "市教委", "role": "cooperating", "side": "500000"}
    made = client.post(f"{URL}responsibilities/", body, format="json")
    assert (made.status_code, made.data["unit"], made.data["written"]) == (
        201,
        "重庆市教委",
        "重庆市教委",
    )
    address = f"{URL}responsibilities/{made.data['id']}/"
    assert change(client, address, note="参与", unit=str(cast.helper.pk)).status_code == 400
    assert change(client, address, note="参与").data["note"] == "参与"
    assert client.post(f"{address}move/", {"place": 1}, format="json").data["order"] == 1
    theirs = f"{URL}responsibilities/{cast.sichuan.pk}/"
    other = make.UnitFactory()
    assert client.patch(theirs, {}, format="json").status_code == 403
    for values, field in (
        ({"side": "510000"}, "side"), ({"side": None}, "side"), ({"unit": "没有的局"}, "unit"),
        ({"role": "lead"}, "role"), ({"due_on": "2027-01-01"}, "due_on"), ({"role": "x"}, "role"),
    ):  # fmt: skip
        again = client.post(
            f"{URL}responsibilities/", {**body, "unit": other.name, **values}, format="json"
        )
        assert (again.status_code, list(again.data)) == (400, [field]), values
    assert remove(client, address).status_code == 204
    assert remove(client, f"{URL}responsibilities/{cast.chongqing.pk}/").status_code == 400


def test_a_sides_date_is_corrected_with_a_reason(cast: Cast, door: Door) -> None:
    client = door(cast.coordinator)
    address = f"{URL}responsibilities/{cast.chongqing.pk}/"
    refused = change(client, address, due_on="2027-06-30")
    assert (refused.status_code, list(refused.data)) == (400, ["reason"])
    assert change(client, address, due_on="2027-06-30", reason="勘误").status_code == 200
    assert AuditEntry.objects.get(verb="duty.edit").reason == "勘误"
    cast.sichuan.refresh_from_db()
    assert cast.sichuan.due_on is None


def test_lists_are_filtered(cast: Cast, door: Door) -> None:
    client = door(cast.stranger)
    for query, number in (
        ("?plan=joint-2022", 3), ("?side=510000", 1), ("?role=lead", 2), ("?unit=市经济信息委", 1),
        (f"?task={cast.task.pk}", 3),
    ):  # fmt: skip
        assert client.get(f"{URL}responsibilities/{query}").data["count"] == number, query
    assert client.get(f"{URL}actions/?plan=joint-2022").data["count"] == 1
    assert client.get(f"{URL}assignments/?nothing=1").status_code == 400


# --- 交办 and 签收 ------------------------------------------------------------------------------


def test_handing_out_and_signing(cast: Cast, door: Door) -> None:
    office, unit = door(cast.coordinator), door(cast.lead)
    address = f"{URL}assignments/"
    both = {"responsibilities": [cast.chongqing.pk, cast.sichuan.pk]}
    assert office.post(address, both, format="json").status_code == 403
    made = office.post(address, {"responsibilities": [cast.chongqing.pk]}, format="json")
    assert made.status_code == 201
    (row,) = made.data["assignments"]
    assert (row["sign_by"], row["signed_at"], row["is_late"]) == ("2026-11-25", None, False)
    one = f"{address}{row['id']}/"
    seen = {
        who: door(cast.everyone[who]).get(one).status_code
        for who in ("lead", "coordinator", "auditor", "lead_sichuan", "coordinator_sichuan")
    }
    assert seen == {
        "lead": 200, "coordinator": 200, "auditor": 200,
        "lead_sichuan": 404, "coordinator_sichuan": 404,
    }  # fmt: skip
    assert unit.get(f"{address}?unsigned=true").data["count"] == 1
    assert office.post(f"{one}sign/").status_code == 403
    assert unit.delete(one).status_code == 403
    assert unit.post(f"{one}sign/").data["signed_by"] == str(cast.lead)
    assert unit.post(f"{one}sign/").status_code == 403
    assert office.delete(one).status_code == 400
    again = office.post(address, {"responsibilities": [cast.chongqing.pk]}, format="json")
    assert again.data["assignments"][0]["signed_at"] is None
    assert office.delete(one).status_code == 204


def test_signing_for_all_that_waits(cast: Cast, door: Door) -> None:
    other = make.ResponsibilityFactory(
        task=make.TaskFactory(plan=cast.plan), unit=cast.chongqing.unit
    )
    mine = [make.AssignmentFactory(responsibility=duty) for duty in (cast.chongqing, other)]
    foreign = make.AssignmentFactory(responsibility=cast.sichuan)
    client = door(cast.lead)
    both = {"assignments": [mine[0].pk, foreign.pk]}
    assert client.post(f"{URL}assignments/sign/", both, format="json").status_code == 403
    done = client.post(f"{URL}assignments/sign/", {}, format="json")
    assert len(done.data["assignments"]) == 2
    assert door(cast.admin).post(f"{URL}assignments/sign/", {}, format="json").data == {
        "assignments": []
    }
    assert list(Assignment.objects.unsigned()) == [foreign]


def test_queries_of_lists_do_not_grow(
    cast: Cast, door: Door, django_assert_max_num_queries: Any
) -> None:
    client = door(cast.coordinator)

    def more(number: int) -> None:
        for _ in range(number):
            duty = make.ResponsibilityFactory(task=make.TaskFactory(plan=cast.plan))
            make.AssignmentFactory(responsibility=duty)

    def counts() -> list[int]:
        found = []
        for name in ("actions", "responsibilities", "assignments"):
            with django_assert_max_num_queries(15) as context:
                assert client.get(f"{URL}{name}/").status_code == 200
            found.append(len(context))
        return found

    more(1)
    counts()
    before = counts()
    more(5)
    assert counts() == before
    assert Responsibility.objects.count() == 9
