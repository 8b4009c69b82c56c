"""Tokens: given for name and password, hashed, expiring, ended at will."""

import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken
from rest_framework.test import APIClient

from tests import factories as make
from units.models import AuditEntry
from units.services import tokens

URL = "/api/v1/token/"
pytestmark = pytest.mark.django_db


def ask(username: str, password: str) -> Any:
    return APIClient().post(
        URL, {"username": username, "password": password}, format="json", REMOTE_ADDR="10.0.0.1"
    )


def test_a_token_opens_the_api_until_it_is_ended() -> None:
    user = make.UserFactory(username="lead")
    answer = ask("lead", make.PASSWORD)
    assert answer.status_code == 200
    assert set(answer.data) == {"token", "expiry"}
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {answer.data['token']}")
    assert client.get("/api/v1/tasks/").status_code == 200
    assert not AuthToken.objects.filter(digest__contains=answer.data["token"]).exists()
    assert client.delete(URL).status_code == 204
    assert client.get("/api/v1/tasks/").status_code == 401
    verbs = AuditEntry.objects.filter(actor=user).order_by("id").values_list("verb", "source")
    assert list(verbs) == [("token.issue", "api"), ("token.end", "api")]


def test_a_token_expires() -> None:
    user = make.UserFactory()
    token, expiry = tokens.issue(user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    with time_machine.travel(expiry - datetime.timedelta(minutes=1)):
        assert client.get("/api/v1/tasks/").status_code == 200
    with time_machine.travel(expiry + datetime.timedelta(minutes=1)):
        assert client.get("/api/v1/tasks/").status_code == 401


def test_unknown_wrong_and_switched_off_get_the_same_answer() -> None:
    make.UserFactory(username="known")
    make.UserFactory(username="off", is_active=False)
    answers = [ask("known", "wrong"), ask("unknown", "wrong"), ask("off", make.PASSWORD)]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert len({str(answer.data) for answer in answers}) == 1
    assert not AuthToken.objects.exists()
    assert AuditEntry.objects.filter(verb="user.login_failed").count() == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "username"),
        ({"username": "lead"}, "password"),
        ({"username": "le\x00ad", "password": "x"}, "username"),
        ({"username": ["lead"], "password": "x"}, "username"),
        ({"username": "lead", "password": "x", "is_superuser": True}, "is_superuser"),
    ],
)
def test_a_wrong_body_is_refused_by_field(body: dict[str, object], field: str) -> None:
    answer = APIClient().post(URL, body, format="json")
    assert answer.status_code == 400
    assert field in answer.data


def test_trying_is_throttled() -> None:
    answers = [ask(f"unknown-{n}", "x").status_code for n in range(25)]
    assert answers[:20] == [401] * 20
    assert answers[20:] == [429] * 5


@pytest.mark.parametrize(
    "header", ["Token", "Token x y", "Token \xff", "Token nonsense", "Token " + "0" * 64]
)
def test_a_header_that_is_no_token_is_401(header: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    answer = client.get("/api/v1/tasks/")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Token"
    assert "令牌" in answer.data["detail"]


def test_the_oldest_token_ends_beyond_the_limit() -> None:
    user = make.UserFactory()
    first, _expiry = tokens.issue(user)
    for _number in range(tokens.LIMIT):
        tokens.issue(user)
    assert AuthToken.objects.filter(user=user).count() == tokens.LIMIT
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {first}")
    assert client.get("/api/v1/tasks/").status_code == 401


def test_all_tokens_of_a_person_can_be_ended() -> None:
    user = make.UserFactory()
    tokens.issue(user)
    tokens.issue(user)
    assert tokens.end_all(user, by=user) == 2
    assert tokens.end_all(user, by=user) == 0
    assert not AuthToken.objects.filter(user=user).exists()


def test_a_session_opens_the_api_but_writes_need_the_csrf_token() -> None:
    user = make.UserFactory()
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.get("/api/v1/tasks/").status_code == 200
    assert client.post("/api/v1/progress/", {}, format="json").status_code == 403


def test_a_new_password_ends_the_tokens() -> None:
    user = make.UserFactory()
    token, _expiry = tokens.issue(user)
    browser = Client()
    browser.force_login(user)
    new = "another-horse-2026"
    form = {"old_password": make.PASSWORD, "new_password1": new, "new_password2": new}
    assert browser.post(reverse("password_change"), form).status_code == 302
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/tasks/").status_code == 401


def test_calls_pass_while_the_cache_is_down(settings: Any) -> None:
    token, _expiry = tokens.issue(make.UserFactory(username="lead"))
    dead = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": dead}
    assert ask("lead", make.PASSWORD).status_code == 200
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/tasks/").status_code == 200
