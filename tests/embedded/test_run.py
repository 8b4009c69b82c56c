"""`make run` from the first line to the last process."""

import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.embedded.conftest import ROOT, Launch, at_work_in, finish, wait_for

RUN = (sys.executable, "-m", "tracker.embedded", "run")
SECOND_START_SECONDS = 10


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def health(port: str) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def marked(data_dir: Path) -> list[int]:
    """Processes of a run: by their environment, their folder or their command line."""
    found = set(at_work_in(data_dir))
    for entry in Path("/proc").iterdir():
        try:
            if f"DATA_DIR={data_dir}\0".encode() in (entry / "environ").read_bytes() + b"\0":
                found.add(int(entry.name))
        except (OSError, ValueError):
            continue
    return sorted(found - {os.getpid()})


def start(launch: Launch, data_dir: Path, log: Path, **more: str) -> subprocess.Popen[str]:
    """Start a run and wait until it is healthy."""
    (data_dir / "servers.json").unlink(missing_ok=True)
    port = free_port()
    with log.open("w") as sink:
        settings = {"DATA_DIR": str(data_dir), "PORT": port, "DEMO": "0"} | more
        process = launch(*RUN, stdout=sink, **settings)

    def settled() -> bool:
        up = (data_dir / "servers.json").exists() and health(port) == 200
        return up or process.poll() is not None

    assert wait_for(settled, 300), log.read_text()
    assert process.poll() is None, log.read_text()
    return process


def urls(data_dir: Path) -> dict[str, str]:
    return dict(json.loads((data_dir / "servers.json").read_text()))


def test_a_run_serves_keeps_its_key_and_ends_without_a_trace(launch: Launch, data_dir, tmp_path):
    log = tmp_path / "log"
    process = start(launch, data_dir, log)
    assert "WARNING" not in log.read_text()
    key = data_dir / "secret_key"
    first_key = key.read_text()
    assert key.stat().st_mode & 0o777 == 0o600
    assert wait_for(lambda: "已启动" in log.read_text(), 60)
    with psycopg.connect(urls(data_dir)["DATABASE_URL"]) as db:
        assert db.execute("SELECT current_user").fetchone() == ("tracker_app",)
        for statement in ("UPDATE", "DELETE", "TRUNCATE", "INSERT"):
            allowed = db.execute(
                "SELECT has_table_privilege('units_auditentry', %s)", [statement]
            ).fetchone()
            assert allowed == (statement == "INSERT",), statement
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute("CREATE TABLE mine (id int)")
    open_to_others = [
        path.name for path in data_dir.iterdir() if path.is_dir() and path.stat().st_mode & 0o077
    ]
    assert open_to_others == []
    assert (data_dir / "servers.json").stat().st_mode & 0o777 == 0o600
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in data_dir.glob("beat*"))
    assert wait_for(lambda: "还没有账号" in log.read_text(), 60)
    shown = re.findall(r"DATA_DIR=\S+ \S+python (manage\.py add_person .*)", log.read_text())
    for words, who in zip(shown, ("安某 安全管理员", "王芳"), strict=True):
        added = finish(sys.executable, *words.split(), DATA_DIR=str(data_dir))
        assert f"已添加：{who}" in added.stdout, added.stderr
        assert "设置密码的链接" in added.stdout
    os.killpg(process.pid, signal.SIGINT)  # Ctrl-C reaches the whole group
    assert process.wait(30) == 130
    assert marked(data_dir) == []

    demo = finish(*RUN, DATA_DIR=str(data_dir), PORT=free_port(), DEMO="1")
    assert demo.returncode == 1
    assert demo.stderr.startswith("这里已有正式的人员或填报，不能加入演示数据")
    assert len(demo.stderr.splitlines()) == 1
    assert key.read_text() == first_key


