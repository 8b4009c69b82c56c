"""A person's own choice: two channels, one, or the list alone; and the site's gateway."""

import datetime
import hashlib
import hmac
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tasks.models import Carried, ChannelChoice, Digest, Notice
from tasks.reminders import make_notices
from tasks.reminders.delivery import deliver
from tasks.services import digests, pace
from tasks.services.channels import Choice, choose
from tasks.states import NoticeState
from tests.factories import ProgressReportFactory
from tests.tasks.channels.conftest import Hook
from tests.tasks.reminders.conftest import DUE, Post, Scene, at
from tracker.checks import check_gateway
from units.models import AuditEntry, User

MINUTE = datetime.timedelta(minutes=1)
BOTH = Choice(email=True, gateway=True, address="13800000000")

pytestmark = pytest.mark.django_db


def chosen(person: User, choice: Choice, day: datetime.date = DUE) -> None:
    choose(person, choice, by=person, today=day)


def test_two_channels_two_rows_each_once(
    scene: Scene, gateway: Hook, rung: list[Any], post: Post
) -> None:
    chosen(scene.officer, BOTH)
    make_notices(today=DUE, now=at(DUE))
    make_notices(today=DUE, now=at(DUE, 10))
    rows = {row.channel: row for row in Digest.objects.all()}
    assert rows.keys() == {"email", "gateway"}
    for row in rows.values():
        assert deliver(row.pk, now=at(DUE)) == "sent"
        assert deliver(row.pk, now=at(DUE)) == "not_due"
    assert (len(post.mails), len(gateway.calls)) == (1, 1)
    assert Carried.objects.count() == 2
    assert Notice.objects.get().state == NoticeState.SENT


def test_the_gateway_is_told_signed(
    scene: Scene, gateway: Hook, rung: list[Any], post: Post
) -> None:
    chosen(scene.officer, BOTH)
    make_notices(today=DUE, now=at(DUE))
    row = Digest.objects.get(channel="gateway")
    deliver(row.pk, now=at(DUE))
    (call,) = gateway.calls
    told = call.json()
    assert told["id"] == f"<digest.{row.pk}@tracker.example.org>" == call.heads["Idempotency-Key"]
    assert told["to"]["address"] == "13800000000"
    assert told["short"].startswith("请于10月10日当日填报“协同开发油气资源”2026年第3季度进展等1件")
    assert told["items"][0]["url"].startswith("https://tracker.example.org/")
    head = call.heads
    signed = ".".join((head["X-Tanzetong-Timestamp"], head["X-Tanzetong-Nonce"])).encode()
    mac = hmac.new(b"gateway-secret", signed + b"." + call.body, hashlib.sha256).hexdigest()
    assert head["X-Tanzetong-Signature"] == f"v1={mac}"


def test_one_that_fails_holds_up_no_other(
    scene: Scene, gateway: Hook, rung: list[Any], post: Post
) -> None:
    chosen(scene.officer, BOTH)
    gateway.status = 503
    make_notices(today=DUE, now=at(DUE))
    rows = {row.channel: row for row in Digest.objects.all()}
    assert deliver(rows["gateway"].pk, now=at(DUE)) == "failed"
    assert deliver(rows["email"].pk, now=at(DUE)) == "sent"
    assert Notice.objects.get().state == NoticeState.SENT
    gateway.status = 202
    again = Digest.objects.get(channel="gateway").run_after
    assert deliver(rows["gateway"].pk, now=again) == "sent"


def test_what_the_gateway_will_not_take_is_given_up_and_the_mail_goes(
    scene: Scene, gateway: Hook, rung: list[Any], post: Post
) -> None:
    chosen(scene.officer, BOTH)
    gateway.status = 422
    make_notices(today=DUE, now=at(DUE))
    rows = {row.channel: row for row in Digest.objects.all()}
    assert deliver(rows["gateway"].pk, now=at(DUE)) == "dead"
    assert deliver(rows["email"].pk, now=at(DUE)) == "sent"


