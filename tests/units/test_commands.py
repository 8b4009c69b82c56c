"""The doors of the owner: emergencies, resets, an upgrade's passwords; each says what it does."""

import datetime
import importlib
import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import override_settings

from tests import factories as make
from tracker.lib.workdays import today
from units.models import AuditEntry, User

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
