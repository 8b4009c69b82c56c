"""Who gets in: nobody without a log-in, and not everybody to everything."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import TargetFactory


@pytest.fixture
def addresses(world) -> list[str]:
    TargetFactory(plan=world.plan)
    return [
        reverse("home"),
        reverse("tasks:list"),
        reverse("tasks:detail", args=[world.task.pk]),
        reverse("tasks:overdue"),
        reverse("tasks:plans"),
        reverse("tasks:plan", args=[world.plan.code]),
        reverse("tasks:targets"),
        reverse("tasks:fill"),
    ]


def test_nobody_is_sent_to_the_log_in(client: Client, addresses: list[str]):
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 302, address
        assert response["Location"].startswith(reverse("login")), address


@pytest.mark.parametrize(
    "person", ["lead", "other_lead", "cooperating", "stranger", "office", "other_office", "auditor"]
)
def test_everybody_logged_in_reads_the_pages(as_, world, clock, addresses, person: str):
    browser = as_(getattr(world, person))
    for address in addresses:
        response = browser.get(address)
        assert response.status_code == 200, address
        assert response["Content-Security-Policy"], address
        assert "style=" not in response.text, address
        assert "{{" not in response.text, address
        assert " on" + "click=" not in response.text, address


def test_pages_are_read_only(as_, world, clock, addresses):
    browser = as_(world.lead)
    for address in addresses:
        assert browser.post(address).status_code == 405, address


@pytest.mark.parametrize(
    "address", ["/tasks/999999/", "/tasks/99999999999999999999/", "/plans/nothing/", "/no/page/"]
)
def test_what_does_not_exist_is_404_in_words(as_, world, clock, address: str):
    response = as_(world.lead).get(address)
    assert response.status_code == 404
    assert "没有找到" in response.text
