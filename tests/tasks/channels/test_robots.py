"""Group robots: what they are sent, what their answers mean, and how one is entered."""

import base64
import datetime
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tasks.models import Digest, Robot
from tasks.reminders import make_notices
from tasks.reminders.channels import CHANNELS, Message, Refused, To, Unreachable
from tasks.reminders.channels.dingtalk import signed
from tasks.reminders.delivery import deliver
from tasks.services import digests
from tasks.states import ChannelKind, DigestState
from tests.tasks.channels.conftest import Hook
from tests.tasks.reminders.conftest import DUE, Post, Scene, at
from units.models import AuditEntry, Office

MESSAGE = Message(id="<digest.1@x>", subject="题", text="文" * 3000)
ROBOTS = (ChannelKind.WECOM, ChannelKind.DINGTALK)

pytestmark = pytest.mark.django_db


def test_wecom_gets_a_text_within_its_bound(hook: Hook) -> None:
    CHANNELS[ChannelKind.WECOM].send(MESSAGE, To(hook.url))
    (call,) = hook.calls
    told = call.json()
    assert told["msgtype"] == "text"
    assert len(told["text"]["content"].encode()) <= 2048
    assert told["text"]["content"].endswith("文…")
    assert call.path == "/hook?key=secret-key-1234"


def test_dingtalk_is_signed(hook: Hook) -> None:
    CHANNELS[ChannelKind.DINGTALK].send(MESSAGE, To(hook.url, secret="SEC-abc"))
    asked = parse_qs(urlsplit(hook.calls[0].path).query)
    (milliseconds,), (sign,) = asked["timestamp"], asked["sign"]
    told = hmac.new(b"SEC-abc", f"{milliseconds}\nSEC-abc".encode(), hashlib.sha256).digest()
    assert sign == base64.b64encode(told).decode()
    now = datetime.datetime.now(datetime.UTC).timestamp() * 1000
    assert abs(int(milliseconds) - now) < 60_000


def test_the_sign_as_it_stands_in_the_address() -> None:
    """+, / and = of base64 are escaped."""
    found = signed("https://oapi.dingtalk.com/robot/send?access_token=x", "this is secret", 1)
    assert found.startswith("https://oapi.dingtalk.com/robot/send?access_token=x&timestamp=1&sign=")
    assert not set("+/=") & set(found.partition("&sign=")[2])
    assert signed("https://a.example/x", "", 1) == "https://a.example/x"


@pytest.mark.parametrize("kind", ROBOTS)
@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (500, b"", Unreachable, "HTTP 500"),
        (502, b"<html>", Unreachable, "HTTP 502"),
        (429, b"", Unreachable, "HTTP 429"),
        (302, b"", Refused, "HTTP 302"),
        (404, b"", Refused, "HTTP 404"),
        (200, b"<html>", Refused, "不是群机器人的应答"),
        (200, b"[]", Refused, "不是群机器人的应答"),
        (200, b'{"errcode": false}', Refused, "不是群机器人的应答"),
        (200, b'{"errcode": 93000, "errmsg": "invalid\\nurl"}', Refused, "93000"),
        (200, b'{"errcode": 310000, "errmsg": "sign not match"}', Refused, "sign not match"),
        (200, b'{"errcode": -1, "errmsg": "busy"}', Unreachable, "busy"),
    ],
)
def test_answers(
    hook: Hook, kind: ChannelKind, status: int, body: bytes, error: type[Exception], words: str
) -> None:
    hook.status, hook.body, hook.heads = status, body, {"Location": "http://127.0.0.1/"}
    with pytest.raises(error, match=words):
        CHANNELS[kind].send(MESSAGE, To(hook.url))
    assert len(hook.calls) == 1


@pytest.mark.parametrize(("kind", "code"), [("wecom", 45009), ("dingtalk", 130101)])
def test_too_fast_is_tried_again(hook: Hook, kind: str, code: int) -> None:
    hook.body = json.dumps({"errcode": code, "errmsg": "too fast"}).encode()
    with pytest.raises(Unreachable):
        CHANNELS[ChannelKind(kind)].send(MESSAGE, To(hook.url))


