"""The number or account that a site's gateway is to use: checked when it is entered."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tasks.models import ChannelChoice
from tasks.services.channels import Choice, choose
from tests.tasks.channels.conftest import Hook
from tests.tasks.reminders.conftest import DUE, Scene
from tracker.checks import check_gateway
from units.models import User

NO_MOBILES = ["zhangsan", "023-63896666", "12345678901", "138000000000", "+8613", "+1 2025550123"]
WIDE = "１３８００００００００"  # as an input method for Chinese writes figures
BOTH = Choice(email=True, gateway=True, address="13800000000")

pytestmark = pytest.mark.django_db


def chosen(person: User, choice: Choice) -> None:
    choose(person, choice, by=person, today=DUE)


@pytest.mark.parametrize("address", ["", "1", "电话", "a\x00b c", "-" * 70, *NO_MOBILES])
def test_a_number_that_is_none(scene: Scene, gateway: Hook, address: str) -> None:
    client, api = Client(), APIClient()
    client.force_login(scene.officer)
    api.force_authenticate(scene.officer)
    answer = client.post(reverse("tasks:channels"), {"gateway": "on", "address": address})
    body = {"email": True, "gateway": True, "address": address}
    told = api.put("/api/v1/own-channels/", body, format="json")
    assert (answer.status_code, told.status_code) == (422, 400)
    if address in NO_MOBILES:
        for page in (answer, told):
            assert "请填写11位的中国大陆手机号" in page.content.decode()
    assert not ChannelChoice.objects.exists()


@pytest.mark.parametrize(
    "written",
    [
        "138 0000 0000",
        "+86 138-0000-0000",
        "008613800000000",
        "8613800000000",
        WIDE,
    ],
)
def test_a_mobile_number_as_people_write_it(scene: Scene, gateway: Hook, written: str) -> None:
    chosen(scene.officer, Choice(email=True, gateway=True, address=written))
    assert ChannelChoice.objects.get(channel="gateway").address == "13800000000"


def test_what_else_a_sites_gateway_takes(scene: Scene, gateway: Hook, settings: Any) -> None:
    settings.GATEWAY_ADDRESS, settings.GATEWAY_NAME = r"[a-z]{4,20}", "渝快政"
    chosen(scene.officer, Choice(email=True, gateway=True, address="zhangsan"))
    assert ChannelChoice.objects.get(channel="gateway").address == "zhangsan"
    with pytest.raises(Exception, match="“渝快政”不接受这个号码或账号"):
        chosen(scene.officer, BOTH)
    settings.GATEWAY_ADDRESS = ""  # what stands is asked again where it is touched alone
    chosen(scene.officer, Choice(email=False, gateway=True, address="zhangsan"))
    assert not ChannelChoice.objects.get(channel="email").is_on


@pytest.mark.usefixtures("outer")
def test_a_pattern_that_is_none_is_said_at_the_start(settings: Any) -> None:
    settings.GATEWAY_URL, settings.GATEWAY_SECRET = "https://8.8.8.8/x", "s" * 32
    settings.GATEWAY_ADDRESS = "[a-z"
    assert {problem.id for problem in check_gateway()} == {"tracker.E010"}
