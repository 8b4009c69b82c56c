"""Pages are kept by nobody on the way."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import OfficeFactory, UserFactory, coordinator

pytestmark = pytest.mark.django_db
PAGES = ["home", "tasks:list", "tasks:overdue", "tasks:targets", "tasks:notices", "reports:runs"]


@pytest.mark.parametrize("name", [*PAGES, "tasks:fill", "password_change", "api-docs"])
def test_pages_are_private_and_not_stored(client: Client, name: str) -> None:
    client.force_login(UserFactory())
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_page_that_is_not_there_is_not_stored_either(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get("/no/page/").headers["Cache-Control"] == "private, no-store"


def test_a_workbook_is_not_kept_either(client: Client) -> None:
    client.force_login(coordinator(OfficeFactory()))
    answer = client.get("/reminders/excel/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "private, no-store"