def test_done_meanwhile_goes_out_on_none_and_what_was_sent_stays_sent(
    scene: Scene, gateway: Hook, rung: list[Any], post: Post
) -> None:
    chosen(scene.officer, BOTH)
    make_notices(today=DUE, now=at(DUE))
    rows = {row.channel: row for row in Digest.objects.all()}
    assert deliver(rows["email"].pk, now=at(DUE)) == "sent"
    ProgressReportFactory(
        responsibility=scene.side,
        period=scene.period,
        filled_by=scene.officer,
        submitted=True,
        submitted_at=at(DUE, 9),
    )
    assert deliver(rows["gateway"].pk, now=at(DUE, 10)) == "nothing_left"
    assert not gateway.calls
    assert Notice.objects.get().state == NoticeState.SENT


def test_the_list_alone(scene: Scene, rung: list[Any], post: Post) -> None:
    chosen(scene.officer, Choice(email=False))
    make_notices(today=DUE, now=at(DUE))
    row = Digest.objects.get()
    assert row.channel == "in_app"
    assert deliver(row.pk, now=at(DUE)) == "sent"
    assert not post.mails
    assert Notice.objects.get().state == NoticeState.SENT


def test_a_channel_begins_with_the_day_it_is_chosen(
    scene: Scene, gateway: Hook, rung: list[Any], post: Post
) -> None:
    """What was told before does not come again on it."""
    day = datetime.date(2026, 10, 9)
    make_notices(today=day, now=at(day))
    deliver(Digest.objects.get().pk, now=at(day))
    scene.another(task__due_on=DUE, task__title="另一件")
    chosen(scene.officer, BOTH)
    make_notices(today=DUE, now=at(DUE))
    deliver(Digest.objects.get(channel="gateway").pk, now=at(DUE))
    (call,) = gateway.calls
    told = {n.pk for n in Notice.objects.filter(made_on=DUE)}
    assert set(Carried.objects.filter(channel="gateway").values_list("notice", flat=True)) <= told
    assert call.json()["items"]


def test_a_gateway_that_the_site_gave_up_is_made_good_by_mail(
    scene: Scene, gateway: Hook, rung: list[Any], post: Post, settings: Any
) -> None:
    chosen(scene.officer, Choice(email=False, gateway=True, address="13800000000"))
    settings.GATEWAY_URL = ""
    make_notices(today=DUE, now=at(DUE))
    row = Digest.objects.get()
    assert (row.channel, deliver(row.pk, now=at(DUE))) == ("email", "sent")


# --- page and API ---------------------------------------------------------------------------------


def test_choosing_on_the_page(scene: Scene, gateway: Hook) -> None:
    client = Client()
    client.force_login(scene.officer)
    page = reverse("tasks:channels")
    assert "短信" in client.get(page).content.decode()
    answer = client.post(page, {"gateway": "on", "address": "13800000000"})
    assert answer.status_code == 302
    kept = {row.channel: (row.is_on, row.address) for row in ChannelChoice.objects.all()}
    assert kept == {"email": (False, ""), "gateway": (True, "13800000000")}
    assert "13800000000" in client.get(page).content.decode()
    assert "13800000000" not in str(list(AuditEntry.objects.values()))
    assert client.post(page, {}).status_code == 302
    assert not ChannelChoice.objects.filter(is_on=True).exists()


def test_mail_needs_an_address(scene: Scene) -> None:
    chosen(scene.officer, Choice(email=False))
    User.objects.filter(pk=scene.officer.pk).update(email="")
    api = APIClient()
    api.force_authenticate(User.objects.get(pk=scene.officer.pk))
    told = api.put("/api/v1/own-channels/", {"email": True}, format="json")
    assert told.status_code == 400
    assert "还没有登记邮箱" in told.content.decode()


