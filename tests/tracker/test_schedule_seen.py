"""A schedule that stands still is said at every door: /healthz, the operator's page, its API."""

import datetime
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from celery import current_app
from django.test import Client
from django.urls import reverse
from lxml import html

from tests.factories.units import site_person
from tests.tasks.reminders.conftest import at
from tracker import schedules
from tracker.celery import app
from units.states import Role

DOWN_AT = at(datetime.date(2026, 10, 9), 17)
BACK_AT = at(datetime.date(2026, 10, 12), 10)
MAKING = "tasks.jobs.make_notices"
LATE = "没有按时运行"

pytestmark = pytest.mark.django_db


def ran(*names: str, when: datetime.datetime) -> None:
    """As the worker notes it."""
    for name in names:
        with time_machine.travel(when, tick=False):
            schedules.note_start(name, now=when)
            schedules.note_end(name, now=when)


def healthz() -> dict[str, Any]:
    with patch.object(current_app.control, "ping", return_value=[{"w": {"ok": "pong"}}]):
        body: dict[str, Any] = Client().get("/healthz").json()
    return body


def states(client: Client) -> dict[str, str]:
    """What the page says of each job, by the name beneath its words."""
    page = html.fromstring(client.get(reverse("deliveries")).content)
    rows = page.xpath("//tr[th/div[@class='small']]")
    return {
        row.xpath("string(th/div)").strip(): row.xpath("string(td[last()])").strip() for row in rows
    }


def test_beat_that_was_down_for_three_days(db: None) -> None:
    every = [row["task"] for row in app.conf.beat_schedule.values()]
    ran(*every, when=DOWN_AT)
    with time_machine.travel(DOWN_AT, tick=False):
        operator = Client()
        operator.force_login(site_person(Role.SYSTEM_ADMIN))
        assert "schedules" not in healthz()
        assert set(states(operator).values()) == {"正常"}
    with time_machine.travel(BACK_AT, tick=False):
        operator.force_login(site_person(Role.SYSTEM_ADMIN))
        told = healthz()
        assert (told["status"], set(told["schedules"]["late"])) == ("ok", set(every))
        seen = states(operator)
        assert seen == dict.fromkeys(every, LATE)
        api = operator.get("/api/v1/deliveries/state/").json()
        assert all(one["is_late"] for one in api["schedules"])
    ran(*(name for name in every if name != MAKING), when=BACK_AT)
    with time_machine.travel(BACK_AT, tick=False):
        assert healthz()["schedules"]["late"] == [MAKING]
        assert [name for name, word in states(operator).items() if word == LATE] == [MAKING]
    ran(MAKING, when=BACK_AT)
    with time_machine.travel(BACK_AT, tick=False):
        assert "schedules" not in healthz()
        assert LATE not in states(operator).values()
