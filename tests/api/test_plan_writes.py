"""Entering plans and handing duties out through the API: the pages' services, and no field more."""

from typing import Any

import pytest

from tasks.models import Action, Plan, Task
from tests import factories as make
from tests.api.conftest import Cast, Door
from units.models import AuditEntry

URL = "/api/v1/"
OUTSIDERS = ["lead", "lead_sichuan", "helping", "stranger", "auditor"]


def etag_of(client: Any, address: str) -> str:
    return str(client.get(address).headers["ETag"])


def change(client: Any, address: str, **values: Any) -> Any:
    return client.patch(
        address, values, format="json", headers={"If-Match": etag_of(client, address)}
    )


def remove(client: Any, address: str) -> Any:
    return client.delete(address, headers={"If-Match": etag_of(client, address)})


# --- plans --------------------------------------------------------------------------------------


def new_plan(cast: Cast, **values: Any) -> dict[str, Any]:
    office = cast.plan.sides.get(jurisdiction__code="500000").office
    return {"code": "next", "title": "下一期", "office": office.name, **values}


def test_a_plan_from_its_beginning_to_its_issue(cast: Cast, door: Door) -> None:
    client = door(cast.coordinator)
    made = client.post(f"{URL}plans/", new_plan(cast, number="渝府发[2027]01号"), format="json")
    assert (made.status_code, made.data["status"]) == (201, "draft")
    assert made.data["number"] == "渝府发〔2027〕1号"
    plan = f"{URL}plans/next/"
    action = client.post(f"{URL}actions/", {"plan": "next", "title": "行动"}, format="json")
    task = client.post(
        f"{URL}tasks/", {"plan": "next", "action": 1, "title": "任务"}, format="json"
    )
    assert (action.status_code, task.status_code) == (201, 201)
    assert (action.data["number"], task.data["number"]) == (1, 1)
    refused = client.post(f"{plan}publish/")
    assert refused.status_code == 400
    assert "任务1. 任务没有牵头单位。" in str(refused.data)
    body = {"task": task.data["id"], "names": "重庆市能源局牵头，市经济信息委", "side": "500000"}
    read = client.post(f"{URL}responsibilities/names/", body, format="json")
    assert [line["unit"] for line in read.data["lines"]] == ["重庆市能源局", "重庆市经济信息委"]
    assert read.data["taken"] == []
    taken = client.post(f"{URL}responsibilities/names/", {**body, "take": True}, format="json")
    assert len(taken.data["taken"]) == 2
    done = change(
        client, plan, issuers=["重庆市人民政府"], signed_on="2027-01-01",
        starts_on="2027-01-01", ends_on="2030-12-31", jurisdiction="500000",
    )  # fmt: skip
    assert done.status_code == 200
    assert done.headers["ETag"] == etag_of(client, plan)
    assert client.post(f"{plan}publish/").data["status"] == "issued"
    assert remove(client, plan).status_code == 400


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_but_offices_writes_anything(cast: Cast, door: Door, who: str) -> None:
    client = door(cast.everyone[who])
    duty, assignment = cast.chongqing, make.AssignmentFactory(responsibility=cast.chongqing)
    stamp = {"If-Match": '"x"'}
    answers = [
        client.post(f"{URL}plans/", new_plan(cast), format="json"),
        client.post(f"{URL}actions/", {"plan": "joint-2022", "title": "甲"}, format="json"),
        client.post(
            f"{URL}tasks/", {"plan": "joint-2022", "action": 1, "title": "甲"}, format="json"
        ),
        client.post(
            f"{URL}responsibilities/",
            {"task": cast.task.pk, "unit": "重庆市教委", "role": "cooperating", "side": "500000"},
            format="json",
        ),
        client.post(
            f"{URL}responsibilities/names/",
            {"task": cast.task.pk, "names": "重庆市教委", "take": True},
            format="json",
        ),
        client.post(f"{URL}assignments/", {"responsibilities": [duty.pk]}, format="json"),
        client.post(f"{URL}plans/joint-2022/publish/"),
        client.post(f"{URL}plans/joint-2022/copy/", new_plan(cast), format="json"),
        client.post(f"{URL}tasks/{cast.task.pk}/move/", {"place": 1}, format="json"),
    ]
    for address in (
        "plans/joint-2022/",
        f"actions/{cast.task.action_id}/",
        f"tasks/{cast.task.pk}/",
        f"responsibilities/{duty.pk}/",
    ):
        assert "ETag" not in client.get(URL + address).headers
        answers.append(client.patch(URL + address, {}, format="json", headers=stamp))
        answers.append(client.delete(URL + address, headers=stamp))
    assert {answer.status_code for answer in answers} == {403}
    removed = client.delete(f"{URL}assignments/{assignment.pk}/")
    assert removed.status_code == (403 if who in {"lead", "auditor"} else 404)  # who may read it
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert verbs == {"token.issue", "access.denied"}


