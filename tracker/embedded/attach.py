"""manage.py beside `make run`: uses its servers, or starts them for one command."""

import os
import sys
from collections.abc import MutableMapping

from tracker.embedded.environment import data_dir, local_settings
from tracker.embedded.outside import check_servers, check_urls, require_servers
from tracker.embedded.process import run_between_signals
from tracker.embedded.servers import Servers, locked, running

# These work on files alone.
NEEDS_NO_SERVER = frozenset(
    {"help", "--help", "version", "--version", "check", "collectstatic", "translations"}
)


def use_running(env: MutableMapping[str, str]) -> bool:
    """Say whether `env` names its servers, having filled it in from a running `make run`.

    An environment that names a server without TRACKER_ENV=local is production's: left as it is.
    """
    named = [name for name in ("DATABASE_URL", "REDIS_URL") if env.get(name)]
    if env.setdefault("TRACKER_ENV", "production" if named else "local") != "local":
        return True
    folder = data_dir(env)
    found = running(folder) or {}
    for name, value in {**local_settings(env, folder), **found}.items():
        env.setdefault(name, value)
    return len(named) == 2 or bool(found)


def check(command: str, env: MutableMapping[str, str]) -> None:
    """Refuse in one sentence what the command cannot work with."""
    check_urls(env)
    if command not in NEEDS_NO_SERVER:
        require_servers(env)
        check_servers(env)


def run_with_servers(command: list[str]) -> int:
    """Start the servers, run `command` with them, stop them; return its exit code."""
    folder = data_dir(os.environ)
    sys.stderr.write("（没有正在运行的服务器，为这条命令临时启动自带的服务器）\n")
    with locked(folder, brief=True), Servers(folder, env=os.environ) as servers:
        return run_between_signals(command, dict(os.environ) | servers.urls)
