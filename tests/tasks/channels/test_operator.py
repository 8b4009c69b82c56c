"""What the system administrator sees of delivery and schedules, and sends again."""

import datetime
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from celery import current_app
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tasks import jobs
from tasks.models import Digest, Notice, ScheduleRun
from tasks.reminders.delivery import deliver
from tasks.services import deliveries
from tasks.states import DigestState, NoticeState
from tests.factories.units import site_person
from tests.tasks.reminders.conftest import DUE, Post, Scene, at
from tracker import schedules
from tracker.lib import workdays
from units.models import AuditEntry, User
from units.states import Role

MINUTE = datetime.timedelta(minutes=1)
HOUR = 60 * MINUTE

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(db: None) -> User:
    return site_person(Role.SYSTEM_ADMIN)


@pytest.fixture
def dead(digest: Digest, post: Post) -> Digest:
    """The mail that was refused."""
    post.answer = "550 no such user"
    assert deliver(digest.pk, now=at(DUE)) == "dead"
    post.answer = "250 OK"
    return digest


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_page_says_to_whom_and_why_and_nothing_of_what(
    dead: Digest, scene: Scene, keeper: User
) -> None:
    text = logged_in(keeper).get(reverse("deliveries")).content.decode()
    assert scene.officer.name in text
    assert "550 no such user" in text
    for secret in (scene.side.task.title, scene.unit.name):
        assert secret not in text


def test_it_is_sent_again(dead: Digest, post: Post, keeper: User) -> None:
    with time_machine.travel(at(DUE, 11), tick=False):
        client = logged_in(keeper)
    with time_machine.travel(at(DUE, 11), tick=False):
        answer = client.post(reverse("deliveries_resend"), {"digest": [dead.pk]})
    assert answer.status_code == 302
    dead.refresh_from_db()
    assert (dead.state, dead.attempts, dead.error) == (DigestState.QUEUED, 0, "")
    entry = AuditEntry.objects.get(verb="digest.resend")
    assert (entry.actor, entry.reason) == (keeper, "550 no such user")
    assert deliver(dead.pk, now=dead.run_after) == "sent"
    assert len(post.mails) == 1
    assert Notice.objects.get().state == NoticeState.SENT


def test_what_is_not_given_up_is_left_alone(digest: Digest, keeper: User) -> None:
    api = APIClient()
    api.force_authenticate(keeper)
    answer = api.post(f"/api/v1/deliveries/{digest.pk}/resend/")
    assert (answer.status_code, answer.json()["state"]) == (200, "queued")
    assert not AuditEntry.objects.filter(verb="digest.resend").exists()


def test_the_api_does_the_same(dead: Digest, keeper: User) -> None:
    api = APIClient()
    api.force_authenticate(keeper)
    (row,) = api.get("/api/v1/deliveries/?state=dead&channel=email").json()["results"]
    assert (row["id"], row["error"]) == (dead.pk, "550 no such user")
    assert api.post(f"/api/v1/deliveries/{dead.pk}/resend/").json()["state"] == "queued"
    state = api.get("/api/v1/deliveries/state/").json()
    mail = next(one for one in state["queues"] if one["channel"] == "email")
    assert (mail["waiting"], mail["dead"]) == (1, 0)
    assert {one["name"] for one in state["schedules"]} == set(schedules.known())


def test_nobody_else_gets_there(dead: Digest, scene: Scene) -> None:
    for user in (scene.officer, scene.coordinator, site_person(Role.SECURITY_ADMIN)):
        client, api = logged_in(user), APIClient()
        api.force_authenticate(user)
        assert client.get(reverse("deliveries")).status_code == 404
        again = client.post(reverse("deliveries_resend"), {"digest": [dead.pk]})
        assert again.status_code == 404
        assert api.get("/api/v1/deliveries/state/").status_code == 403
        assert api.post(f"/api/v1/deliveries/{dead.pk}/resend/").status_code in (403, 404)
    dead.refresh_from_db()
    assert dead.state == DigestState.DEAD


def test_the_queue_and_its_oldest(digest: Digest) -> None:
    now = at(DUE) + 7 * HOUR
    mail = next(one for one in deliveries.queues(now=now) if one.channel == "email")
    assert (mail.waiting, mail.oldest_at) == (1, at(DUE))
    assert not mail.is_well(now)
    assert mail.is_well(at(DUE) + HOUR)


# --- schedules ------------------------------------------------------------------------------------


def ran(name: str, when: datetime.datetime) -> None:
    schedules.note_start(name, now=when)
    schedules.note_end(name, now=when)


