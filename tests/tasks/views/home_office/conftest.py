"""The coordinator's desk, and sides of its plan."""

import datetime
from collections.abc import Callable
from typing import Any

from django.test import Client

from tasks.models import Responsibility
from tests.factories import ResponsibilityFactory, TaskFactory, UnitFactory
from tests.tasks.views.conftest import World
from units.models import User

Browser = Callable[[User], Client]
DAY = datetime.timedelta(days=1)


def desk(browser: Client, **query: str) -> Any:
    response = browser.get("/", query)
    assert response.status_code == 200
    return response


def side_of(world: World, name: str = "", **values: Any) -> Responsibility:
    unit = values.pop("unit", None) or (UnitFactory(name=name) if name else UnitFactory())
    return ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=unit, **values)
