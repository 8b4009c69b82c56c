"""Nobody gets in: each page of work leads to the log-in and changes nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from tasks.models import ProgressReport
from tests.factories import ProgressReportFactory
from tests.tasks.views.conftest import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_nobody_gets_in_without_logging_in(client: Client, world: World) -> None:
    report = ProgressReportFactory(responsibility=world.side, period=world.period, submitted=True)
    addresses = [
        reverse("home"),
        reverse("tasks:fill"),
        reverse("tasks:report", args=[world.side.pk, "2026Q3"]),
        reverse("tasks:view_report", args=[report.pk]),
        reverse("tasks:review"),
        reverse("tasks:approve", args=[report.pk]),
        reverse("tasks:return", args=[report.pk]),
        reverse("tasks:notices"),
        reverse("tasks:mailbox"),
        reverse("password_change"),
    ]
    for address in addresses:
        from_page = {"Referer": f"http://testserver{address}"}
        sent = client.post(address, {"version": 1}, headers=from_page)
        for response in (client.get(address), sent):
            assert response.status_code == 302, address
            assert response.headers["Location"] == f"/login/?next={address}"
    before, after = report, ProgressReport.objects.get()
    assert (before.state, before.version) == (after.state, after.version)


def test_a_person_whose_role_has_ended_is_a_stranger(client: Client, world: World) -> None:
    world.lead.memberships.update(until="2026-11-19")
    client.force_login(world.lead)
    address = reverse("tasks:report", args=[world.side.pk, "2026Q3"])
    assert client.get(address).status_code == 404
    assert "您还没有任职" in client.get("/").text


def test_an_id_that_nobody_has_is_not_found(client: Client, world: World) -> None:
    client.force_login(world.office)
    assert client.get(reverse("tasks:view_report", args=[999_999_999])).status_code == 404
    for name in ("tasks:approve", "tasks:return"):
        data = {"version": 1, "reason": "理由"}
        assert client.post(reverse(name, args=[999_999_999]), data).status_code == 404
    huge = "9" * 30
    assert client.get(f"/progress/{huge}/").status_code == 404
    assert client.get(f"/fill/{huge}/2026Q3/").status_code == 404
