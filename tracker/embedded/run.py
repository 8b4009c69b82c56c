"""`make run`: servers, preparation, programs, and all of them gone at the end."""

import contextlib
import functools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tracker.embedded.environment import (
    HOST,
    MARK,
    check_demo,
    check_port,
    data_dir,
    environment,
)
from tracker.embedded.outside import check_servers
from tracker.embedded.place import CHECKOUT
from tracker.embedded.prepare import EXPLAINED
from tracker.embedded.process import (
    PRIVATE,
    die_with_parent,
    end,
    end_all,
    exit_code,
    marked,
    signals_held,
    tied,
)
from tracker.embedded.programs import Programs, add_procfile
from tracker.embedded.ready import announce
from tracker.embedded.refusal import Refusal
from tracker.embedded.servers import Servers, locked
from tracker.embedded.steps import say, step

LEFTOVER_STEPS = ((signal.SIGTERM, 12.0), (signal.SIGKILL, 5.0))
MAILBOX = "python manage.py catch_mail --host {host} --port {port} --dir {folder}"


def run(env: dict[str, str], *, end_with_parent: bool) -> int:
    """Set up and run until the person ends it; return the exit code."""
    begun = time.monotonic()
    if end_with_parent:
        die_with_parent(signal.SIGTERM, os.getppid())
    folder = data_dir(env)
    check_demo(env.get("DEMO") or "1")
    check_servers(env)
    with locked(folder), contextlib.ExitStack() as stack:
        env = environment(env, folder)
        os.environ["TZ"] = env["TZ"]
        time.tzset()  # the times before the programs' lines are ours
        end_leftovers(env)
        check_port(env["PORT"])
        with step("启动数据库与消息服务") as detail:
            servers = stack.enter_context(Servers(folder, env=env))
            detail.text = servers.elsewhere()
        env |= servers.urls
        env.setdefault("DATABASE_OWNER_URL", env["DATABASE_URL"])
        prepare(env)
        stack.callback(end_leftovers, env)
        # The programs run as the role that cannot change history: the owner's door is not theirs.
        del env["DATABASE_OWNER_URL"]
        return attend(env, servers, begun)


def end_leftovers(env: dict[str, str]) -> None:
    """End programs of this DATA_DIR that outlived their supervisor."""
    if not end_all(functools.partial(marked, MARK, env[MARK]), LEFTOVER_STEPS):
        raise Refusal("上次运行遗留的进程无法结束：请先结束它们再启动。")


def prepare(env: dict[str, str]) -> None:
    """Migrate, load and collect in a process of its own, as the owner of the tables."""
    owner = {"DATABASE_URL": env["DATABASE_OWNER_URL"], "APP_URL": env["DATABASE_URL"]}
    process = None
    try:
        with signals_held():
            process = subprocess.Popen(
                [sys.executable, "-m", "tracker.embedded.prepare"],
                cwd=CHECKOUT,
                env=env | owner | {"STATEMENT_TIMEOUT": "0"},
                stdin=subprocess.DEVNULL,
                umask=PRIVATE,
                process_group=0,  # Ctrl-C is for the supervisor, which then ends this
                preexec_fn=tied(signal.SIGTERM),
            )
        code = process.wait()
    finally:
        if process is not None:
            end(process, ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)))
    if code == EXPLAINED:
        raise SystemExit(1)
    if code != 0:
        raise Refusal(f"准备没有完成（退出码 {exit_code(code)}），原因见上。")


def attend(env: dict[str, str], servers: Servers, begun: float) -> int:
    """Run the programs until one of them, or the person, ends."""
    programs = Programs(
        dead_server=servers.dead, ready=lambda: announce(env, begun, say=programs.say)
    )
    more = {}
    if "MAILBOX_PORT" in env:
        folder = str(Path(env["DATA_DIR"]) / "mailbox")
        env = env | {"MAILBOX_DIR": folder}
        more["mailbox"] = MAILBOX.format(
            host=HOST, port=env["MAILBOX_PORT"], folder='"$MAILBOX_DIR"'
        )
    add_procfile(programs, CHECKOUT / "Procfile", more, env)
    say("  … 启动网站、后台任务与定时任务（Ctrl-C 停止）")
    programs.loop()
    return exit_code(programs.returncode or 0)
