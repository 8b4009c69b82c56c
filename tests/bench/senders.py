"""Celery workers that send, and the mail server which counts what they bring."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

from tests.tasks.reminders.conftest import free_port

COMMAND = (sys.executable, "-m", "celery", "--quiet", "-A", "tracker", "worker")
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
NAME = b"\r\nMessage-ID: "


@dataclass
class Sink:
    """Takes every mail and notes when, and its Message-ID."""

    taken: Counter[bytes] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    callers: set[str] = field(default_factory=set)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken[envelope.content.partition(NAME)[2].partition(b"\r\n")[0]] += 1
        self.times.append(time.perf_counter())
        self.callers.add(str(session.peer))
        return "250 OK"


def a_second(sink: Sink) -> float:
    """Between the first mail and the last. (aiosmtpd reads all that a handler has.)"""
    return (len(sink.times) - 1) / (sink.times[-1] - sink.times[0])


@contextmanager
def listening(sink: Sink) -> Iterator[int]:
    """The server's port."""
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def workers(number: int, port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """So many processes of one worker on the test's database and broker."""
    address = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    name = connection.settings_dict["NAME"]
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "DATABASE_URL": urlsplit(address)._replace(path=f"/{name}").geturl(),
        "REDIS_URL": settings.JOBS_URL,
        "DATA_DIR": str(folder),
        "SECRET_KEY": settings.SECRET_KEY,
        "TRACKER_ENV": "local",
        "DEMO": "0",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "SITE_URL": "https://tracker.example.org",
        "MAILS_PER_MINUTE": "1000000",
    }
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - fixed words
            [*COMMAND, *QUIET, "--concurrency", str(number)],
            cwd=settings.BASE_DIR,
            env=env,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
