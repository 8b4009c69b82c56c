"""Changes of units through the API."""

from typing import Any

import pytest

from tasks.models import Responsibility
from tests import factories as make
from tests.api.conftest import Cast, Door
from units.models import Succession, Unit

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/successions/"
TODAY = make.NOW.date().isoformat()


def body(unit: Unit, **values: Any) -> dict[str, Any]:
    return {"kind": "rename", "day": TODAY, "old": [unit.pk], "basis": "批复", **values}


def test_a_change_is_entered_and_read(cast: Cast, door: Door) -> None:
    heir = make.UnitFactory(name="重庆市工信委")
    sent = body(cast.helper, kind="merge", new=[heir.pk])
    looked = door(cast.coordinator).post(f"{ROOT}foresee/", sent, format="json")
    assert looked.status_code == 200
    (duty,) = looked.json()["duties"]
    assert (duty["unit"]["name"], duty["heir"]["name"]) == ("重庆市经济信息委", "重庆市工信委")
    assert not Succession.objects.exists()
    made = door(cast.coordinator).post(ROOT, sent, format="json")
    assert made.status_code == 201
    assert made.json()["done_at"] is not None
    assert Responsibility.objects.get(role="cooperating").unit == heir
    rows = door(cast.stranger).get(f"{ROOT}?unit=市经济信息委").json()["results"]
    assert [row["id"] for row in rows] == [made.json()["id"]]
    units = door(cast.stranger).get("/api/v1/units/").json()["results"]
    assert cast.helper.pk not in {row["id"] for row in units}
    units = door(cast.stranger).get("/api/v1/units/?abolished=only").json()["results"]
    assert [row["id"] for row in units] == [cast.helper.pk]
    assert door(cast.stranger).get(f"/api/v1/units/{cast.helper.pk}/").status_code == 200


def test_single_duties_of_a_split(cast: Cast, door: Door) -> None:
    other = make.UnitFactory(name="重庆市数据局")
    duty = Responsibility.objects.get(unit=cast.helper)
    sent = body(
        cast.helper,
        kind="split",
        new=[cast.helper.pk, other.pk],
        duties=[{"responsibility": duty.pk, "unit": other.pk}],
    )
    assert door(cast.coordinator).post(ROOT, sent, format="json").status_code == 201
    duty.refresh_from_db()
    assert duty.unit == other


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "new_name"),
        ({"kind": "abolish"}, "new"),
        ({"new_name": "某委", "basis": ""}, "basis"),
        ({"kind": "abolish", "new": [10**6]}, "new"),
        ({"new_name": "某委", "extra": 1}, "extra"),
    ],
)
def test_what_is_wrong_is_said(cast: Cast, door: Door, values: dict[str, Any], field: str) -> None:
    answer = door(cast.coordinator).post(ROOT, body(cast.helper, **values), format="json")
    assert answer.status_code == 400
    assert field in answer.json()


def test_a_waiting_one_is_cancelled_by_its_office_alone(cast: Cast, door: Door) -> None:
    sent = body(cast.helper, new_name="重庆市工信委", day="2027-01-01")
    row = door(cast.coordinator).post(ROOT, sent, format="json").json()
    address = f"{ROOT}{row['id']}/cancel/"
    reason = {"reason": "误登"}
    assert door(cast.lead).post(address, reason, format="json").status_code == 403
    assert door(cast.coordinator).post(address, reason, format="json").status_code == 204
    assert not Succession.objects.exists()


def test_an_abolished_unit_gets_no_new_duty(cast: Cast, door: Door) -> None:
    heir = make.UnitFactory(name="重庆市工信委")
    sent = body(cast.helper, kind="merge", new=[heir.pk])
    assert door(cast.coordinator).post(ROOT, sent, format="json").status_code == 201
    wanted = {
        "task": make.TaskFactory(plan=cast.plan).pk,
        "unit": "重庆市经济信息委",
        "role": "cooperating",
        "side": "500000",
    }
    answer = door(cast.coordinator).post("/api/v1/responsibilities/", wanted, format="json")
    assert answer.status_code == 400
    assert "现为重庆市工信委" in str(answer.json())
