"""Row 8 of what a government system is checked for: each kind of act leaves one entry.

Time, person, unit, address, verb, object, result, before and after: through the page and through
the API, by a command and by a job. What else writes a tracked table is held by tests/audit_net.py
in every test of the suite.
"""

import datetime
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as project
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from tests.doors.bodies import body_of
from tests.doors.knock import address, enter, etag, send
from tests.doors.table import TABLE
from tests.doors.world import World, build
from tests.factories import NOW, PASSWORD, UserFactory
from tests.history import recorded
from units.jobs import seal_audit
from units.models import AuditEntry
from units.services import audit
from units.states import Source

pytestmark = pytest.mark.django_db

# What the rule names: by which door, as whom, and the verb in the log.
DOORS = {
    "create": [("POST tasks:task_new plan", "coord", "task.create")],
    "update": [
        ("POST tasks:report duty_draft quarter", "officer", "report."),
        ("PATCH api:progress-detail report_draft", "officer", "report.save"),
    ],
    "return": [
        ("POST tasks:return report_submitted", "coord", "report.return"),
        ("POST api:progress-return report_submitted", "coord", "report.return"),
    ],
    "approve": [
        ("POST tasks:approve report_submitted", "coord", "report.approve"),
        ("POST api:progress-approve report_submitted", "coord", "report.approve"),
    ],
    "extend": [
        ("POST tasks:extension_grant extension_asked", "coord", "extension.grant"),
        ("POST api:extension-grant extension_asked", "coord", "extension.grant"),
    ],
    "close": [
        ("POST tasks:quarter_close period side", "coord", "period.close"),
        ("POST api:period-close period", "coord", "period.close"),
    ],
    "end": [("POST tasks:ending_accept ending_claimed", "coord", "ending.accept")],
    "role": [("POST units:end_post post", "security", "membership.end")],
    "password": [("POST password_change", "officer", "user.password")],
    "export": [
        ("GET tasks:overdue_excel", "coord", "overdue.export"),
        ("GET tasks:list_excel", "coord", "list.export"),
        ("GET api:task-export", "coord", "list.export"),
        ("GET units:people_excel", "security", "people.export"),
        ("GET tasks:effect_excel period", "coord", "effect.export"),
        ("GET tasks:preview_excel", "coord", "reminder.export"),
        ("GET tasks:records_export", "coord", "audit.export"),
        ("GET units:audit_export", "audit", "audit.export"),
        ("POST reports:runs", "coord", "report_run.request"),
    ],
    "download": [
        ("GET reports:file file", "coord", "report_file.download"),
        ("GET api:report-file file", "coord", "report_file.download"),
    ],
}
ALL = [(kind, *row) for kind, rows in DOORS.items() for row in rows]


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> Iterator[World]:
    settings.FILES_DIR = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield build(tmp_path)


def test_each_kind_of_act_leaves_its_entry(world: World) -> None:
    doors = {door.key: door for door in TABLE}
    wrong = []
    for kind, key, who, verb in ALL:
        door = doors.get(key)
        if door is None:
            wrong.append(f"{kind}: no door {key}")
            continue
        client = enter(world, who)
        newest = AuditEntry.objects.order_by("-pk").first()
        with transaction.atomic():
            is_read = door.method == "GET"
            body = {} if is_read else body_of(door.method, door.name, door.words, world)
            headers = {} if is_read else etag(door, world)
            answer = send(
                client, door.method, address(door, world), body, api=door.is_api, headers=headers
            )
            entries = AuditEntry.objects.filter(pk__gt=newest.pk if newest else 0)
            fit = [entry for entry in entries if entry.verb.startswith(verb)]
            if not fit:
                seen = sorted({entry.verb for entry in entries})
                wrong.append(f"{kind}: {key} as {who}: {answer.word}, {seen}")
            wrong += [
                f"{kind}: {key}: {name} is empty"
                for entry in fit
                for name in ("at", "actor", "actor_name", "ip", "request_id", "verb", "result")
                if not getattr(entry, name)
            ]
            source = Source.API if door.is_api else Source.WEB
            wrong += [f"{kind}: {key}: {one.source}" for one in fit if one.source != source]
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def test_an_import_leaves_its_entry(world: World) -> None:
    client = enter(world, "coord")
    door = next(door for door in TABLE if door.key == "POST tasks:contacts_import")
    page = client.post(address(door, world), body_of("POST", door.name, door.words, world))
    client.post(address(door, world), {"sheet": page.context["sheet"]})
    entry = AuditEntry.objects.get(verb="contact.import")
    assert (entry.actor, entry.source, entry.after["lines"]) == (world.people["coord"], "web", 1)


