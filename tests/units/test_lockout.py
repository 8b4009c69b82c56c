"""Five failures lock a name at an address for ten minutes, at both doors, known or not."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from tests.factories import NOW, PASSWORD, MembershipFactory, UserFactory
from units.models import AuditEntry, User
from units.services import locks
from units.states import Role

pytestmark = pytest.mark.django_db
HERE, THERE = "192.0.2.7", "192.0.2.8"
MINUTE = datetime.timedelta(minutes=1)
LOCKED = "登录连续失败5次，该用户名在本机所在地址已锁定，请10分钟后再试，或请安全管理员解除锁定。"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def page(name: str, tried: str = "x", address: str = HERE) -> Any:
    data = {"username": name, "password": tried}
    return Client().post("/login/", data, REMOTE_ADDR=address)


def api(name: str, tried: str = "x", address: str = HERE) -> Any:
    data = {"username": name, "password": tried}
    return APIClient().post("/api/v1/token/", data, format="json", REMOTE_ADDR=address)


def keeper() -> User:
    user: User = UserFactory()
    MembershipFactory(user=user, role=Role.SECURITY_ADMIN, unit=None)
    return user


@pytest.mark.parametrize("door", [page, api])
def test_the_fifth_failure_locks_and_the_right_password_does_not_help(door: Any) -> None:
    user = UserFactory()
    wrong = {page: 422, api: 401}[door]
    assert [door(user.username).status_code for _n in range(5)] == [wrong] * 4 + [429]
    for other in (page, api):
        answer = other(user.username, PASSWORD)
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "600"
        assert LOCKED in answer.text
    assert not AuditEntry.objects.filter(verb__in=["user.login", "token.issue"]).exists()
    assert page(user.username, PASSWORD, THERE).status_code == 302


def test_the_lock_ends_after_ten_minutes_however_often_one_tries(clock: Any) -> None:
    user = UserFactory()
    for _n in range(5):
        page(user.username)
    for _n in range(9):
        clock.shift(MINUTE)
        assert page(user.username).status_code == 429
    clock.shift(MINUTE + datetime.timedelta(seconds=1))
    assert page(user.username, PASSWORD).status_code == 302


def test_an_unknown_name_gets_the_same_answers() -> None:
    known = UserFactory(username="known").username
    answers = {}
    for name in (known, "nobody"):
        got = [page(name) for _n in range(6)]
        answers[name] = [
            (one.status_code, one.headers.get("Retry-After"), LOCKED in one.text) for one in got
        ]
    assert answers[known] == answers["nobody"]


def test_failures_are_forgotten_when_the_right_one_comes() -> None:
    user = UserFactory()
    for door, status in ((page, 302), (api, 200)):
        for _n in range(4):
            page(user.username)
        assert door(user.username, PASSWORD).status_code == status
    assert not AccessAttempt.objects.exists()


def test_width_and_case_of_the_name_make_no_new_count() -> None:
    for name in ("lead", "Lead", "ｌead", "LEAD"):
        assert page(name).status_code == 422
    assert page("lead").status_code == 429


def test_locking_and_unlocking_are_on_record(clock: Any) -> None:
    user = UserFactory(username="zhang")
    for _n in range(7):
        page("zhang")
    entry = AuditEntry.objects.get(verb="user.lock")
    assert (entry.object_id, entry.ip, entry.actor) == (str(user.pk), HERE, None)
    assert entry.after["username"] == "zhang"
    by = keeper()
    assert locks.release("zhang", by=by, now=NOW) == 1
    assert AuditEntry.objects.get(verb="user.unlock").actor == by
    assert page("zhang", PASSWORD).status_code == 302


def test_no_password_is_kept() -> None:
    page("lead", "my-secret-2026")
    api("lead", "my-secret-2026")
    kept = str(list(AccessAttempt.objects.values()))
    assert "lead" in kept
    assert "my-secret-2026" not in kept


def test_the_security_administrator_sees_and_unlocks(client: Client) -> None:
    UserFactory(username="zhang", name="张三")
    for name in ("zhang", "nobody"):
        for _n in range(5):
            page(name)
    client.force_login(keeper())
    text = client.get("/locks/").text
    assert "张三" in text
    assert "没有此用户" in text
    assert HERE in text
    answer = client.post("/locks/unlock/", {"name": "zhang"}, follow=True)
    assert "已解除用户名 zhang 的锁定" in answer.text
    assert "张三" not in answer.text
    again = client.post("/locks/unlock/", {"name": "zhang"}, follow=True)
    assert "已经到时解除" in again.text


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN, Role.OFFICER])
def test_nobody_else_does(client: Client, role: Role) -> None:
    user = UserFactory()
    MembershipFactory(user=user, role=role, **({} if role == Role.OFFICER else {"unit": None}))
    client.force_login(user)
    for _n in range(5):
        page("zhang")
    assert client.get("/locks/").status_code == 404
    assert client.post("/locks/unlock/", {"name": "zhang"}).status_code == 404
    assert len(locks.current(NOW)) == 1


def test_the_superuser_unlocks_by_command_alone_on_both_pages(client: Client) -> None:
    zhang = UserFactory(username="zhang")
    for _n in range(5):
        page("zhang")
    client.force_login(UserFactory(superuser=True))
    assert client.get("/locks/").status_code == 404
    assert client.post("/locks/unlock/", {"name": "zhang"}).status_code == 404
    assert client.post(f"/people/{zhang.pk}/unlock/").status_code == 404
    assert len(locks.current(NOW)) == 1


def test_a_locked_name_is_unlocked_by_command() -> None:
    for _n in range(5):
        page("zhang")
    call_command("unlock_person", "zhang")
    assert locks.current(NOW) == []
    with pytest.raises(CommandError, match="没有被锁定"):
        call_command("unlock_person", "zhang")


def test_where_nothing_locks_nobody_is_locked(settings: Any) -> None:
    settings.LOG_IN_FAILURES = settings.AXES_FAILURE_LIMIT = 0
    settings.AXES_LOCK_OUT_AT_FAILURE = False
    user = UserFactory()
    assert [page(user.username).status_code for _n in range(7)] == [422] * 7
    assert locks.current(NOW) == []
    assert page(user.username, PASSWORD).status_code == 302
