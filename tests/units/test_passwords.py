"""A password: what it must be, how long it serves, and that a first one is changed before all."""

import datetime
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from rest_framework.test import APIClient

from tests.factories import NOW, PASSWORD, TODAY, UserFactory
from units.models import AuditEntry, UsedPassword, User
from units.services import passwords, tokens
from units.validators import classes

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
NEW = "Niu-bi-Plan-2026"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def given(user: User, password: str, *, now: datetime.datetime = NOW, temporary: bool = False):
    return passwords.set_password(user, password, by=None, now=now, temporary=temporary)


@pytest.mark.parametrize(
    ("password", "number"),
    [("", 0), ("abc", 1), ("Abc", 2), ("Abc1", 3), ("Abc1-", 4), ("密码", 1), ("密码aA1", 4)],
)
def test_classes_are_counted(password: str, number: int) -> None:
    assert classes(password) == number


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("aB3-x", "密码太短：至少8个字符。"),
        ("horsebattery", "密码须含大写字母、小写字母、数字、符号四类中的至少3类。"),
        ("horse-battery", "密码须含"),
        ("HORSE-BATTERY", "密码须含"),
    ],
)
def test_a_weak_one_is_refused_with_a_sentence(password: str, sentence: str) -> None:
    user = UserFactory()
    with pytest.raises(ValidationError, match=sentence):
        given(user, password)
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    assert not UsedPassword.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_last_three_are_not_taken_again_but_the_fourth_is() -> None:
    user = UserFactory()
    row = ["First-pass-1", "Second-pass-2", "Third-pass-3", "Fourth-pass-4"]
    for number, password in enumerate(row):
        given(user, password, now=NOW + number * DAY)
    for password in row[1:]:
        with pytest.raises(ValidationError, match="最近3次"):
            given(user, password, now=NOW + 9 * DAY)
    assert user.used_passwords.count() == 3
    given(user, row[0], now=NOW + 9 * DAY)
    assert not any(UsedPassword.objects.filter(password__contains="pass-"))


def test_one_set_before_they_were_kept_is_not_taken_again_either() -> None:
    with pytest.raises(ValidationError, match="最近3次"):
        given(UserFactory(), PASSWORD)


@pytest.mark.parametrize("days", [0, 1, 75, 76, 83, 87, 89, 90, 91, 400])
def test_method_and_word_agree_on_when_a_password_ends(days: int) -> None:
    user = UserFactory(password_set_at=NOW)
    today = TODAY + days * DAY
    assert user.password_expires_on == TODAY + 90 * DAY
    assert user.password_is_expired(today) == (days >= 90)
    for ahead in (0, 14):
        by = today + ahead * DAY
        assert User.objects.password_expires_by(by).contains(user) == user.password_is_expired(by)


@pytest.mark.parametrize("days", [0, 89, 90, 91, 92, 400])
@pytest.mark.parametrize("came_in", [True, False])
def test_method_and_word_agree_on_what_is_unused(days: int, came_in: bool) -> None:
    user = UserFactory(date_joined=NOW - 500 * DAY if came_in else NOW)
    user.last_login = NOW if came_in else None
    user.save()
    today = TODAY + days * DAY
    assert user.is_unused(today) == (days > 90)
    assert User.objects.unused(today).contains(user) == user.is_unused(today)


def test_where_passwords_do_not_end_none_does(settings: Any) -> None:
    settings.PASSWORD_MAX_AGE_DAYS = 0
    user = UserFactory(password_set_at=NOW - 5000 * DAY)
    assert user.password_expires_on is None
    assert not User.objects.password_expires_by(TODAY).exists()
    assert passwords.days_left(user, TODAY) is None


def test_a_first_password_leads_every_page_to_its_change(client: Client) -> None:
    user = UserFactory()
    given(user, "First-pass-1", temporary=True)
    page = {"username": user.username, "password": "First-pass-1", "next": "/notices/"}
    assert client.post("/login/", page).headers["Location"] == "/notices/"
    for address in ("/", "/tasks/", "/api/docs/"):
        answer = client.get(address)
        assert answer.headers["Location"].startswith("/password/?next=")
    assert client.get("/api/v1/tasks/").status_code == 403
    assert "请先在网页上设置自己的密码" in client.get("/api/v1/tasks/").json()["detail"]
    part = client.get("/tasks/", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"].startswith("/password/")
    assert "这是初始密码或重置后的密码" in client.get("/password/").text
    assert client.post("/language/", {"language": "en"}).status_code == 302
    data = {"old_password": "First-pass-1", "new_password1": NEW, "new_password2": NEW}
    answer = client.post("/password/", data | {"next": "/notices/"})
    assert answer.headers["Location"] == "/notices/"
    assert client.get("/notices/").status_code == 200
    user.refresh_from_db()
    assert (user.must_change_password, user.password_set_at) == (False, NOW)


def test_who_has_a_first_password_can_leave(client: Client) -> None:
    user = UserFactory(must_change_password=True)
    client.force_login(user)
    assert client.post("/logout/").headers["Location"] == "/login/"


def test_a_first_password_gets_no_token_and_keeps_none() -> None:
    user = UserFactory()
    token, _expiry = tokens.issue(user)
    user.must_change_password = True
    user.save()
    api = APIClient(headers={"Authorization": f"Token {token}"})
    assert api.get("/api/v1/tasks/").status_code == 403
    form = {"username": user.username, "password": PASSWORD}
    answer = APIClient().post("/api/v1/token/", form, format="json")
    assert answer.status_code == 403
    assert "请先在网页上设置自己的密码" in answer.json()["detail"]


def test_one_that_ended_is_announced_first_and_then_changed(client: Client, clock: Any) -> None:
    user = UserFactory(password_set_at=NOW)
    seen = {}
    for days in (75, 76, 83, 89, 90):
        clock.move_to(NOW + days * DAY)
        fresh = Client()
        fresh.force_login(user)
        answer = fresh.get("/")
        seen[days] = (answer.status_code, "您的登录密码还有" in answer.text)
    assert seen == {75: (200, False), 76: (200, True), 83: (200, True), 89: (200, True),
                    90: (302, False)}  # fmt: skip
    fresh = Client()
    fresh.force_login(user)
    assert "密码已过有效期，请设置新密码" in fresh.get("/password/").text


def test_the_demo_keeps_its_own_rules() -> None:
    from tracker.lib import demo

    given(UserFactory(username="lead"), demo.PASSWORD)


def test_a_made_password_keeps_the_rules() -> None:
    for _n in range(200):
        assert classes(passwords.make_first()) >= 3
