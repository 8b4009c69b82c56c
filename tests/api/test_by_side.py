"""A filter by side judges that side: API and web list alike, and as the office's desk counts."""

import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tasks.models import PlanSide
from tasks.states import TaskState
from tests import factories as make
from tests.api.conftest import Cast, Door

API, WEB = "/api/v1/tasks/", "/tasks/"
CARRIED, NEAR, MINE = "重庆一方已结转", "四川一方更早到期", "川渝都逾期"


@pytest.fixture
def world(cast: Cast) -> Cast:
    """Three tasks whose sides differ in light, state and date."""
    units = {"cq": cast.chongqing.unit, "sc": cast.sichuan.unit}

    def task(title: str, **sides: dict[str, Any]) -> None:
        row = make.TaskFactory(plan=cast.plan, title=title)
        for side, values in sides.items():
            make.ResponsibilityFactory(task=row, unit=units[side], **values)

    past, soon = datetime.date(2026, 6, 30), datetime.date(2026, 11, 25)
    task(CARRIED, cq={"state": TaskState.CARRIED}, sc={"due_on": past})
    task(NEAR, cq={"due_on": datetime.date(2028, 6, 30)}, sc={"due_on": soon})
    task(MINE, cq={"due_on": past}, sc={"due_on": past, "state": TaskState.CLOSED})
    return cast


JOINT = "协同开发油气资源"
CASES = [
    ({"jurisdiction": "500000"}, [JOINT, CARRIED, NEAR, MINE]),
    ({"jurisdiction": "500000", "overdue": "overdue"}, [MINE]),
    ({"jurisdiction": "510000", "overdue": "overdue"}, [CARRIED]),
    ({"overdue": "overdue"}, [CARRIED, MINE]),
    ({"jurisdiction": "500000", "overdue": "late"}, [MINE]),
    ({"jurisdiction": "500000", "light": "overdue"}, [MINE]),
    ({"jurisdiction": "500000", "light": "carried"}, [CARRIED]),
    ({"light": "carried"}, []),
    ({"lead_unit": "四川省能源局", "light": "blue"}, [MINE]),
    ({"lead_unit": "四川省能源局", "light": "due_soon"}, [NEAR]),
    ({"lead_unit": "重庆市能源局", "light": "due_soon"}, []),
    ({"unit": "四川省能源局", "light": "blue"}, [MINE]),
    ({"unit": "重庆市经济信息委", "light": "behind"}, [JOINT]),  # cooperates: the whole task
    ({"jurisdiction": "510000", "state": "closed"}, [MINE]),
    ({"jurisdiction": "500000", "state": "closed"}, []),
    ({"jurisdiction": "500000", "due_before": "2026-12-31"}, [MINE]),
    ({"jurisdiction": "510000", "due_before": "2026-12-31"}, [CARRIED, NEAR, MINE]),
    ({"jurisdiction": "500000", "due_after": "2028-01-01"}, [JOINT, CARRIED, NEAR]),
    # All on one side: 四川省's is past its date, but it is 重庆市's that is carried.
    ({"lead_unit": "四川省能源局", "state": "carried", "overdue": "overdue"}, []),
    ({"jurisdiction": "500000", "lead_unit": "四川省能源局"}, []),
    ({"jurisdiction": "510000", "ordering": "light"}, [CARRIED, NEAR, JOINT, MINE]),
    ({"jurisdiction": "500000", "ordering": "-due_on"}, [JOINT, CARRIED, NEAR, MINE]),
]


@pytest.mark.parametrize(("query", "expected"), CASES)
def test_api_and_web_judge_the_side_chosen(
    world: Cast, door: Door, client: Client, query: dict[str, str], expected: list[str]
) -> None:
    api = {k: "true" if v == "overdue" and k == "overdue" else v for k, v in query.items()}
    answer = door(world.stranger).get(API, api)
    assert [row["title"] for row in answer.data["results"]] == expected
    client.force_login(world.stranger)
    page = client.get(WEB, query)
    assert [row.task.title for row in page.context["rows"]] == expected


def test_chips_count_the_side_chosen(world: Cast, client: Client) -> None:
    client.force_login(world.stranger)

    def chips(**query: str) -> dict[str, int]:
        bar = client.get(WEB, query).context["bar"]
        return {str(word): n for word, n in bar.lights if n}

    assert chips() == {"overdue": 2, "behind": 2}  # the worse of the sides
    assert chips(jurisdiction="500000") == {"overdue": 1, "behind": 2, "carried": 1}
    assert chips(lead_unit="四川省能源局") == {
        "overdue": 1,
        "due_soon": 1,
        "normal": 1,
        "closed": 1,
    }
    assert chips(jurisdiction="510000", state="closed") == {"closed": 1}


def test_light_and_date_of_a_row_are_those_of_the_side_chosen(world: Cast, client: Client) -> None:
    client.force_login(world.stranger)
    page = client.get(WEB, {"jurisdiction": "500000"})
    rows = {row.task.title: row for row in page.context["rows"]}
    assert rows[CARRIED].word == "carried"
    assert rows[NEAR].nearest.due_on_in_force == datetime.date(2028, 6, 30)
    assert "灯、状态和完成时限均按所选一方（重庆市）判断。" in page.text
    rows = {row.task.title: row for row in client.get(WEB).context["rows"]}
    assert rows[CARRIED].word == "overdue"
    assert rows[NEAR].nearest.due_on_in_force == datetime.date(2026, 11, 25)


def test_not_reported_is_said_of_the_side_chosen(world: Cast, client: Client) -> None:
    client.force_login(world.coordinator)

    def titles(place: str) -> list[str]:
        page = client.get(WEB, {"unreported": "2026Q3", "jurisdiction": place})
        return [row.task.title for row in page.context["rows"]]

    assert titles("500000") == [NEAR, MINE]
    assert titles("510000") == [CARRIED, NEAR]


def test_what_nobody_leads_keeps_its_date(world: Cast, door: Door) -> None:
    plan = make.PlanFactory(draft=True, jurisdiction=make.JurisdictionFactory())
    make.TaskFactory(plan=plan, title="未明确牵头单位的任务", due_on=datetime.date(2026, 1, 1))
    query = {"jurisdiction": "500000", "plan": plan.code}
    for more, found in [
        ({}, 1),
        ({"due_before": "2026-12-31"}, 1),
        ({"due_after": "2026-12-31"}, 0),
        ({"overdue": "false"}, 1),
        ({"overdue": "true"}, 0),
        ({"light": "grey"}, 0),
    ]:
        assert door(world.stranger).get(API, query | more).data["count"] == found, more


def test_desk_and_list_count_alike_and_chips_lead_there(world: Cast, client: Client) -> None:
    client.force_login(world.admin)
    desk = client.get("/")
    assert len(desk.context["overviews"]) == PlanSide.objects.count() == 2
    for overview in desk.context["overviews"]:
        for word, number in overview.lights:
            address = (
                f"/tasks/?plan={overview.side.plan.code}"
                f"&jurisdiction={overview.side.jurisdiction.code}&light={word.value}"
            )
            assert f'href="{address.replace("&", "&amp;")}"' in desk.text
            query = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
            page = client.get(WEB, query)
            assert page.context["page"].paginator.count == number
            chips = dict(page.context["bar"].lights)
            assert chips[word] == number
