"""A setting that cannot be understood is refused; it never turns a protection off."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tracker.given import number, yes_no

ROOT = Path(__file__).resolve().parent.parent.parent
WRONG = [
    ("REQUIRE_SECOND_FACTOR", "nein", "只能是 1 或 0。"),
    ("SECURE_SSL_REDIRECT", "ja", "只能是 1 或 0。"),
    ("BEHIND_PROXY", "２", "只能是 1 或 0。"),
    ("LOG_IN_FAILURES", "abc", "应为不小于 0 的整数。"),
    ("PASSWORD_MAX_AGE_DAYS", "-1", "应为不小于 0 的整数。"),
    ("SESSION_HOURS", "0", "应为不小于 1 的整数。"),
    ("DELIVERY_LEASE_SECONDS", "3", "应为不小于 4 的整数。"),
    ("DELIVERY_WAITS_SECONDS", "60 0", "应为大于 0 的整数，多个以逗号隔开。"),
]
DOORS = {
    "manage": ["manage.py", "check"],
    "web": ["-m", "gunicorn", "tracker.wsgi:application", "--bind", "127.0.0.1:0"],
    "worker": ["-m", "celery", "-A", "tracker", "worker", "--pool", "solo"],
}


def run(door: str, **more: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"TRACKER_ENV": "production", "SECRET_KEY": "k" * 60}
    return subprocess.run(  # noqa: S603 - our own programs
        [sys.executable, *DOORS[door]],
        env=env | {"DJANGO_SETTINGS_MODULE": "tracker.settings"} | more,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(("name", "text", "rule"), WRONG)
def test_what_cannot_be_understood_is_refused(name: str, text: str, rule: str) -> None:
    """At the door of manage.py, in one sentence."""
    done = run("manage", **{name: text})
    assert (done.returncode, done.stderr) == (1, f"{name}={text}：{rule}\n")


@pytest.mark.parametrize("door", ["web", "worker"])
def test_servers_refuse_it_in_one_sentence(door: str) -> None:
    done = run(door, REQUIRE_SECOND_FACTOR="nein")
    assert done.returncode == 3
    assert "拒绝启动：REQUIRE_SECOND_FACTOR=nein：只能是 1 或 0。" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    for text, meant in (("1", True), ("ON", True), ("false", False), ("0", False)):
        monkeypatch.setenv("SWITCH", text)
        assert yes_no("SWITCH", default=not meant) is meant
    monkeypatch.setenv("SWITCH", "")
    assert yes_no("SWITCH", default=True) is True
    monkeypatch.setenv("SWITCH", "１")
    with pytest.raises(ImproperlyConfigured):
        number("SWITCH", default=5)