def test_every_schedule_has_its_words() -> None:
    assert set(schedules.known()) == set(schedules.NAMES)


def test_a_schedule_that_has_not_run_is_named() -> None:
    now = at(DUE, 12)
    for name in schedules.known():
        ran(name, now - MINUTE)
    assert schedules.late(now=now) == []
    ran("tasks.jobs.sweep_digests", now - HOUR)
    assert [one.name for one in schedules.late(now=now)] == ["tasks.jobs.sweep_digests"]


@pytest.mark.parametrize(
    ("last", "now", "is_late"),
    [
        (at(DUE, 9), at(DUE, 10), False),  # ran at 8:30; 9:30 is half an hour ago
        (at(DUE, 9), at(DUE, 11), True),
        (at(DUE, 18), at(DUE, 23), False),  # not at night
        (at(DUE, 18), at(DUE + datetime.timedelta(days=1), 8), False),
        (at(DUE, 18), at(DUE + datetime.timedelta(days=1), 10), True),
    ],
)
def test_one_that_runs_at_an_hour(
    last: datetime.datetime, now: datetime.datetime, is_late: bool
) -> None:
    ran("tasks.jobs.make_notices", last)
    late = {one.name for one in schedules.late(now=now)}
    assert ("tasks.jobs.make_notices" in late) is is_late


def test_one_that_never_ran_counts_from_the_first_that_did() -> None:
    now = at(DUE, 12)
    ran("tasks.jobs.sweep_digests", now - MINUTE)
    assert schedules.late(now=now) == []
    later = now + 24 * HOUR
    ran("tasks.jobs.sweep_digests", later)
    assert "tasks.jobs.make_notices" in {one.name for one in schedules.late(now=later)}


def test_healthz_says_so_and_stays_well() -> None:
    schedules.note_start("tasks.jobs.sweep_digests", now=workdays.now() - HOUR)
    with patch.object(current_app.control, "ping", return_value=[{"w": {"ok": "pong"}}]):
        answer = Client().get("/healthz")
    assert answer.status_code == 200
    told = answer.json()["schedules"]
    assert "tasks.jobs.sweep_digests" in told["late"]
    assert "检查待发的提醒" in told["detail"]


def test_a_worker_notes_what_it_ran() -> None:
    from tracker.celery import note_end, note_start

    job: Any = jobs.sweep_digests
    note_start(sender=job)
    assert ScheduleRun.objects.get().failed
    note_end(sender=job, state="FAILURE")
    assert ScheduleRun.objects.get().failed
    note_end(sender=job, state="SUCCESS")
    assert not ScheduleRun.objects.get().failed
    note_start(sender=jobs.deliver_digest)
    assert ScheduleRun.objects.count() == 1


def test_why_mails_wait_is_said_before_they_are_given_up(
    digest: Digest, post: Post, keeper: User
) -> None:
    post.answer = "451 try again later"
    assert deliver(digest.pk, now=at(DUE)) != "dead"
    with time_machine.travel(at(DUE), tick=False):
        page = logged_in(keeper).get(reverse("deliveries")).text
    assert "最近一次失败（2026-10-10 09:00）的原因：" in page
    assert "451 try again later" in page


def test_the_newest_failure_is_told_and_how_many_failed_with_it(scene: Scene, keeper: User) -> None:
    """Not the last by the alphabet: what an operator mends is what happens now."""
    told = [("999 long ago", 9), ("451 busy", 10), ("101 no route", 11), ("101 no route", 12)]
    for n, (error, hour) in enumerate(told):
        Digest.objects.create(
            recipient=scene.officer,
            day=DUE - datetime.timedelta(days=n),
            run_after=at(DUE, 14),
            attempts=1,
            error=error,
            failed_at=at(DUE, hour),
        )
    mail = next(one for one in deliveries.queues(now=at(DUE, 13)) if one.channel == "email")
    assert (mail.reason, mail.failed_at) == ("101 no route", at(DUE, 12))
    assert (mail.failing, mail.same_reason) == (4, 2)
    with time_machine.travel(at(DUE, 13), tick=False):
        page = " ".join(logged_in(keeper).get(reverse("deliveries")).text.split())
    assert "待重试的4条中2条因此失败。" in page
    assert "999 long ago" not in page


def test_a_job_whose_hour_has_not_come_is_not_called_well(keeper: User) -> None:
    with time_machine.travel(at(DUE), tick=False):
        schedules.note_start("tasks.jobs.sweep_digests", now=at(DUE))
        assert "未到首次运行时间" in logged_in(keeper).get(reverse("deliveries")).text
