"""Production refuses to start with what is only for the demo."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from tests.factories import UserFactory
from tracker import guard
from tracker.lib import demo

SAFE: dict[str, Any] = {
    "LOCAL": False,
    "DEBUG": False,
    "DEMO": False,
    "SECRET_KEY": "k" * 40 + "0123456789",
    "ALLOWED_HOSTS": ["tracker.example.org"],
    "SITE_URL": "https://tracker.example.org",
}


@pytest.fixture
def production(settings: Any) -> Callable[..., None]:
    def made(**values: Any) -> None:
        for name, value in (SAFE | values).items():
            setattr(settings, name, value)

    return made


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-" + "k" * 60}, "SECRET_KEY"),
        ({"DEBUG": True}, "DEBUG"),
        ({"DEMO": True}, "演示模式"),
        ({"ALLOWED_HOSTS": []}, "ALLOWED_HOSTS"),
        ({"SITE_URL": "http://127.0.0.1:8000"}, "SITE_URL"),
    ],
)
def test_unsafe_settings_are_refused_with_a_sentence(production, values, word, capsys):
    production(**values)
    with pytest.raises(SystemExit, match="3"):
        guard.refuse_unsafe_production()
    assert re.search(f"拒绝启动：.*{word}", capsys.readouterr().err)


@pytest.mark.django_db
def test_safe_settings_start(production):
    production()
    guard.refuse_unsafe_production()


@pytest.mark.django_db
def test_usable_demo_accounts_are_refused_by_name(production, capsys):
    user = UserFactory(username="lead")
    user.set_password(demo.PASSWORD)
    user.save()
    production()
    with pytest.raises(SystemExit, match="3"):
        guard.refuse_unsafe_production()
    assert "演示账号：lead。" in capsys.readouterr().err
    user.is_active = False
    user.save()
    guard.refuse_unsafe_production()


@pytest.mark.django_db
def test_a_demo_name_with_another_password_is_an_ordinary_account(production):
    user = UserFactory(username="lead")
    user.set_password("不是公开的那个-2026")
    user.save()
    production()
    guard.refuse_unsafe_production()


def test_local_runs_may_be_a_demo(production):
    production(LOCAL=True, DEMO=True, DEBUG=True, SECRET_KEY="")
    guard.refuse_unsafe_production()


def test_check_deploy_names_the_reasons(production):
    production(DEBUG=True)
    with pytest.raises(SystemCheckError, match=r"tracker\.E002"):
        call_command("check", deploy=True, fail_level="ERROR")


PROGRAMS = [
    ["gunicorn", "tracker.wsgi:application", "--bind", "127.0.0.1:0", "--no-control-socket"],
    ["celery", "-A", "tracker", "worker", "--pool", "solo"],
    ["celery", "-A", "tracker", "beat", "--schedule", "{folder}/beat"],
]


@pytest.mark.parametrize("program", PROGRAMS, ids=["web", "worker", "beat"])
def test_each_program_ends_with_the_sentence(program: list[str], tmp_path: Path):
    env = os.environ | {
        "TRACKER_ENV": "production",
        "DEMO": "1",
        "SECRET_KEY": "k" * 60,
        "ALLOWED_HOSTS": "tracker.example.org",
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
    }
    words = [word.format(folder=tmp_path) for word in program]
    done = subprocess.run(  # noqa: S603 - our own programs
        [sys.executable, "-m", *words], env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert "拒绝启动：生产环境不能开启演示模式。" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"REQUIRE_SECOND_FACTOR": False}, "REQUIRE_SECOND_FACTOR"),
        ({"PASSWORD_MAX_AGE_DAYS": 0}, "PASSWORD_MAX_AGE_DAYS"),
        ({"SESSION_IDLE_MINUTES": 60}, "SESSION_IDLE_MINUTES"),
        ({"LOG_IN_FAILURES": 10}, "LOG_IN_FAILURES"),
        ({"PASSWORD_MIN_LENGTH": 6}, "PASSWORD_MIN_LENGTH"),
    ],
)
def test_what_is_weak_starts_with_a_warning(production, values, word, capsys):
    production(**({"REQUIRE_SECOND_FACTOR": True} | values))
    guard.refuse_unsafe_production()
    assert re.fullmatch(f"注意：{word}.*\n", capsys.readouterr().err)


@pytest.mark.django_db
def test_the_defaults_are_not_weak(production, capsys):
    production(REQUIRE_SECOND_FACTOR=True)
    guard.refuse_unsafe_production()
    assert capsys.readouterr().err == ""
