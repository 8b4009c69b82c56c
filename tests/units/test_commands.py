"""The doors of the owner: emergencies, resets, an upgrade's passwords; each says what it does."""

import datetime
import importlib
import io
import re

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

from tests import factories as make
from tracker.lib.workdays import today
from units.models import AuditEntry, User
from units.states import Role

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_emergency_door_is_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    make.UserFactory(superuser=True)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "Emergency-2026-11")
    run("createsuperuser", "--no-input", "--username", "rescue", "--email", "r@example.org")
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.actor_name) == ("user.add", None, entry.actor_name)
    assert entry.after == {"username": "rescue", "is_superuser": True}
    assert entry.object_id == str(User.objects.get(username="rescue").pk)


@override_settings(PASSWORD_MAX_AGE_DAYS=90)
def test_passwords_of_before_the_upgrade_count_from_it() -> None:
    old = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
    noted = make.UserFactory(date_joined=old, password_set_at=old)
    unnoted = make.UserFactory(date_joined=old, password_set_at=None)
    without = make.UserFactory(date_joined=old, password_set_at=None)
    without.set_unusable_password()
    without.save()
    assert unnoted.password_is_expired(today())
    importlib.import_module("units.migrations.0009_password_day").begin_today(apps, None)
    for person in (noted, unnoted, without):
        person.refresh_from_db()
    assert not unnoted.password_is_expired(today())
    assert noted.password_is_expired(today())
    assert without.password_set_at is None


def test_who_has_no_second_factor_is_told_so() -> None:
    make.UserFactory(username="li", name="李四")
    with pytest.raises(CommandError, match="李四（用户名 li）没有设置动态验证码，没有变化。"):
        run("reset_second_factor", "li")
    assert not AuditEntry.objects.exists()


def test_an_unknown_role_is_said_before_a_missing_place() -> None:
    with pytest.raises(CommandError, match="没有名为“chief”的角色"):
        run("add_person", "zhang", "--name", "张三", "--role", "chief")
    with pytest.raises(CommandError, match="请用 --in 写明"):
        run("add_person", "zhang", "--name", "张三", "--role", "officer")


def test_the_last_security_administrator_goes_only_where_it_is_meant() -> None:
    run("add_person", "an", "--name", "安某", "--role", "security_admin")
    run("add_person", "bai", "--name", "白某", "--role", "security_admin")
    run("end_person", "bai")
    with pytest.raises(CommandError, match="安某是唯一的安全管理员，没有变化"):
        run("end_person", "an")
    assert User.objects.get(username="an").is_active
    run("end_person", "an", "--even-the-last")
    assert not User.objects.get(username="an").is_active


def test_nor_is_the_last_one_closed_by_page(client: Client) -> None:
    last = make.site_person(Role.SECURITY_ADMIN)
    client.force_login(make.UserFactory(superuser=True))
    with override_settings(REQUIRE_SECOND_FACTOR=False):
        post = last.memberships.get()
        client.post(reverse("units:end_post", args=[post.pk]))
        client.post(reverse("units:act", args=[last.pk, "disable"]), follow=True)
    post.refresh_from_db()
    last.refresh_from_db()
    assert (post.until, last.is_active) == (None, True)


def test_who_is_back_is_named_found_and_let_in() -> None:
    make.UnitFactory(name="重庆市能源局")
    role = ("--role", "officer", "--in", "重庆市能源局")
    run("add_person", "zhang", "--name", "张三", *role)
    run("end_person", "zhang")
    with pytest.raises(CommandError, match=r"已存在（张三），账号已停用：.*restore_person"):
        run("add_person", "zhang", "--name", "张三", *role)
    with pytest.raises(CommandError, match="已停用：须先在网页或用 restore_person 恢复"):
        run("add_person", "zhang", "--add-role", *role)
    said = run("restore_person", "zhang")
    link = re.search(r"http\S+(/password/link/\S+)", said)
    assert link is not None
    assert Client().get(link[1], follow=True).status_code == 200
    run("add_person", "zhang", "--add-role", *role)
    person = User.objects.get(username="zhang")
    assert person.is_active
    assert person.memberships.current(today()).count() == 1
    assert AuditEntry.objects.filter(verb="user.enable", actor=None).exists()
    with pytest.raises(CommandError, match="该账号未停用"):
        run("restore_person", "zhang")
    with pytest.raises(CommandError, match="没有用户名“nobody”"):
        run("restore_person", "nobody")


def test_the_security_desk_says_how_the_first_coordinator_comes(client: Client) -> None:
    client.force_login(make.site_person(Role.SECURITY_ADMIN))
    with override_settings(REQUIRE_SECOND_FACTOR=False):
        page = client.get(reverse("units:desk")).content.decode()
    assert "还没有协调人员" in page
    assert "--role coordinator" in page
