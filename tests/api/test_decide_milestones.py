"""/api/v1/milestones/decide/: several at once, as the page does; all or none."""

import datetime
from typing import Any

import pytest

from tasks.models import Milestone
from tasks.states import MilestoneState
from tests import factories as make
from tests.api.conftest import Cast, Door

URL = "/api/v1/milestones/decide/"
DAYS = [datetime.date(2027, 3, 31), datetime.date(2027, 6, 30), datetime.date(2027, 9, 30)]


@pytest.fixture
def proposed(cast: Cast) -> list[Milestone]:
    return [
        make.MilestoneFactory(
            responsibility=cast.chongqing,
            due_on=day,
            percent=20 * number,
            state=MilestoneState.PROPOSED,
        )
        for number, day in enumerate(DAYS, 1)
    ]


def body(rows: list[Milestone], decision: str = "confirm", **more: Any) -> dict[str, Any]:
    chosen = [{"id": row.pk, "version": row.version} for row in rows]
    return {"decision": decision, "milestones": chosen, **more}


def states() -> list[str]:
    return list(Milestone.objects.order_by("due_on").values_list("state", flat=True))


def test_confirmed_together(cast: Cast, door: Door, proposed: list[Milestone]) -> None:
    done = door(cast.coordinator).post(URL, body(proposed), format="json")
    assert done.status_code == 200, done.data
    assert [row["state"] for row in done.data] == ["confirmed"] * 3
    again = door(cast.coordinator).post(URL, body(proposed), format="json")
    assert again.status_code in {409, 412}


def test_sent_back_together_with_a_reason(
    cast: Cast, door: Door, proposed: list[Milestone]
) -> None:
    client = door(cast.coordinator)
    assert client.post(URL, body(proposed, "return"), format="json").status_code == 400
    assert (
        client.post(URL, body(proposed, "return", reason="补充。"), format="json").status_code
        == 200
    )
    assert states() == ["draft"] * 3


def test_one_changed_and_none_is_decided(cast: Cast, door: Door, proposed: list[Milestone]) -> None:
    Milestone.objects.filter(pk=proposed[2].pk).update(version=9)
    answer = door(cast.coordinator).post(URL, body(proposed), format="json")
    assert answer.status_code == 412
    assert states() == ["proposed"] * 3


def test_who_may_not(cast: Cast, door: Door, proposed: list[Milestone]) -> None:
    assert door(cast.lead).post(URL, body(proposed), format="json").status_code == 403
    unseen = door(cast.coordinator_sichuan).post(URL, body(proposed), format="json")
    assert (unseen.status_code, list(unseen.data)) == (400, ["milestones"])
    assert states() == ["proposed"] * 3


def test_an_empty_or_crooked_list(cast: Cast, door: Door) -> None:
    client = door(cast.coordinator)
    for wrong in ([], [{"id": 1}], "1:2", [{"id": 1, "version": 1, "x": 1}]):
        answer = client.post(URL, {"decision": "confirm", "milestones": wrong}, format="json")
        assert (answer.status_code, list(answer.data)) == (400, ["milestones"])
