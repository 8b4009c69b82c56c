"""Every list that searches units finds them by a part of any of their names."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import AssignmentFactory, UnitNameFactory
from tests.tasks.views.conftest import World
from units.states import NameKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LISTS = (
    "/units/?search=",
    "/assignments/?kind=unsigned&unit=",
    "/contacts/?search=",
    "/people/?search=",
    "/tasks/?search=",
    "/api/v1/units/?search=",
)
WORKING, FORMER = "重庆市能源局", "市煤炭CNG办公室"


@pytest.fixture
def listed(world: World, client: Client) -> Callable[[str], bool]:
    """`listed(address)`: whether the bureau, or what it leads, or its officer is in that list."""
    UnitNameFactory(unit=world.side.unit, name=FORMER, kind=NameKind.FORMER)
    AssignmentFactory(responsibility=world.side)
    client.force_login(world.office)
    wanted = [world.side.unit, world.side, world.task, world.lead]

    def look(address: str) -> bool:
        answer = client.get(address)
        assert answer.status_code == 200
        if address.startswith("/api/"):
            return any(row["name"] == WORKING for row in answer.json()["results"])
        # A list of tasks pages their numbers; the rows stand beside.
        if (rows := answer.context.get("rows")) and hasattr(rows[0], "task"):
            return any(row.task in wanted for row in rows)
        return any(row in wanted for row in answer.context["page"])

    return look


@pytest.mark.parametrize("address", LISTS)
def test_a_unit_is_found_by_any_name_however_typed(
    listed: Callable[[str], bool], address: str
) -> None:
    for text in ("能源局", "能源 重庆", "煤炭", "cng 煤炭", "ＣＮＧ办公", "煤炭\u3000办公室"):
        assert listed(address + text), text
    for text in ("没有这样的字", "能源 没有", "四川省粮食"):
        assert not listed(address + text), text
