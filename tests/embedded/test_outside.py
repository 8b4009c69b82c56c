"""Servers of the site that are wrong or do not answer: one sentence, exit 1, no password."""

import json
import sys

import pytest

from tests.embedded.conftest import ROOT, WITH, Launch, finish, serving, wait_for
from tracker.embedded import binaries

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
        ("DATABASE_URL", "postgres://app:geheim@[bad/t", "DATABASE_URL 的写法不对"),
        ("DATABASE_URL", "postgres://app:geheim@db:99999/t", "DATABASE_URL 的写法不对"),
        ("DATABASE_URL", "postgres://app:geheim#x@db/t", "DATABASE_URL 的写法不对"),
        ("DATABASE_OWNER_URL", "nonsense", "DATABASE_OWNER_URL 的写法不对"),
        ("REDIS_URL", "redis://:geheim@127.0.0.1:abc/0", "REDIS_URL 的写法不对"),
        ("REDIS_URL", "redis://:geheim@127.0.0.1/abc", "REDIS_URL 的写法不对"),
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
    env = {"TRACKER_ENV": "local", "DATA_DIR": str(data_dir), name: url}
    for door in DOORS if "写法" in words else DOORS[:2]:
        done = finish(*door, **env)
        assert done.returncode == 1
        assert words in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert "geheim" not in done.stderr
        assert not (data_dir / "postgres").exists()


BOTH = {"DATABASE_URL": REFUSED, "REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"TRACKER_ENV": "production"}, "生产环境须设置 DATABASE_URL 和 REDIS_URL。\n"),
        ({"DATABASE_URL": REFUSED}, "生产环境须设置 REDIS_URL。\n"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "生产环境须设置 DATABASE_URL。\n"),
        (BOTH, "连不上 DATABASE_URL 所指的服务器 127.0.0.1:1/tracker：连接被拒绝。"
         "请核对 DATABASE_URL。\n"),
    ],
)  # fmt: skip
def test_production_is_never_told_to_use_the_embedded_servers(env, said, data_dir):
    done = finish(*DOORS[3], SECRET_KEY="x" * 60, DATA_DIR=str(data_dir), **env)
    assert (done.returncode, done.stderr) == (1, said)
    assert not data_dir.exists()


def test_a_wrong_password_and_a_missing_one_are_said(launch: Launch, data_dir):
    data_dir.mkdir()
    socket = data_dir / "v.sock"
    server = binaries.installed().valkey
    launch(server, "--port", "0", "--unixsocket", socket, "--requirepass", "right", "--save", "")
    assert wait_for(socket.exists)
    for who, words in ((":geheim@", "用户名或密码不对"), ("", "服务器要求密码")):
        done = finish(*WITH, "--", "true", REDIS_URL=f"unix://{who}{socket}?db=0")
        assert done.returncode == 1
        assert words in done.stderr
        assert "geheim" not in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_a_database_without_tables_is_said(data_dir):
    words = ("z", "--name", "张三", "--role", "officer", "--in", "重庆市能源局")
    done = finish(sys.executable, "manage.py", "add_person", *words, DATA_DIR=str(data_dir))
    assert done.returncode == 1
    assert done.stderr.splitlines()[1:] == [
        "数据库还没有表，或缺少新版本的表：先运行 manage.py migrate，再运行 load_plans。"
    ]


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
