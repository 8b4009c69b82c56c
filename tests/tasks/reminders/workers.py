"""Real workers that send through a real server, which kills them where it hurts."""

import email
import os
import random
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from django.conf import settings as project
from django.db import connection

from tests.tasks.reminders.conftest import free_port

COMMAND = (sys.executable, "-m", "celery", "-A", "tracker", "worker")
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")


@dataclass
class Killer:
    """A mail server that kills the worker which talks to it, as the dice say.

    Of `moments`: `before` the mail is taken, `between` sending and marking (it is taken and not
    yet answered), or a little `after` the answer.
    """

    dice: random.Random
    kills_left: int
    moments: tuple[str, ...] = ("before", "between", "between", "after")
    taken: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    worker: subprocess.Popen[bytes] | None = None
    kills: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        when = self.next_kill()
        if when == "before":
            self.kill(when)
            return "451 try later"
        message = email.message_from_bytes(envelope.content, policy=default)
        self.taken[message["Message-ID"]].append(message["To"])
        if when == "between":
            self.kill(when)
        elif when == "after":
            threading.Timer(self.dice.random() / 50, self.kill, ["after"]).start()
        return "250 OK"

    def next_kill(self) -> str:
        """Where this mail's worker dies; mostly nowhere."""
        with self.lock:
            if self.kills_left == 0 or self.dice.random() < 0.5:
                return ""
            self.kills_left -= 1
            return self.dice.choice(self.moments)

    def kill(self, when: str) -> None:
        """End the worker with its children, at once and without a word."""
        if self.worker is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.worker.pid, signal.SIGKILL)
                self.kills.append(when)


@contextmanager
def server(killer: Killer) -> Iterator[int]:
    """The server's port."""
    port = free_port()
    controller = Controller(killer, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def worker(
    killer: Killer, port: int, place: Path, *options: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on the test's database, in a process group of its own."""
    address = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "DATABASE_URL": urlsplit(address)._replace(path=f"/{_database()}").geturl(),
        "REDIS_URL": project.JOBS_URL,
        "DATA_DIR": str(place),
        "SECRET_KEY": project.SECRET_KEY,
        "TRACKER_ENV": "local",
        "DEMO": "0",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "SITE_URL": "https://tracker.example.org",
    }
    with (place / "worker.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - fixed words
            [*COMMAND, *QUIET, *options],
            cwd=project.BASE_DIR,
            env=env,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    killer.worker = process
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _database() -> str:
    return str(connection.settings_dict["NAME"])
