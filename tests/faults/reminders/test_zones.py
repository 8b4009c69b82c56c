"""The day is Shanghai's, whatever the zone of the machine or of PostgreSQL."""

import json
import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.tasks.reminders.conftest import DUE, Scene, make_scene

ZONES = ("UTC", "Asia/Shanghai", "America/Los_Angeles")
# What a machine does at these moments (UTC), and takes back.
PROGRAM = """
import datetime, json, sys, time
zone = time.tzname[0]  # the machine's: Django moves its own process to the site's
import django
django.setup()
import time_machine
from django.db import transaction
from tasks import jobs
from tasks.models import Digest, Notice
from tracker.lib import doorbell, workdays
doorbell._send = lambda name, args: None
found = {}
for text in json.loads(sys.argv[1]):
    moment = datetime.datetime.fromisoformat(text)
    with time_machine.travel(moment, tick=False), transaction.atomic():
        jobs.make_notices.apply(throw=True)
        rows = Notice.objects.values_list("rule", "step", "recipient__name", "made_on", "due_on")
        digests = Digest.objects.values_list("day", "run_after")
        found[text] = [
            str(workdays.today()),
            sorted([str(value) for value in row] for row in rows),
            sorted({f"{day} {at.astimezone(datetime.UTC).isoformat()}" for day, at in digests}),
        ]
        transaction.set_rollback(True)
print(json.dumps([zone, found]))
"""
# Shanghai: a Friday's last and a worked Saturday's first second (2026-10-10, the due day), a
# Sunday's last and a Monday's first, New Year's and a quarter's end, 29 February's both ends.
MOMENTS = (
    "2026-10-09T15:59:59+00:00",
    "2026-10-09T16:00:00+00:00",
    "2026-10-10T15:59:59+00:00",
    "2026-10-11T15:59:59+00:00",
    "2026-10-11T16:00:00+00:00",
    "2026-09-30T15:59:59+00:00",
    "2026-12-31T15:59:59+00:00",
    "2026-12-31T16:00:00+00:00",
    "2028-02-28T16:00:00+00:00",
    "2028-02-29T15:59:59+00:00",
)


def lived(zone: str) -> tuple[str, dict[str, Any]]:
    """What a machine in the zone does."""
    address = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    name = connection.settings_dict["NAME"]
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    env |= {
        "TZ": zone,
        "PGTZ": zone,
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "DATABASE_URL": urlsplit(address)._replace(path=f"/{name}").geturl(),
        "SECRET_KEY": settings.SECRET_KEY,
        "TRACKER_ENV": "local",
        "DEMO": "0",
    }
    done = subprocess.run(  # noqa: S603 - fixed words
        [sys.executable, "-c", PROGRAM, json.dumps(MOMENTS)],
        cwd=settings.BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    name_of_zone, found = json.loads(done.stdout.splitlines()[-1])
    return name_of_zone, found


@pytest.fixture
def world(transactional_db: None) -> Scene:
    """Committed, for other processes to see."""
    return make_scene()


@pytest.mark.django_db(transaction=True)
def test_machine_and_database_in_three_zones(world: Scene) -> None:
    database = connection.settings_dict["NAME"]
    answers = {}
    for zone in ZONES:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE \"{database}\" SET timezone TO '{zone}'")
        try:
            answers[zone] = lived(zone)
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f'ALTER DATABASE "{database}" RESET timezone')
    assert {zone: name for zone, (name, _found) in answers.items()} == {
        "UTC": "UTC",
        "Asia/Shanghai": "CST",
        "America/Los_Angeles": "PST",
    }
    first = answers["UTC"][1]
    assert all(found == first for _name, found in answers.values())
    days = {moment: rows[0] for moment, rows in first.items()}
    assert days["2026-10-09T15:59:59+00:00"] == "2026-10-09"
    assert days["2026-10-09T16:00:00+00:00"] == str(DUE)
    steps = {moment: [row[:2] for row in rows[1]] for moment, rows in first.items()}
    assert steps["2026-10-09T15:59:59+00:00"] == [["report_due", "-1"]]
    assert steps["2026-10-09T16:00:00+00:00"] == [["report_due", "0"]]
    assert steps["2026-10-10T15:59:59+00:00"] == [["report_due", "0"]]
    assert steps["2026-10-11T15:59:59+00:00"] == []  # Sunday
    assert steps["2026-10-11T16:00:00+00:00"] == [["report_overdue", "1"]]
    assert days["2026-12-31T15:59:59+00:00"] == "2026-12-31"
    assert days["2026-12-31T16:00:00+00:00"] == "2027-01-01"
    assert steps["2028-02-29T15:59:59+00:00"] == steps["2028-02-28T16:00:00+00:00"] != []
