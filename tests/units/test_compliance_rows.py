"""What a government system is checked for (GB/T 22239-2019), one test a row of that table.

Each test goes the way of an assessor, through the doors; the rules' own tests stand beside it:
test_passwords, test_links, test_lockout, test_idle, test_otp, test_site_roles.
"""

import datetime
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings as project
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from tests.factories import (
    NOW,
    PASSWORD,
    MembershipFactory,
    OfficeFactory,
    UnitFactory,
    UserFactory,
)
from tests.factories.units import site_person
from tracker import guard
from tracker.lib import demo
from units.models import Membership, User
from units.services import passwords, people, tokens
from units.states import SITE_ROLES, Role

pytestmark = pytest.mark.django_db
NEW = "Niu-bi-Plan-2026"
MINUTE = datetime.timedelta(minutes=1)
PRODUCTION = {
    "TRACKER_ENV": "production",
    "SECRET_KEY": "k" * 40 + "0123456789",
    "ALLOWED_HOSTS": "tracker.example.org",
    "SITE_URL": "https://tracker.example.org",
    "DJANGO_SETTINGS_MODULE": "tracker.settings",
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def log_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    return client.post("/login/", {"username": user.username, "password": password})


def in_production(*names: str) -> dict[str, Any]:
    """Settings as a production install without any of its own has them."""
    own = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "PYTHONPATH"}}
    script = (
        "import json, sys; from django.conf import settings as s; "
        "print(json.dumps({n: getattr(s, n) for n in sys.argv[1:]}))"
    )
    done = subprocess.run(  # noqa: S603 - fixed words
        [sys.executable, "-c", script, *names],
        env=own | PRODUCTION, cwd=project.BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip
    values: dict[str, Any] = json.loads(done.stdout)
    return values


def test_row_1_identity_and_password_rules(client: Client, clock: Any) -> None:
    user = UserFactory()
    for weak in ("aB3-x", "horse-battery", "12345678"):
        with pytest.raises(ValidationError):
            passwords.set_password(user, weak, by=None, now=NOW)
    people.reset_password(user.username, "First-pass-1", by=None, now=NOW)
    log_in(client, user, "First-pass-1")
    assert client.get("/notices/").headers["Location"].startswith("/password/")
    form = {"old_password": "First-pass-1", "new_password1": NEW, "new_password2": NEW}
    client.post("/password/", form)
    assert client.get("/notices/").status_code == 200
    again = {"old_password": NEW, "new_password1": "First-pass-1", "new_password2": "First-pass-1"}
    assert "最近3次" in client.post("/password/", again).text
    clock.shift(datetime.timedelta(days=90))
    late = Client()
    log_in(late, user, NEW)
    assert late.get("/notices/").headers["Location"].startswith("/password/")


def test_row_1_no_usable_default_account_in_production(settings: Any) -> None:
    settings.LOCAL = False
    user = UserFactory(username=demo.USERNAMES[0], password=make_password(demo.PASSWORD))
    assert [error.id for error in guard.usable_demo_accounts()] == ["tracker.E005"]
    passwords.set_password(user, NEW, by=None, now=NOW)
    assert guard.usable_demo_accounts() == []


def test_row_2_failed_log_ins_and_time_out(client: Client, clock: Any) -> None:
    user = UserFactory()
    for name in (user.username, "nobody"):
        answers = [
            Client().post("/login/", {"username": name, "password": "x"}).status_code
            for _n in range(6)
        ]
        assert answers == [422] * 4 + [429] * 2
    assert log_in(client, user).status_code == 429
    clock.shift(10 * MINUTE + datetime.timedelta(seconds=1))
    assert log_in(client, user).status_code == 302
    clock.shift(30 * MINUTE)
    assert client.get("/notices/").status_code == 302


def test_row_3_no_listening_in() -> None:
    got = in_production(
        "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
        "LANGUAGE_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY",
        "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "SECURE_HSTS_SECONDS",
    )  # fmt: skip
    assert got.pop("SECURE_HSTS_SECONDS") >= 31_536_000
    assert got.pop("SESSION_COOKIE_SAMESITE") == got.pop("CSRF_COOKIE_SAMESITE") == "Lax"
    assert set(got.values()) == {True}


def test_row_3_no_password_in_an_address_or_a_log(client: Client, caplog: Any) -> None:
    user = UserFactory()
    caplog.set_level("DEBUG")
    for tried in ("my-secret-2026", PASSWORD):
        form = {"username": user.username, "password": tried}
        Client().post("/login/", form)
        APIClient().post("/api/v1/token/", form, format="json")
    client.get("/login/", {"username": user.username, "password": PASSWORD})
    assert client.get("/notices/").status_code == 302  # an address logs nobody in
    assert "/login/" in caplog.text
    assert "my-secret-2026" not in caplog.text


def test_row_4_second_factor_for_administrators(settings: Any) -> None:
    assert in_production("REQUIRE_SECOND_FACTOR") == {"REQUIRE_SECOND_FACTOR": True}
    settings.REQUIRE_SECOND_FACTOR = True
    admins: list[User] = [site_person(role) for role in SITE_ROLES]
    admins.append(UserFactory(superuser=True))
    for user in admins:
        client = Client()
        log_in(client, user)
        answer = client.get("/password/")
        assert answer.headers["Location"].startswith("/second-factor/set-up/")


def test_row_5_accounts(client: Client, clock: Any) -> None:
    used, unused = UserFactory(), UserFactory()
    clock.shift(datetime.timedelta(days=91))
    log_in(Client(), used)
    today = NOW.date() + datetime.timedelta(days=91)
    assert list(User.objects.unused(today)) == [unused]
    membership = MembershipFactory(user=used)
    people.leave(used.username, today=today, by=None)
    kept = Membership.objects.get(pk=membership.pk)
    assert (kept.user, kept.until) == (used, today)
    assert log_in(client, used).status_code == 422


def test_row_6_the_three_administrators_exclude_one_another_at_every_door() -> None:
    unit, office = UnitFactory(), OfficeFactory()
    business = [
        people.Post(Role.OFFICER, unit=unit),
        people.Post(Role.COORDINATOR, office=office),
        people.Post(Role.INSPECTOR, jurisdiction=office.jurisdiction),
    ]
    for role in SITE_ROLES:
        user = site_person(role)
        for post in (*business, *(people.Post(other) for other in SITE_ROLES)):
            with pytest.raises(ValidationError):
                people.add_post(user.username, post=post, by=None)
        with pytest.raises(ValidationError):
            people.add_post(MembershipFactory().user.username, post=people.Post(role), by=None)
        with pytest.raises(ValidationError):
            people.add_post(UserFactory(superuser=True).username, post=people.Post(role), by=None)
    user = site_person(Role.AUDIT_ADMIN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, role=Role.SYSTEM_ADMIN)


def test_row_6_none_of_the_three_sees_business() -> None:
    for role in SITE_ROLES:
        client = Client()
        client.force_login(site_person(role))
        for address in ("/tasks/", "/overdue/", "/targets/", "/reports/", "/fill/", "/review/"):
            assert client.get(address).status_code == 404, (role, address)
        for address in ("tasks", "progress", "targets", "report-runs"):
            assert client.get(f"/api/v1/{address}/").status_code == 403, (role, address)


def test_row_14_after_log_out(client: Client) -> None:
    user = UserFactory()
    log_in(client, user)
    page = client.get("/notices/")
    assert "no-store" in page.headers["Cache-Control"]
    assert "no-store" in client.get("/api/v1/tasks/").headers.get("Cache-Control", "no-store")
    session = client.cookies[project.SESSION_COOKIE_NAME].value
    client.post("/logout/")
    stale = Client(headers={"Cookie": f"{project.SESSION_COOKIE_NAME}={session}"})
    assert stale.get("/notices/").status_code == 302
    token, _expiry = tokens.issue(user)
    api = APIClient(headers={"Authorization": f"Token {token}"})
    assert api.get("/api/v1/tasks/").status_code == 200
    assert api.delete("/api/v1/token/").status_code == 204
    assert api.get("/api/v1/tasks/").status_code == 401


def test_row_14_a_closed_account_and_a_new_password_end_all() -> None:
    changes: tuple[Callable[[User], object], ...] = (
        lambda user: people.leave(user.username, today=NOW.date(), by=None),
        lambda user: passwords.set_password(user, NEW, by=None, now=NOW),
        lambda user: passwords.withdraw(user, by=None),
    )
    for change in changes:
        user = UserFactory()
        browser = Client()
        browser.force_login(user)
        token, _expiry = tokens.issue(user)
        api = APIClient(headers={"Authorization": f"Token {token}"})
        assert (browser.get("/notices/").status_code, api.get("/api/v1/tasks/").status_code) == (
            200,
            200,
        )
        change(user)
        assert browser.get("/notices/").status_code == 302
        assert api.get("/api/v1/tasks/").status_code == 401


# Everything that a person's row holds. More personal data needs a decision first.
PERSONAL = {"name", "post", "phone", "email"}
OF_THE_ACCOUNT = {
    "id", "username", "password", "password_set_at", "must_change_password", "is_active",
    "is_staff", "is_superuser", "date_joined", "last_login", "groups", "user_permissions",
}  # fmt: skip


def test_row_15_no_more_personal_data_than_needed() -> None:
    fields = {field.name for field in [*User._meta.fields, *User._meta.many_to_many]}
    assert fields == PERSONAL | OF_THE_ACCOUNT
