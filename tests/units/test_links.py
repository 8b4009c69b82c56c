"""A password set through a link: used once, for a while, and told by no log."""

import datetime
import io
import logging
import re
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from tests.factories import NOW, PASSWORD, UnitFactory, UserFactory
from tracker.lib.logs import NoLinks
from units.models import AuditEntry, User
from units.services import links, passwords

pytestmark = pytest.mark.django_db
NEW = "Niu-bi-Plan-2026"
FORM = {"new_password1": NEW, "new_password2": NEW}


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def path_of(user: User) -> str:
    return "/" + links.set_password_link(user).split("/", 3)[3]


def opened(client: Client, path: str) -> Any:
    """The page after the link has led to it."""
    return client.get(path, follow=True)


def test_a_link_sets_the_password_once_and_its_token_leaves_the_address(client: Client) -> None:
    user = UserFactory(name="张三", username="zhang")
    path = path_of(user)
    page = opened(client, path)
    assert "为 张三（用户名 zhang）设置密码" in page.text
    own = page.request["PATH_INFO"]
    assert path.split("/")[-2] not in own + page.text
    answer = client.post(own, FORM)
    assert answer.headers["Location"] == "/login/"
    assert Client().login(username="zhang", password=NEW)
    assert "链接无效" in opened(Client(), path).text
    assert "链接无效" in opened(client, own).text
    entry = AuditEntry.objects.get(verb="user.password")
    assert (entry.actor, NEW in str(entry.after)) == (user, False)


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_set(client: Client) -> None:
    user = UserFactory()
    own = opened(client, path_of(user)).request["PATH_INFO"]
    answer = client.post(own, {"new_password1": "short", "new_password2": "short"})
    assert answer.status_code == 422
    assert "密码太短" in answer.text
    used = client.post(own, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert "最近3次" in used.text
    assert client.post(own, FORM).status_code == 302


def test_a_link_ends_by_time_reset_log_in_and_closing(clock: Any) -> None:
    def void(change: Any) -> bool:
        user = UserFactory()
        path = path_of(user)
        assert "设置密码" in opened(Client(), path).text
        change(user)
        text = opened(Client(), path).text
        clock.move_to(NOW)
        return "链接无效" in text

    def close(user: User) -> None:
        User.objects.filter(pk=user.pk).update(is_active=False)

    assert void(lambda user: clock.shift(datetime.timedelta(hours=72, seconds=1)))
    assert not void(lambda user: clock.shift(datetime.timedelta(hours=72)))
    assert void(lambda user: passwords.withdraw(user, by=None))
    assert void(lambda user: Client().force_login(user))
    assert void(close)


def test_a_made_up_link_says_so(client: Client) -> None:
    for path in ("/password/link/MQ/x-y/", "/password/link/_/set-password/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "链接无效" in answer.text


def test_the_commands_print_a_link() -> None:
    UnitFactory(name="重庆市能源局")
    out = io.StringIO()
    role = ["--role", "officer", "--in", "重庆市能源局"]
    call_command("add_person", "zhang", "--name", "张三", *role, "--link", stdout=out)
    user = User.objects.get(username="zhang")
    assert not user.has_usable_password()
    found = re.search(r"https?://[^/]+(/password/link/\S+)", out.getvalue())
    assert found is not None
    own = opened(Client(), found[1]).request["PATH_INFO"]
    call_command("reset_password", "zhang", "--link", stdout=out)
    assert "链接无效" in opened(Client(), found[1]).text
    assert own.endswith("/set-password/")
    verbs = AuditEntry.objects.filter(object_id=str(user.pk)).values_list("verb", flat=True)
    assert list(verbs).count("user.password_link") == 2


def test_administrators_are_added_without_a_body() -> None:
    out = io.StringIO()
    call_command("add_person", "an", "--name", "安", "--role", "security_admin", stdout=out)
    assert User.objects.get(username="an").must_change_password
    assert User.objects.get(username="an").memberships.get().role == "security_admin"


def test_no_log_line_holds_a_link() -> None:
    record = logging.LogRecord(
        "django.request", 30, "x", 1, "Not Found: %s", ("/password/link/MQ/abc-123/?a",), None
    )
    assert NoLinks().filter(record)
    assert "abc-123" not in record.getMessage()
    assert "/password/link/" in record.getMessage()
