"""The programs of a site: workers and beat, as processes that can be killed and frozen."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from tests.faults.reminders.site import Site

QUICK = "tests.faults.reminders.quick"
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
LEASE_SECONDS = 6
SHORT = {
    "DELIVERY_LEASE_SECONDS": str(LEASE_SECONDS),
    "DELIVERY_WAITS_SECONDS": "1,1,2,2,3",
    "DELIVERY_REST_SECONDS": "1",
    "EMAIL_TIMEOUT": "1",
    "MAILS_PER_MINUTE": "100000",
    "GATEWAY_PER_MINUTE": "100000",
}


@dataclass
class Crew:
    """Started on a site; each in a process group of its own."""

    site: Site
    port: int
    app: str = QUICK
    settings: dict[str, str] = field(default_factory=dict)
    at_work: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started: int = 0

    @property
    def log(self) -> Path:
        return self.site.folder / "crew.log"

    def worker(self, *options: str) -> subprocess.Popen[bytes]:
        """One more worker; two processes unless told otherwise."""
        self.started += 1
        own = options or ("--concurrency", "2")
        return self._start("worker", *QUIET, "-n", f"w{self.started}@%h", *own)

    def beat(self) -> subprocess.Popen[bytes]:
        return self._start("beat", "--loglevel", "WARNING", "-s", str(self.site.folder / "beat"))

    def kill(self, program: subprocess.Popen[bytes]) -> None:
        """It and its children, at once and without a word."""
        self.tell(program, signal.SIGKILL)
        program.wait()
        self.at_work.remove(program)

    def tell(self, program: subprocess.Popen[bytes], number: int) -> None:
        """A signal to it and its children."""
        with suppress(ProcessLookupError):
            os.killpg(program.pid, number)

    def stop(self) -> None:
        for program in list(self.at_work):
            self.kill(program)

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        env |= SHORT | {
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "DATABASE_URL": self.site.url(),
            "REDIS_URL": self.site.redis_url,
            "DATA_DIR": str(self.site.folder),
            "SECRET_KEY": settings.SECRET_KEY,
            "TRACKER_ENV": "local",
            "DEMO": "0",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.port}",
            "SITE_URL": "https://tracker.example.org",
        }
        env.pop("DATABASE_OWNER_URL", None)
        with self.log.open("ab") as log:
            program = subprocess.Popen(  # noqa: S603 - fixed words
                [sys.executable, "-m", "celery", "--quiet", "-A", self.app, *words],
                cwd=settings.BASE_DIR,
                env=env | self.settings,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.at_work.append(program)
        return program