def test_the_api_tells_what_holds(scene: Scene, gateway: Hook) -> None:
    api = APIClient()
    api.force_authenticate(scene.officer)
    begun = {"email": True, "gateway": False, "address": ""}
    assert api.get("/api/v1/own-channels/").json() == begun
    body = {"email": False, "gateway": True, "address": "13800000000"}
    assert api.put("/api/v1/own-channels/", body, format="json").json() == body


def test_without_a_gateway_there_is_none_to_choose(scene: Scene, settings: Any) -> None:
    settings.GATEWAY_URL = ""
    client = Client()
    client.force_login(scene.officer)
    assert 'name="gateway"' not in client.get(reverse("tasks:channels")).content.decode()
    with pytest.raises(Exception, match="本站没有设置这种方式"):
        chosen(scene.officer, BOTH)


# --- rate and rest --------------------------------------------------------------------------------


def test_the_rate_is_kept_and_nothing_is_lost(
    scene: Scene, rung: list[Any], post: Post, settings: Any
) -> None:
    settings.MAILS_PER_MINUTE = 1
    day = datetime.date(2026, 10, 20)  # officer, signer and office are told
    make_notices(today=day, now=at(day))
    first, *others = Digest.objects.order_by("pk")
    assert others
    assert deliver(first.pk, now=at(day)) == "sent"
    assert [deliver(other.pk, now=at(day)) for other in others] == ["over_rate"] * len(others)
    for n, other in enumerate(others, 1):
        assert deliver(other.pk, now=at(day) + n * MINUTE) == "sent"
    assert len(post.mails) == 1 + len(others)


def test_a_channel_that_is_away_rests_and_keeps_no_worker(
    scene: Scene, gateway: Hook, rung: list[Any], post: Post
) -> None:
    chosen(scene.officer, BOTH)
    gateway.status = 500
    make_notices(today=DUE, now=at(DUE))
    row, mail = Digest.objects.get(channel="gateway"), Digest.objects.get(channel="email")
    for _n in range(pace.TROUBLES):
        pace.trouble(row, now=at(DUE))
    assert deliver(row.pk, now=at(DUE)) == "resting"
    assert not gateway.calls
    row.refresh_from_db()
    assert row.attempts == 0
    assert deliver(mail.pk, now=at(DUE)) == "sent"
    assert deliver(row.pk, now=at(DUE) + pace.REST) == "failed"


def test_the_sweep_rings_by_channel(
    scene: Scene, gateway: Hook, rung: list[Any], settings: Any
) -> None:
    """A long queue on one keeps no other's from their turn."""
    settings.GATEWAY_PER_MINUTE = settings.MAILS_PER_MINUTE = 2
    for n in range(5):
        day = DUE - datetime.timedelta(days=n)
        told = {"recipient": scene.officer, "day": day, "run_after": at(day)}
        Digest.objects.create(channel="gateway", **told)
    mail = Digest.objects.create(recipient=scene.officer, day=DUE, run_after=at(DUE))
    rung.clear()
    assert digests.sweep(now=at(DUE)) == 2
    assert ("tasks.jobs.deliver_digest", (mail.pk,)) in rung


@pytest.mark.parametrize(
    ("url", "secret", "told"),
    [
        ("", "", set()),
        ("https://8.8.8.8/x", "s" * 32, set()),
        ("https://8.8.8.8/x", "short", {"tracker.E009"}),
        ("https://10.0.0.1/x", "s" * 32, {"tracker.E008"}),
        ("http://8.8.8.8/x", "s" * 32, {"tracker.E008"}),
    ],
)
@pytest.mark.usefixtures("outer")
def test_a_gateway_that_cannot_be_is_said_at_the_start(
    settings: Any, url: str, secret: str, told: set[str]
) -> None:
    settings.GATEWAY_URL, settings.GATEWAY_SECRET = url, secret
    assert {problem.id for problem in check_gateway()} == told