def newest() -> AuditEntry:
    return AuditEntry.objects.order_by("-pk")[0]


def test_coming_and_going_by_page_and_api() -> None:
    user = UserFactory()
    body = {"username": user.username, "password": PASSWORD}
    wrong = {**body, "password": "wrong-2026"}
    browser = Client()
    browser.post("/login/", wrong)
    entry = newest()
    assert (entry.verb, entry.result, entry.ip) == ("user.login_failed", "refused", "127.0.0.1")
    assert entry.after["username"] == user.username
    browser.post("/login/", body)
    assert (newest().verb, newest().actor, newest().result) == ("user.login", user, "done")
    browser.post("/logout/")
    assert (newest().verb, newest().actor) == ("user.logout", user)
    other = Client()
    other.post("/api/v1/token/", wrong, content_type="application/json", REMOTE_ADDR="192.0.2.3")
    assert (newest().verb, newest().source) == ("user.login_failed", "api")
    answer = other.post("/api/v1/token/", body, content_type="application/json")
    assert (newest().verb, newest().source) == ("token.issue", "api")
    head = {"Authorization": f"Token {answer.json()['token']}"}
    other.delete("/api/v1/token/", headers=head)
    assert (newest().verb, newest().actor) == ("token.end", user)


def test_commands_say_that_they_are_commands() -> None:
    call_command("add_person", "zhang", name="张某", role="security_admin", stdout=StringIO())
    entries = AuditEntry.objects.filter(object_type="units.user", verb="user.add")
    assert [entry.source for entry in entries] == ["command"]
    assert AuditEntry.objects.filter(verb="membership.add", source="command").exists()


def test_what_jobs_do_says_so() -> None:
    with audit.context(Source.JOB):
        audit.record("test.made", None, by=None)
    assert (newest().source, newest().actor_name) == ("job", "系统")
    done = seal_audit()
    assert done["entries"] >= 1


JOBS = re.compile(r"^def (\w+)\(.*?(?=^@|^def |\Z)", re.DOTALL | re.MULTILINE)


def test_every_job_names_itself_as_the_source() -> None:
    """Or writes nothing that is on record: sealing, mailing, and what only rings again."""
    quiet = {"seal_audit", "mail_audit_head", "sweep_digests", "sweep_report_runs", "sweep_uploads"}
    silent = {
        found[1]
        for path in Path(project.BASE_DIR).glob("*/jobs.py")
        for found in JOBS.finditer(path.read_text(encoding="utf-8"))
        if "Source.JOB" not in found[0]
    }
    assert silent <= quiet


SENDS = re.compile(r"Content-Disposition|FileResponse\(|content_disposition_header\(")
# Blank forms and lists that everybody may read, and what only looks at answers on their way:
# nothing of anybody's goes out.
OPEN = {"tasks/views/roster.py", "tracker/middleware.py", "units/views/calendars.py"}
# Writing an entry oneself, or asking a service that does: tests of both hold the entry.
RECORDS = ("audit.record(", "record_export(", "record_download(")


def test_whatever_sends_a_file_records_it() -> None:
    base = Path(project.BASE_DIR)
    senders = {
        str(path.relative_to(base)): text
        for app in ("units", "tasks", "reports", "tracker")
        for path in (base / app).rglob("*.py")
        if SENDS.search(text := path.read_text(encoding="utf-8"))
    }
    silent = {name for name, text in senders.items() if not any(door in text for door in RECORDS)}
    assert silent <= OPEN, silent - OPEN


def test_an_entry_of_a_day_is_dated_by_the_database() -> None:
    with time_machine.travel(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)):
        entry = recorded()
    assert entry.at.year >= 2026
