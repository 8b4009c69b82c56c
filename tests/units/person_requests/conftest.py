"""Who asks for people and who confirms, through the browser's door."""

import re

import pytest
import time_machine

from tests import factories as make
from tests.api.conftest import Cast
from tests.units.conftest import enter
from units.models import PersonRequest

LINK = re.compile(r"http[^\s<]+/password/[^\s<]+")


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel(make.NOW, tick=True):
        yield


def form(cast: Cast, **more: object) -> dict[str, object]:
    values = {
        "name": "张三",
        "username": "zhangsan",
        "post": "科长",
        "phone": "023-67500000",
        "role": "officer",
        "unit": cast.chongqing.unit.pk,
        "note": "新到岗",
    }
    return {**values, **more}


def ask(cast: Cast, **more: object) -> PersonRequest:
    response = enter(cast.coordinator).post("/people/invite/", form(cast, **more))
    assert response.status_code == 302, response.text
    return PersonRequest.objects.latest("pk")