def test_a_field_that_is_not_listed_is_refused_by_name(cast: Cast, door: Door) -> None:
    client = door(cast.coordinator)
    for address, field in (
        ("plans/joint-2022/", "status"),
        ("plans/joint-2022/", "code"),
        ("plans/joint-2022/", "loaded"),
        (f"actions/{cast.task.action_id}/", "plan"),
        (f"tasks/{cast.task.pk}/", "plan"),
        (f"tasks/{cast.task.pk}/", "state"),
        (f"responsibilities/{cast.chongqing.pk}/", "state"),
        (f"responsibilities/{cast.chongqing.pk}/", "phone"),
        (f"responsibilities/{cast.chongqing.pk}/", "task"),
        (f"responsibilities/{cast.chongqing.pk}/", "order"),
    ):
        answer = change(client, URL + address, **{field: 1})
        assert (answer.status_code, list(answer.data)) == (400, [field]), address
    made = client.post(f"{URL}plans/", new_plan(cast, status="issued"), format="json")
    assert (made.status_code, list(made.data)) == (400, ["status"])
    given = {"responsibilities": [cast.chongqing.pk], "signed_at": "2026-01-01"}
    assert client.post(f"{URL}assignments/", given, format="json").status_code == 400


def test_a_change_names_the_state_that_it_changes(cast: Cast, door: Door) -> None:
    client, other = door(cast.coordinator), door(cast.coordinator_sichuan)
    plan = f"{URL}plans/joint-2022/"
    read = etag_of(client, plan)
    assert client.patch(plan, {"title": "甲"}, format="json").status_code == 428
    assert change(other, plan, title="对方的").status_code == 200
    stale = client.patch(plan, {"title": "我的"}, format="json", headers={"If-Match": read})
    assert stale.status_code == 412
    assert "对方已改" in str(stale.data)
    assert client.delete(plan, headers={"If-Match": read}).status_code == 412
    assert Plan.objects.get(code="joint-2022").title == "对方的"


def test_values_are_refused_by_field(cast: Cast, door: Door) -> None:
    client = door(cast.coordinator)
    plan = f"{URL}plans/joint-2022/"
    for field, value in (
        ("title", ""), ("title", None), ("jurisdiction", "999999"), ("jurisdiction", []),
        ("region", {}), ("implements", "joint-2022"), ("ends_on", "2020-13-01"),
        ("issuers", "甲"), ("tracked_from", "2026Q9"), ("number", "渝[2"),
    ):  # fmt: skip
        answer = change(client, plan, **{field: value})
        assert (answer.status_code, list(answer.data)) == (400, [field]), (field, value)
    task = f"{URL}tasks/{cast.task.pk}/"
    wrong: list[tuple[str, Any]] = [
        ("action", 99), ("number", 0), ("implements", [cast.task.pk]), ("implements", ["x"]),
        ("due_on", "明天"),
    ]  # fmt: skip
    for field, value in wrong:
        answer = change(client, task, **{field: value})
        assert (answer.status_code, list(answer.data)) == (400, [field]), (field, value)
    for code in ("new", "joint-2022", "大写", "a b", "a\nb"):
        answer = client.post(f"{URL}plans/", new_plan(cast, code=code), format="json")
        assert (answer.status_code, list(answer.data)) == (400, ["code"]), code


def test_only_an_own_office_begins_a_plan(cast: Cast, door: Door) -> None:
    office = cast.plan.sides.get(jurisdiction__code="510000").office.name
    client = door(cast.coordinator)
    for address in ("plans/", "plans/joint-2022/copy/"):
        body = {"code": "next", "title": "甲", "office": office}
        assert client.post(URL + address, body, format="json").status_code == 403
    done = client.post(f"{URL}plans/joint-2022/copy/", new_plan(cast), format="json")
    assert (done.status_code, done.data["tasks"]) == (201, 1)
    assert remove(client, f"{URL}plans/next/").status_code == 204


def test_sides(cast: Cast, door: Door) -> None:
    client = door(cast.coordinator)
    district = make.OfficeFactory(jurisdiction=make.JurisdictionFactory(jiangjin=True))
    plan = f"{URL}plans/joint-2022/"
    added = client.post(f"{plan}sides/", {"office": district.name}, format="json")
    assert [side["side"] for side in added.data["sides"]] == ["500000", "510000", "500116"]
    for side, status in (("500116", 400), ("000000", 400), ("500000", 400)):
        answer = client.post(f"{plan}remove-side/", {"side": side}, format="json")
        assert answer.status_code == status
    own = door(make.coordinator(district))
    assert own.post(f"{plan}remove-side/", {"side": "500116"}, format="json").status_code == 200


def test_actions_and_tasks_are_changed_moved_removed(cast: Cast, door: Door) -> None:
    client = door(cast.coordinator_sichuan)  # shared text: either side's office
    second = make.TaskFactory(plan=cast.plan, action=cast.task.action)
    one = f"{URL}tasks/{second.pk}/"
    assert change(client, one, title="改", due_on="2027-01-01").status_code == 400  # a reason
    done = change(client, one, title="改", due_on="2027-01-01", reason="勘误")
    assert (done.data["title"], done.data["due_on"]) == ("改", "2027-01-01")
    assert client.post(f"{one}move/", {"place": 1}, format="json").data["number"] == 1
    assert remove(client, one).status_code == 204
    assert not Task.objects.filter(pk=second.pk).exists()
    held = remove(client, f"{URL}tasks/{cast.task.pk}/")
    assert held.status_code == 400
    assert "任务已有填报" in str(held.data)
    action = f"{URL}actions/{cast.task.action_id}/"
    assert change(client, action, clause="二").data["clause"] == "二"
    assert remove(client, action).status_code == 400
    extra = client.post(f"{URL}actions/", {"plan": "joint-2022", "title": "乙"}, format="json").data
    address = f"{URL}actions/{extra['id']}/"
    assert client.post(f"{address}move/", {"place": 1}, format="json").data["number"] == 1
    assert remove(client, address).status_code == 204
    assert Action.objects.count() == 1