@pytest.mark.faults
def test_demo_data_do_not_become_a_clean_start(launch: Launch, data_dir, tmp_path):
    process = start(launch, data_dir, tmp_path / "log", DEMO="1")
    assert "WARNING" not in (tmp_path / "log").read_text()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 143
    assert marked(data_dir) == []
    done = finish(*RUN, DATA_DIR=str(data_dir), PORT=free_port(), DEMO="0")
    assert done.returncode == 1
    assert done.stderr.startswith("这里是演示数据，其中的账号人人可用，不能按 DEMO=0 运行")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "door", [RUN, (sys.executable, "manage.py", "check")], ids=["run", "manage"]
)
@pytest.mark.parametrize("text", ["true", "maybe", "２"])
def test_demo_is_0_or_1(data_dir, door, text):
    done = finish(*door, DATA_DIR=str(data_dir), DEMO=text)
    assert (done.returncode, done.stderr) == (1, f"DEMO={text}：只能是 0 或 1。\n")


# What `manage.py shell` does until the test lets it go.
BUSY = """
import os, pathlib, time
while not pathlib.Path(os.environ["LET_GO"]).exists():
    time.sleep(0.05)
"""


def test_a_command_of_manage_py_is_waited_for(launch: Launch, data_dir, tmp_path):
    manage = (sys.executable, "manage.py", "shell", "--no-imports", "-v", "0", "-c")
    log, let_go = tmp_path / "log", tmp_path / "let-go"
    launch(*manage, BUSY, DATA_DIR=str(data_dir), LET_GO=str(let_go))
    assert wait_for((data_dir / "servers.json").exists)
    with socket.create_server(("127.0.0.1", 0)) as taken, log.open("w") as sink:
        port = str(taken.getsockname()[1])
        # The run would start but for its port, at which it looks after the wait.
        run = launch(*RUN, stdout=sink, DATA_DIR=str(data_dir), PORT=port, DEMO="0")
        assert wait_for(lambda: "一条 manage.py 命令" in log.read_text()), log.read_text()
        let_go.touch()
        assert run.wait(30) == 1
    waited, refused = log.read_text().splitlines()
    assert "最多等 30 秒" in waited
    assert f"端口 {port} 已被占用" in refused


def test_a_port_in_use_is_said_and_nothing_started(data_dir):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = finish(*RUN, DATA_DIR=str(data_dir), PORT=str(port))
    assert done.returncode == 1
    assert f"端口 {port} 已被占用" in done.stderr
    assert not (data_dir / "postgres").exists()


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1", "８０００"])
def test_what_is_no_port_is_said(data_dir, port):
    done = finish(*RUN, DATA_DIR=str(data_dir), PORT=port)
    assert done.returncode == 1
    assert done.stderr == f"PORT={port}：应是 1 到 65535 之间的数。\n"


def test_a_data_dir_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").touch()
    done = finish(*RUN, DATA_DIR=str(tmp_path / "file" / "data"))
    assert done.returncode == 1
    assert "DATA_DIR" in done.stderr
    assert "Traceback" not in done.stderr


def test_manage_py_without_a_command_says_what_there_is(data_dir):
    done = finish(sys.executable, ROOT / "manage.py", DATA_DIR=str(data_dir))
    assert done.returncode == 0, done.stderr
    assert "load_plans" in done.stdout


@pytest.mark.bench
def test_a_second_start_takes_less_than_ten_seconds(launch: Launch, data_dir, tmp_path):
    for _ in range(2):
        begun = time.monotonic()
        process = start(launch, data_dir, tmp_path / "log", DEMO="1")
        seconds = time.monotonic() - begun
        process.terminate()
        process.wait(30)
    assert seconds < SECOND_START_SECONDS


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(3))
def test_kill_9_of_any_and_all_loses_nothing_and_the_next_start_works(
    launch: Launch, data_dir, tmp_path, seed
):
    dice = random.Random(seed)  # noqa: S311 - which processes to kill
    log = tmp_path / "log"
    for cycle in range(10):
        process = start(launch, data_dir, log)
        with psycopg.connect(urls(data_dir)["DATABASE_OWNER_URL"]) as db:
            db.execute("CREATE TABLE IF NOT EXISTS kept (cycle int)")
            assert db.execute("SELECT count(*) FROM kept").fetchone() == (cycle,)
            db.execute("INSERT INTO kept VALUES (%s)", [cycle])
        share = dice.choice((0.2, 0.5, 1.0))
        for pid in marked(data_dir):
            if dice.random() < share:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        if process.poll() is None:
            process.terminate()
            process.wait(60)
    process = start(launch, data_dir, log)
    process.terminate()
    process.wait(60)
    assert wait_for(lambda: marked(data_dir) == [], 120)
