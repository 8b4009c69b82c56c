"""Servers of the site that are wrong or do not answer: one sentence, exit 1, no password."""

import json
import sys

import pytest

from tests.embedded.conftest import ROOT, WITH, Launch, finish, serving

DOORS = (
    (*WITH, "--", "true"),
    (sys.executable, "-m", "tracker.embedded", "run"),
    (sys.executable, "manage.py", "migrate"),
    (sys.executable, "manage.py", "load_plans"),
)
REFUSED = "postgres://app:geheim@127.0.0.1:1/tracker"


@pytest.mark.parametrize("door", DOORS, ids=["with", "run", "migrate", "load_plans"])
def test_a_database_that_refuses_is_named_without_its_password(door, data_dir):
    done = finish(
        *door,
        DATABASE_URL=REFUSED,
        REDIS_URL="redis://127.0.0.1:1/0",
        DATA_DIR=str(data_dir),
        TRACKER_ENV="local",
        SECRET_KEY="x" * 60,
    )
    assert done.returncode == 1
    said = done.stderr.strip().splitlines()[-1]  # Django's warnings may stand before it
    assert "127.0.0.1:1/tracker" in said
    assert "连接被拒绝" in said
    assert "Traceback" not in done.stderr
    assert "geheim" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "url", "words"),
    [
        ("DATABASE_URL", "mysql://app:geheim@db/tracker", "DATABASE_URL 的写法不对"),
        ("DATABASE_URL", "postgres://app:geheim@no-such-host.invalid/t", "找不到这台主机"),
        ("DATABASE_URL", "postgres://app:geheim@127.0.0.1:port/t", "DATABASE_URL"),
        ("DATABASE_URL", "tracker", "DATABASE_URL 的写法不对"),
        ("REDIS_URL", "http://:geheim@broker/0", "REDIS_URL 的写法不对"),
        ("REDIS_URL", "redis://:geheim@127.0.0.1:1/0", "连接被拒绝"),
        ("REDIS_URL", "unix:///no/such/socket?db=0", "没有这个套接字"),
    ],
)
def test_each_mistake_has_its_sentence(name, url, words, data_dir):
    done = finish(*WITH, "--data-dir", data_dir, "--", "true", **{name: url})
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "geheim" not in done.stderr
    assert not data_dir.exists()


def test_a_database_that_is_not_there_is_said(launch: Launch, data_dir):
    with serving(launch, data_dir):
        url = json.loads((data_dir / "servers.json").read_text())["DATABASE_URL"]
        done = finish(*WITH, "--", "true", DATABASE_URL=url.replace("/tracker?", "/nothing?"))
    assert done.returncode == 1
    assert "没有这个数据库或用户" in done.stderr


def test_manage_uses_the_servers_of_a_run_and_starts_them_where_there_is_none(
    launch: Launch, data_dir
):
    shell = (sys.executable, ROOT / "manage.py", "shell", "--no-imports", "-v", "0", "-c")
    ask = "from django.db import connection as c; print(c.settings_dict['USER'], c.cursor() and 1)"
    with serving(launch, data_dir):
        beside = finish(*shell, ask, DATA_DIR=str(data_dir))
    alone = finish(*shell, ask, DATA_DIR=str(data_dir))
    assert beside.stdout.split()[-2:] == ["tracker_app", "1"], beside.stderr
    assert alone.stdout.split()[-2:] == ["tracker_app", "1"], alone.stderr
    assert "临时启动" in alone.stderr
    assert "临时启动" not in beside.stderr
