"""How often one may try to log in, at either door, and what of it is on record."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from tests.factories import NOW, PASSWORD, UserFactory
from units.models import AuditEntry
from units.services import access

pytestmark = pytest.mark.django_db
HERE, THERE = "192.0.2.7", "192.0.2.8"
MINUTE = datetime.timedelta(minutes=1)
TOKEN = "/api/v1/token/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def page(name: str, tried: str = "x", address: str = HERE, **headers: str) -> Any:
    data = {"username": name, "password": tried}
    return Client().post("/login/", data, REMOTE_ADDR=address, headers=headers)


def api(name: str, tried: str = "x", address: str = HERE, **headers: str) -> Any:
    data = {"username": name, "password": tried}
    return APIClient().post(TOKEN, data, format="json", REMOTE_ADDR=address, headers=headers)


@pytest.mark.parametrize("last", [page, api])
def test_both_doors_have_one_budget_for_an_address(last: Any) -> None:
    user = UserFactory()
    answers = [door(f"n{n}").status_code for n in range(10) for door in (page, api)]
    assert answers == [422, 401] * 10
    assert last(user.username, PASSWORD).status_code == 429
    assert last(user.username, PASSWORD, THERE).status_code in {200, 302}


@pytest.mark.parametrize("last", [page, api])
def test_both_doors_have_one_budget_for_a_name(last: Any) -> None:
    user = UserFactory(username="Lead")
    for n in range(10):
        page("Lead", address=f"198.51.100.{n}")
        api("ｌead", address=f"203.0.113.{n}")  # names are compared without width and case
    assert last("Lead", PASSWORD, THERE).status_code == 429
    other = UserFactory()
    assert last(other.username, PASSWORD, THERE).status_code in {200, 302}
    assert not AuditEntry.objects.filter(verb="user.login", actor=user).exists()


def test_whether_the_name_exists_makes_no_difference() -> None:
    known = UserFactory().username
    for name in (known, "unknown"):
        answers = [page(name, address=f"198.51.100.{n}").status_code for n in range(25)]
        assert answers == [422] * 20 + [429] * 5
    sentences = {api(name, address=THERE).json()["detail"] for name in (known, "unknown")}
    assert len(sentences) == 1


def test_the_answer_says_how_long_to_wait(clock: Any) -> None:
    clock.move_to(NOW + datetime.timedelta(seconds=18))
    for n in range(20):
        page(f"n{n}")
    refused = page("lead")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "42"
    assert "登录尝试过于频繁，请42秒后再试。" in refused.text
    assert 'value="lead"' in refused.text
    told = api("lead")
    assert told.headers["Retry-After"] == "42"
    assert told.json() == {"detail": "登录尝试过于频繁，请42秒后再试。"}
    english = api("lead", **{"Accept-Language": "en"}).json()["detail"]
    assert english.isascii()
    assert "42" in english


def test_the_next_minute_is_open_again(clock: Any) -> None:
    user = UserFactory()
    for n in range(21):
        page(user.username, address=f"198.51.100.{n}")
    assert page(user.username, PASSWORD).status_code == 429
    clock.shift(MINUTE)
    assert page(user.username, PASSWORD).status_code == 302


def test_beyond_the_limit_no_password_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(20):
        page(f"n{n}")
    looked: list[object] = []
    monkeypatch.setattr("django.contrib.auth.forms.authenticate", lambda *a, **k: looked.append(k))
    monkeypatch.setattr("units.api.tokens.authenticate", lambda *a, **k: looked.append(k))
    page("lead")
    api("lead")
    assert looked == []


def test_one_address_beyond_its_limit_does_not_use_up_a_persons_name() -> None:
    user = UserFactory()
    for n in range(20):
        page(f"n{n}")
    for _n in range(30):
        page(user.username)
    assert page(user.username, PASSWORD, THERE).status_code == 302


@pytest.mark.parametrize("door", [page, api])
def test_a_name_locked_at_one_address_comes_in_from_another(door: Any) -> None:
    user = UserFactory()
    for _n in range(20):
        door(user.username)
    assert door(user.username, PASSWORD, THERE).status_code in {200, 302}


@pytest.mark.parametrize("first", [page, api])
@pytest.mark.parametrize("door", [page, api])
def test_where_the_name_has_come_in_strangers_do_not_keep_it_out(
    first: Any, door: Any, clock: Any
) -> None:
    user = UserFactory(username="Lead")
    assert first("Lead", PASSWORD).status_code in {200, 302}
    for _minute in range(3):
        clock.shift(MINUTE)
        for n in range(30):
            page("lead", address=f"198.51.100.{n}")
        assert door("Lead", PASSWORD, THERE).status_code == 429
        assert door(user.username, PASSWORD).status_code in {200, 302}
    # The lock holds there all the same, and another name is not known there.
    for _n in range(5):
        door("Lead")
    assert door("Lead", PASSWORD).status_code == 429
    for n in range(20):
        page("other", address=f"198.51.100.{n + 50}")
    assert door("other", PASSWORD).status_code == 429


def failed() -> list[tuple[str, str, int]]:
    rows = AuditEntry.objects.filter(verb="user.login_failed").order_by("id")
    return [(row.ip or "", row.after["username"], row.after["count"]) for row in rows]


def test_failures_are_on_record_once_a_minute_with_their_number(clock: Any) -> None:
    for _n in range(7):
        page("lead")
    api("lead")
    page("other")
    page("lead", address=THERE)
    assert failed() == [(HERE, "lead", 1), (HERE, "other", 1), (THERE, "lead", 1)]
    clock.shift(MINUTE)
    page("lead")
    page("lead")
    assert failed()[3:] == [(HERE, "lead", 8)]  # seven of the minute before, and this one


def test_nobody_fills_the_log() -> None:
    for n in range(100):
        page(f"n{n}")
        page(f"blank{n}", "")
    assert len(failed()) == access.LIMIT


def test_people_come_in_while_the_cache_is_down(settings: Any) -> None:
    user = UserFactory()
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert page(user.username, PASSWORD).status_code == 302
    assert page(user.username).status_code == 422
    assert failed() == [(HERE, user.username, 1)]


@pytest.fixture
def proxies(settings: Any) -> Any:
    def made(number: int) -> None:
        settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": number}

    return made


FORWARDED = [
    (0, "198.51.100.1", HERE),
    (1, None, HERE),
    (1, "198.51.100.1", "198.51.100.1"),
    (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
    (2, "203.0.113.9, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
    (2, "198.51.100.1", HERE),
    (1, "198.51.100.1:4711", "198.51.100.1"),
    (1, "[2001:db8::7]:443", "2001:db8::7"),
    (1, "2001:db8::7", "2001:db8::7"),
    (1, "::ffff:198.51.100.1", "198.51.100.1"),
    (1, "fe80::1%eth0", "fe80::1"),
    (1, "unknown", HERE),
    (1, "'; DROP TABLE", HERE),
    (1, "", HERE),
]


@pytest.mark.parametrize(("number", "header", "expected"), FORWARDED)
def test_the_address_on_record_is_the_one_that_the_proxies_saw(
    proxies: Any, number: int, header: str | None, expected: str
) -> None:
    proxies(number)
    headers = {} if header is None else {"X-Forwarded-For": header}
    page("lead", **headers)
    assert failed() == [(expected, "lead", 1)]


def test_a_connection_without_an_address_is_let_in() -> None:
    user = UserFactory()
    assert page(user.username, PASSWORD, "").status_code == 302
    assert AuditEntry.objects.get(verb="user.login").ip is None


@pytest.mark.parametrize("door", [page, api])
def test_the_budget_is_the_clients_not_the_proxys(proxies: Any, door: Any) -> None:
    proxies(1)
    for n in range(20):
        door(f"n{n}", **{"X-Forwarded-For": "198.51.100.1"})
    assert door("x", **{"X-Forwarded-For": "203.0.113.9, 198.51.100.1"}).status_code == 429
    assert door("x", **{"X-Forwarded-For": "198.51.100.2"}).status_code != 429


def test_calls_without_log_in_are_counted_by_the_same_address(proxies: Any) -> None:
    proxies(1)

    def ask(address: str) -> int:
        answer = APIClient().post(
            TOKEN, {}, format="json", headers={"X-Forwarded-For": f"203.0.113.9, {address}"}
        )
        return int(answer.status_code)

    assert [ask("198.51.100.1") for _n in range(61)] == [400] * 60 + [429]
    assert ask("198.51.100.2") == 400