def test_an_inner_address_is_refused_also_when_it_is_sent(hook: Hook, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = []
    with pytest.raises(Refused, match="内部网络"):
        CHANNELS[ChannelKind.WECOM].send(MESSAGE, To(hook.url))
    assert not hook.calls


# --- entering one ---------------------------------------------------------------------------------


def office(scene: Scene) -> Office:
    found = scene.coordinator.memberships.get().office
    assert found is not None
    return found


def entered(scene: Scene, hook: Hook, **values: Any) -> Any:
    client = Client()
    client.force_login(scene.coordinator)
    body = {"office": office(scene).pk, "kind": "wecom", "name": "双碳群", "url": hook.url}
    return client.post(reverse("tasks:robots"), body | values)


def test_a_robot_is_tried_out_and_kept(scene: Scene, hook: Hook) -> None:
    assert entered(scene, hook).status_code == 302
    robot = Robot.objects.get()
    assert (robot.url, robot.name) == (hook.url, "双碳群")
    assert "已接通" in hook.calls[0].json()["text"]["content"]


def test_trials_are_bounded_whether_they_get_through_or_not(scene: Scene, hook: Hook) -> None:
    for _n in range(5):
        entered(scene, hook, kind="dingtalk")  # refused: no secret, or taken out again
        Robot.objects.all().delete()
    before = len(hook.calls)
    answer = entered(scene, hook)
    assert answer.status_code == 422
    assert "试发过于频繁" in answer.content.decode()
    assert len(hook.calls) == before
    assert not Robot.objects.exists()


def test_address_and_secret_are_shown_nowhere(scene: Scene, hook: Hook) -> None:
    answer = entered(scene, hook, kind="dingtalk", secret="SEC-0123456789")
    assert answer.status_code == 302
    client, api = Client(), APIClient()
    client.force_login(scene.coordinator)
    api.force_authenticate(scene.coordinator)
    page = client.get(reverse("tasks:robots")).content.decode()
    told = api.get("/api/v1/robots/").content.decode()
    log = str(list(AuditEntry.objects.filter(verb="robot.add").values()))
    for text in (page, told, log):
        assert "双碳群" in text
        assert "secret-key" not in text
        assert "SEC-0123456789" not in text
    assert "127.0.0.1…1234" in page


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (500, b"", "HTTP 500"),
        (301, b"", "不予跟随"),
        (200, b"hello", "不是群机器人的应答"),
        (200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}', "93000"),
    ],
)
def test_one_that_does_not_answer_as_robots_do(
    scene: Scene, hook: Hook, status: int, body: bytes, sentence: str
) -> None:
    hook.status, hook.body = status, body
    answer = entered(scene, hook)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "试发没有成功，没有保存" in text
    assert sentence in text
    assert not Robot.objects.exists()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://127.0.0.1/hook", "内部网络"),
        ("https://10.1.2.3/hook", "内部网络"),
        ("https://[::1]/hook", "内部网络"),
        ("http://8.8.8.8/hook", "https://"),
        ("不是网址", "这不是一个网址"),
    ],
)
@pytest.mark.usefixtures("outer")
def test_bad_addresses_get_a_sentence_and_no_call(scene: Scene, url: str, sentence: str) -> None:
    client, api = Client(), APIClient()
    client.force_login(scene.coordinator)
    api.force_authenticate(scene.coordinator)
    body = {"office": office(scene).pk, "kind": "wecom", "name": "群", "url": url}
    page = client.post(reverse("tasks:robots"), body)
    told = api.post("/api/v1/robots/", body, format="json")
    assert (page.status_code, told.status_code) == (422, 400)
    assert sentence in page.content.decode()
    assert sentence in told.content.decode()
    assert not Robot.objects.exists()


def test_names_are_told_apart_and_wecom_has_no_secret(scene: Scene, hook: Hook) -> None:
    entered(scene, hook)
    assert "已有名为“双碳群”的群机器人" in entered(scene, hook).content.decode()
    answer = entered(scene, hook, name="二群", secret="SEC")
    assert "没有加签密钥" in answer.content.decode()


def test_another_office_knows_nothing_of_it(scene: Scene, hook: Hook) -> None:
    entered(scene, hook)
    robot = Robot.objects.get()
    client = Client()
    client.force_login(scene.officer)
    assert client.get(reverse("tasks:robots")).status_code == 404
    assert client.post(reverse("tasks:robot_remove", args=[robot.pk])).status_code == 404


# --- the day's message ----------------------------------------------------------------------------


def test_the_day_goes_to_the_group_once_and_names_nobody(
    scene: Scene, hook: Hook, rung: list[Any], post: Post
) -> None:
    entered(scene, hook)
    hook.calls.clear()
    make_notices(today=DUE, now=at(DUE))
    make_notices(today=DUE, now=at(DUE, 10))
    digest = Digest.objects.get(robot__isnull=False)
    assert deliver(digest.pk, now=at(DUE)) == "sent"
    assert deliver(digest.pk, now=at(DUE)) == "not_due"
    (call,) = hook.calls
    text = call.json()["text"]["content"]
    assert "进展将到期：1件" in text
    for name in (scene.officer.name, scene.unit.name, scene.side.task.title):
        assert name not in text


def test_a_robot_that_is_away_holds_up_no_mail(
    scene: Scene, hook: Hook, rung: list[Any], post: Post
) -> None:
    entered(scene, hook)
    hook.status = 500
    make_notices(today=DUE, now=at(DUE))
    robots, mail = Digest.objects.get(channel="wecom"), Digest.objects.get(channel="email")
    assert deliver(robots.pk, now=at(DUE)) == "failed"
    assert deliver(mail.pk, now=at(DUE)) == "sent"
    robots.refresh_from_db()
    assert (robots.state, robots.error) == (DigestState.QUEUED, "对方暂不能接收（HTTP 500）。")
    hook.status = 200
    assert deliver(robots.pk, now=robots.run_after) == "sent"


def test_a_removed_robot_forgets_and_is_silent(
    scene: Scene, hook: Hook, rung: list[Any], post: Post
) -> None:
    entered(scene, hook)
    hook.calls.clear()
    make_notices(today=DUE, now=at(DUE))
    robot = Robot.objects.get()
    client = Client()
    client.force_login(scene.coordinator)
    assert client.post(reverse("tasks:robot_remove", args=[robot.pk])).status_code == 302
    robot.refresh_from_db()
    assert (robot.url, robot.secret) == ("", "")
    digest = Digest.objects.get(channel="wecom")
    assert deliver(digest.pk, now=at(DUE)) == "nothing_left"
    assert not hook.calls
    assert digests.make(today=DUE, now=at(DUE)) == 0
