"""The second factor: asked of administrators, taken once, replaceable, and never by token."""

import datetime
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.test import APIClient

from tests.factories import NOW, PASSWORD, MembershipFactory, UserFactory
from units.models import AuditEntry, User
from units.services import second_factor, tokens
from units.states import Role

pytestmark = pytest.mark.django_db
STEP = datetime.timedelta(seconds=30)


@pytest.fixture(autouse=True)
def clock(settings: Any) -> Iterator[Any]:
    settings.REQUIRE_SECOND_FACTOR = True
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def admin() -> User:
    user: User = UserFactory()
    MembershipFactory(user=user, role=Role.SECURITY_ADMIN, unit=None)
    return user


def code_of(user: User) -> str:
    return f"{totp(TOTPDevice.objects.get(user=user).bin_key):06d}"


def enter(client: Client, user: User, address: str = "/locks/") -> Any:
    """Log in by name and password and go where that leads."""
    form = {"username": user.username, "password": PASSWORD, "next": address}
    return client.post("/login/", form, follow=True)


def set_up(client: Client, user: User) -> list[str]:
    """Set up an authenticator in the session; return the recovery codes."""
    enter(client, user)
    client.get("/second-factor/set-up/")
    key = bytes.fromhex(client.session["second_factor_secret"])
    answer = client.post("/second-factor/set-up/", {"code": f"{totp(key):06d}"})
    return re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text)


def test_without_one_every_page_leads_to_setting_it_up(client: Client, admin: User) -> None:
    page = enter(client, admin)
    assert page.request["PATH_INFO"] == "/second-factor/set-up/"
    assert 'src="data:image/svg+xml' in page.text
    secret = client.session["second_factor_secret"]
    assert second_factor.as_typed(secret) in page.text
    assert client.get("/second-factor/").headers["Location"] == "/second-factor/set-up/"
    assert client.get("/api/v1/tasks/").status_code == 403
    wrong = client.post("/second-factor/set-up/", {"code": "000000"})
    assert wrong.status_code == 422
    assert client.session["second_factor_secret"] == secret
    assert not TOTPDevice.objects.exists()


def test_the_code_lets_in_once_and_the_recovery_codes_are_shown_once(
    client: Client, admin: User, clock: Any
) -> None:
    codes = set_up(client, admin)
    assert len(set(codes)) == 8
    assert client.get("/locks/").status_code == 200
    assert client.get("/second-factor/set-up/").status_code == 302
    assert not StaticToken.objects.filter(token__in=[c.replace("-", "") for c in codes]).exists()

    clock.shift(STEP)
    second = Client()
    assert enter(second, admin).request["PATH_INFO"] == "/second-factor/"
    assert second.get("/locks/").status_code == 302
    code = code_of(admin)
    before = second.session.session_key
    form = {"code": code, "next": "/locks/"}
    assert second.post("/second-factor/", form).headers["Location"] == "/locks/"
    assert second.session.session_key != before
    assert second.get("/locks/").status_code == 200
    third = Client()
    enter(third, admin)
    assert third.post("/second-factor/", form).status_code == 422  # used already
    assert third.get("/locks/").status_code == 302
    verbs = AuditEntry.objects.filter(actor=admin).values_list("verb", flat=True)
    assert "user.second_factor" in verbs
    assert AuditEntry.objects.filter(after__second_factor="code").exists()
    failed = AuditEntry.objects.get(verb="user.login_failed")
    assert failed.after == {"username": admin.username, "count": 1, "second_factor": True}


def test_a_recovery_code_serves_once(client: Client, admin: User, clock: Any) -> None:
    first, *_rest = set_up(client, admin)
    for status in (302, 422):
        clock.shift(STEP)
        other = Client()
        enter(other, admin)
        typed = {"code": f" {first.upper()} "}
        assert other.post("/second-factor/", typed).status_code == status
    assert second_factor.codes_left(admin) == 7


def test_guessing_has_to_wait_ever_longer(client: Client, admin: User, clock: Any) -> None:
    set_up(client, admin)
    clock.shift(STEP)
    other = Client()
    enter(other, admin)
    for _n in range(5):
        other.post("/second-factor/", {"code": "000000"})
    assert other.post("/second-factor/", {"code": code_of(admin)}).status_code == 422
    clock.shift(datetime.timedelta(seconds=60))
    assert other.post("/second-factor/", {"code": code_of(admin)}).status_code == 302


def test_never_to_another_host(client: Client, admin: User, clock: Any) -> None:
    set_up(client, admin)
    clock.shift(STEP)
    other = Client()
    enter(other, admin)
    form = {"code": code_of(admin), "next": "https://evil.example/"}
    assert other.post("/second-factor/", form).headers["Location"] == "/"


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_all_three_administrators_and_superusers_need_it(role: Role) -> None:
    user = UserFactory()
    assert not second_factor.is_required(user)
    MembershipFactory(user=user, role=role, unit=None)
    assert second_factor.is_required(User.objects.get(pk=user.pk))
    assert second_factor.is_required(UserFactory(superuser=True))


def test_others_are_not_asked(client: Client) -> None:
    user = MembershipFactory().user
    assert enter(client, user, "/notices/").status_code == 200
    assert client.get("/second-factor/").status_code == 404
    assert client.get("/second-factor/set-up/").status_code == 404


def test_in_the_demo_nobody_is_asked(client: Client, admin: User, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    assert enter(client, admin).status_code == 200


def test_tokens_are_not_for_administrators(admin: User) -> None:
    form = {"username": admin.username, "password": PASSWORD}
    answer = APIClient().post("/api/v1/token/", form, format="json")
    assert answer.status_code == 403
    assert "不能使用令牌" in answer.json()["detail"]
    token, _expiry = tokens.issue(admin)  # of a time when the person was none
    api = APIClient(headers={"Authorization": f"Token {token}"})
    assert api.get("/api/v1/units/").status_code == 403


def test_a_reset_asks_for_a_new_one_in_all_sessions(client: Client, admin: User) -> None:
    set_up(client, admin)
    assert client.get("/locks/").status_code == 200
    by = UserFactory()
    second_factor.reset(admin, by=by)
    answer = client.get("/locks/")
    assert answer.headers["Location"].startswith("/second-factor/set-up/")
    assert AuditEntry.objects.get(verb="user.second_factor_reset").actor == by
    assert not StaticToken.objects.exists()


def test_a_reset_by_command(client: Client, admin: User) -> None:
    set_up(client, admin)
    call_command("reset_second_factor", admin.username)
    assert not second_factor.is_set_up(admin)


def test_the_secret_is_no_others(client: Client, admin: User) -> None:
    """The device that a session names must be the person's own."""
    set_up(client, admin)
    other = UserFactory(superuser=True)
    thief = Client()
    thief.force_login(other)
    session = thief.session
    session["otp_device_id"] = client.session["otp_device_id"]
    session.save()
    assert thief.get("/locks/").status_code == 302
