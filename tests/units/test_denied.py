"""Refused requests are on record: whose, from where, at which door, how often; without flooding."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from tests import factories as make
from units.models import AuditEntry, User
from units.services import tokens
from units.states import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    cache.clear()
    with time_machine.travel(make.NOW, tick=False) as traveller:
        yield traveller


def enter(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def denied() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(verb="access.denied").order_by("pk"))


def test_anothers_draft_by_its_number(client: Client) -> None:
    report = make.ProgressReportFactory()
    stranger = make.officer(make.UnitFactory(name="重庆市教委"))
    page = enter(stranger).get(f"/progress/{report.pk}/?x=secret", REMOTE_ADDR="203.0.113.9")
    assert page.status_code == 404
    (entry,) = denied()
    assert (entry.actor, entry.unit_name, entry.ip) == (stranger, "重庆市教委", "203.0.113.9")
    assert (entry.result, entry.source) == ("refused", "web")
    path = f"/progress/{report.pk}/"
    assert entry.after == {"method": "GET", "path": path, "status": 404, "count": 1}


def test_the_api_too_by_token() -> None:
    report = make.ProgressReportFactory(submitted=True)
    helper = report.responsibility.unit
    client = APIClient()
    token, _expiry = tokens.issue(make.officer(helper))
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    address = f"/api/v1/progress/{report.pk}/approve/"
    assert client.post(address, {}, format="json").status_code in {403, 428}
    assert client.post("/api/v1/samples/", {}, format="json").status_code == 400
    body = {"jurisdiction": report.responsibility.side.code, "size": 1}
    assert client.post("/api/v1/samples/", body, format="json").status_code == 403
    assert client.get("/api/v1/progress/999999/").status_code == 404
    told = [(entry.source, entry.after["path"]) for entry in denied()]
    assert told[-2:] == [("api", "/api/v1/samples/"), ("api", "/api/v1/progress/999999/")]


def test_a_flood_is_one_entry_a_minute_with_its_number(clock: Any) -> None:
    browser = enter(make.officer(make.UnitFactory()))
    for number in range(50):
        browser.get(f"/progress/{900000 + number}/")
    assert [entry.after["count"] for entry in denied()] == [1]
    clock.shift(datetime.timedelta(minutes=1))
    browser.get("/progress/1/")
    assert [entry.after["count"] for entry in denied()] == [1, 50]
    browser.get("/endings/1/")  # another door
    browser.get("/progress/1/", REMOTE_ADDR="203.0.113.9")  # from elsewhere
    enter(make.officer(make.UnitFactory())).get("/progress/1/")  # another person
    assert len(denied()) == 5


def test_what_is_nowhere_and_who_is_nobody_is_not_kept() -> None:
    browser = enter(make.officer(make.UnitFactory()))
    assert browser.get("/no/such/page/").status_code == 404
    assert browser.get("/api/v1/no-such/").status_code == 404
    assert Client().get("/progress/1/").status_code == 302
    assert Client().get("/api/v1/progress/1/").status_code == 401
    assert denied() == []


def test_the_audit_administrator_reads_it() -> None:
    enter(make.officer(make.UnitFactory())).get("/progress/1/")
    keeper = make.site_person(Role.AUDIT_ADMIN)
    page = enter(keeper).get("/audit/?verb=access.denied&result=refused")
    assert [row["entry"].verb for row in page.context["rows"]] == ["access.denied"]
    assert "访问被拒绝" in page.text
    assert "/progress/1/" in page.text
    security = enter(make.site_person(Role.SECURITY_ADMIN))
    assert security.get("/audit/").status_code == 404
    assert denied()[-1].after["path"] == "/audit/"
