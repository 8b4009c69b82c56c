"""`python -m tracker.embedded with`: servers for one command."""

import json
import os
import signal
import sys
from pathlib import Path
from tempfile import gettempdir

import psycopg
import pytest
import redis

from tests.embedded.conftest import WITH, Launch, at_work_in, finish, serving, wait_for

ASK_BOTH = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"]) as db:
    row = db.execute("SELECT current_user, current_setting('server_encoding')").fetchone()
broker = redis.Redis.from_url(os.environ["REDIS_URL"])
print(*row, broker.ping(), broker.config_get("maxmemory-policy")["maxmemory-policy"])
"""


def urls(data_dir: Path) -> dict[str, str]:
    return dict(json.loads((data_dir / "servers.json").read_text()))


def test_the_command_finds_both_servers_and_its_exit_code_is_passed_on(data_dir):
    done = finish(*WITH, "--data-dir", data_dir, "--", sys.executable, "-c", ASK_BOTH)
    assert done.stdout.split() == ["tracker_app", "UTF8", "True", "noeviction"], done.stderr
    assert finish(*WITH, "--data-dir", data_dir, "--", "sh", "-c", "exit 7").returncode == 7


def test_without_a_folder_nothing_is_left_behind(tmp_path):
    done = finish(*WITH, "--", "sh", "-c", "echo $DATA_DIR", TMPDIR=gettempdir())
    assert done.returncode == 0, done.stderr
    assert not Path(done.stdout.strip()).exists()


@pytest.mark.parametrize(
    ("folder", "lang"),
    [
        ("with blank/数据 目录", "zh_CN.UTF-8"),
        ('a\'quote,comma "double" $HOME', "zh_CN.GB18030"),
        ("long-" * 40, "en_US.ISO-8859-1"),
    ],
)
def test_hostile_paths_and_languages(data_dir, folder, lang):
    where = data_dir / folder
    done = finish(
        *WITH, "--data-dir", where, "--", sys.executable, "-c", ASK_BOTH, LANG=lang, LC_ALL=lang
    )
    assert done.stdout.startswith("tracker_app UTF8 True"), done.stderr
    assert (where / "postgres" / "PG_VERSION").exists()


def test_a_second_owner_of_one_folder_is_refused_in_one_sentence(launch: Launch, data_dir):
    with serving(launch, data_dir) as first:
        done = finish(*WITH, "--data-dir", data_dir, "--", "true")
        assert done.returncode == 1
        assert "正在使用" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert first.poll() is None
        psycopg.connect(urls(data_dir)["DATABASE_URL"]).close()


def test_servers_that_are_named_are_used_and_none_started(launch: Launch, data_dir):
    other = data_dir / "other"
    with serving(launch, data_dir):
        both = {name: urls(data_dir)[name] for name in ("DATABASE_URL", "REDIS_URL")}
        seen = 'echo "$DATABASE_URL $REDIS_URL"'
        done = finish(*WITH, "--data-dir", other, "--", "sh", "-c", seen, **both)
        assert done.stdout.split() == list(both.values()), done.stderr
        assert not (other / "postgres").exists()

        one = {"DATABASE_URL": both["DATABASE_URL"]}
        done = finish(*WITH, "--data-dir", other, "--", "sh", "-c", seen, **one)
        database, broker = done.stdout.split()
        assert database == both["DATABASE_URL"]
        assert broker != both["REDIS_URL"]
        assert not (other / "postgres").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_all(launch: Launch, data_dir, number):
    with serving(launch, data_dir) as process:
        os.killpg(process.pid, number)  # as a terminal does
        assert process.wait(20) != 0
        assert wait_for(lambda: not at_work_in(data_dir), 60)


SIGNAL_DURING_FORK = """
import os, signal, sys
from tracker.embedded.process import run_between_signals, stop_on_signals
stop_on_signals()
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.{name}))
sys.exit(run_between_signals(["sleep", "60"], dict(os.environ)))
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_that_comes_while_a_program_is_started_is_not_lost(launch: Launch, name):
    process = launch(sys.executable, "-c", SIGNAL_DURING_FORK.format(name=name))
    assert process.wait(20) == 128 + signal.Signals[name]


def test_after_kill_9_the_next_start_works_and_what_was_saved_is_there(launch: Launch, data_dir):
    with serving(launch, data_dir) as process:
        with psycopg.connect(urls(data_dir)["DATABASE_OWNER_URL"]) as db:
            db.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        process.kill()
        process.wait()
    (data_dir / "servers.json").unlink()
    for victims in ("postgres", "valkey-server", ""):
        with serving(launch, data_dir) as process:
            with psycopg.connect(urls(data_dir)["DATABASE_OWNER_URL"]) as db:
                assert db.execute("SELECT answer FROM kept").fetchone() == (42,)
            for pid in [process.pid, *at_work_in(data_dir)]:
                name = Path(f"/proc/{pid}/comm")
                if name.exists() and (victims in name.read_text() or pid == process.pid):
                    os.kill(pid, signal.SIGKILL)
            process.wait()
        (data_dir / "servers.json").unlink(missing_ok=True)


def test_a_pid_file_that_names_a_stranger_harms_neither(launch: Launch, data_dir):
    with serving(launch, data_dir):
        pass
    stranger = launch("sleep", "300")
    pid_file = data_dir / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{stranger.pid}\n{data_dir}/postgres\n1\n5432\n/tmp\n\n0 0\nready\n")
    pid_file.chmod(0o644)
    done = finish(*WITH, "--data-dir", data_dir, "--", sys.executable, "-c", ASK_BOTH)
    assert done.stdout.startswith("tracker_app UTF8 True"), done.stderr
    assert stranger.poll() is None


def test_a_folder_of_another_database_version_is_refused(launch: Launch, data_dir):
    with serving(launch, data_dir):
        pass
    (data_dir / "postgres" / "PG_VERSION").write_text("16\n")
    done = finish(*WITH, "--data-dir", data_dir, "--", "true")
    assert done.returncode == 1
    assert "PostgreSQL 18" in done.stderr
    assert "Traceback" not in done.stderr


FULL_DISK = """
import runpy, shutil, sys, types
shutil.disk_usage = lambda path: types.SimpleNamespace(free=5 * 2**20)
sys.argv = ["tracker.embedded", "with", "--data-dir", sys.argv[1], "--", "true"]
runpy.run_module("tracker.embedded", run_name="__main__")
"""


def test_a_full_disk_is_named_and_nothing_is_touched(data_dir):
    done = finish(sys.executable, "-c", FULL_DISK, data_dir)
    assert done.returncode == 1
    assert "磁盘只剩 5 MiB" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (data_dir / "postgres").exists()


def test_queued_work_survives_kill_9_of_the_broker(launch: Launch, data_dir):
    keep = [part for part in WITH if part != "--fast"]
    process = launch(*keep, "--data-dir", data_dir, "--", "sleep", "300")
    assert wait_for((data_dir / "servers.json").exists)
    broker = redis.Redis.from_url(urls(data_dir)["REDIS_URL"])
    broker.rpush("queue", *range(500))
    assert wait_for(lambda: broker.info("persistence")["aof_pending_bio_fsync"] == 0)
    broker.close()
    for pid in [process.pid, *at_work_in(data_dir / "valkey")]:
        os.kill(pid, signal.SIGKILL)
    process.wait()
    ask = "import os, redis; print(redis.Redis.from_url(os.environ['REDIS_URL']).llen('queue'))"
    done = finish(*keep, "--data-dir", data_dir, "--", sys.executable, "-c", ask)
    assert done.stdout.strip() == "500", done.stderr
