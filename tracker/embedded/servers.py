"""Both servers as one thing: locked, started, told to others by environment, stopped."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote

from tracker.embedded.environment import SHARED, private
from tracker.embedded.place import Place, make_data_dir, settle
from tracker.embedded.postgres import Postgres
from tracker.embedded.refusal import Refusal
from tracker.embedded.roles import APP, DATABASE, OWNER
from tracker.embedded.server import Server
from tracker.embedded.valkey import Valkey

LOCK = "owner.lock"
STATE = "servers.json"
LOCK_SECONDS = 3.0  # children of a supervisor just killed hold the lock a moment longer
BRIEF = "brief"  # in the lock: held for one command of manage.py
BRIEF_SECONDS = 30.0


class Servers:
    """The embedded servers that an environment lacks; a context manager, under `locked`."""

    def __init__(self, data_dir: Path, *, env: Mapping[str, str], fast: bool = False) -> None:
        self.data_dir = data_dir
        self.fast = fast
        self.env = env
        self.wants_database = not env.get("DATABASE_URL")
        self.wants_broker = not env.get("REDIS_URL")
        self.place: Place | None = None
        self.urls: dict[str, str] = {}
        self._running: list[Server] = []
        self._cleanup = contextlib.ExitStack()

    def __enter__(self) -> "Servers":
        with contextlib.ExitStack() as stack:
            if self.wants_database or self.wants_broker:
                self.place = settle(self.data_dir)
                stack.callback(self._stop)
                self._start(self.place)
            self._cleanup = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._cleanup.close()

    def elsewhere(self) -> str:
        """Return a sentence if the data had to leave DATA_DIR, else nothing."""
        if self.place is None or not self.place.is_elsewhere:
            return ""
        return f"数据放在 {self.place.home}（{self.place.account.name} 的私有目录）"

    def dead(self) -> str | None:
        """Return the name of a server that ended by itself, if any."""
        return next((server.name for server in self._running if server.has_died()), None)

    def _start(self, place: Place) -> None:
        folder = quote(str(place.run_dir), safe="")
        if self.wants_database:
            self._run(Postgres(place, fast=self.fast))
            for name, role in (("DATABASE_URL", APP), ("DATABASE_OWNER_URL", OWNER)):
                self.urls[name] = f"postgres://{role}@/{DATABASE}?host={folder}&port=5432"
        if self.wants_broker:
            valkey = Valkey(place, fast=self.fast)
            self._run(valkey)
            self.urls["REDIS_URL"] = f"unix://{valkey.socket}?db=0"
        shared = {name: self.env[name] for name in SHARED if name in self.env}
        state = self.data_dir / STATE
        new = state.with_suffix(".new")
        with open(new, "w", encoding="utf-8", opener=private) as file:  # EMAIL_URL has a password
            file.write(json.dumps(shared | self.urls))
        new.replace(state)

    def _run(self, server: Server) -> None:
        self._running.append(server)
        server.start()

    def _stop(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # an impatient second Ctrl-C changes nothing
        (self.data_dir / STATE).unlink(missing_ok=True)
        for server in reversed(self._running):
            server.stop()
        self._running.clear()
        if self.place is not None and self.place.run_dir.parent != self.place.home:
            shutil.rmtree(self.place.run_dir, ignore_errors=True)


@contextmanager
def locked(data_dir: Path, *, brief: bool = False) -> Iterator[None]:
    """Hold the lock of DATA_DIR, or refuse and say who holds it.

    One held `brief`, for one command, is waited for.
    """
    make_data_dir(data_dir)
    with (data_dir / LOCK).open("a+", encoding="ascii") as lock:
        _wait_for(lock, data_dir)
        lock.truncate(0)
        lock.write(f"{os.getpid()} {BRIEF}" if brief else str(os.getpid()))
        lock.flush()
        yield


def _wait_for(lock: IO[str], data_dir: Path) -> None:
    begun, told = time.monotonic(), False
    while not _try(lock):
        lock.seek(0)
        holder, _, kind = lock.read().strip().partition(" ")
        waited = time.monotonic() - begun
        lives = bool(holder) and Path(f"/proc/{holder}").exists()
        patience = 0.0 if lives else LOCK_SECONDS
        if waited > (BRIEF_SECONDS if lives and kind == BRIEF else patience):
            message = (
                f"DATA_DIR {data_dir} 正在使用（进程 {holder or '未知'}）："
                "请先停止它，或换一个 DATA_DIR。"
            )
            raise Refusal(message)
        if kind == BRIEF and lives and not told:
            told = True
            seconds = int(BRIEF_SECONDS)
            line = f"一条 manage.py 命令（进程 {holder}）正在使用 {data_dir}，最多等 {seconds} 秒"
            sys.stderr.write(f"（{line}）\n")
        time.sleep(0.05)


def running(data_dir: Path) -> dict[str, str] | None:
    """Return the environment of servers that someone runs on DATA_DIR, or None."""
    try:
        with (data_dir / LOCK).open("r+", encoding="ascii") as lock:
            if _try(lock):
                return None
        state = json.loads((data_dir / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {name: str(value) for name, value in state.items()}


def _try(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_locked(data_dir: Path) -> bool:
    """Say whether someone holds the lock of DATA_DIR."""
    try:
        with (data_dir / LOCK).open("r+", encoding="ascii") as lock:
            return not _try(lock)
    except OSError:
        return False
