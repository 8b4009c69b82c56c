"""Servers of a test's own, which it may kill and empty without hitting another test."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit

import psycopg
import redis
from django.db import InterfaceError, OperationalError, connection

from tracker.embedded.place import settle
from tracker.embedded.postgres import SUPERUSER, Postgres
from tracker.embedded.roles import APP, DATABASE, OWNER, grant
from tracker.embedded.valkey import Valkey

T = TypeVar("T")
EMPTY = "empty"  # a database like that of the other tests, from which each test's own is copied
RECOVERY_SECONDS = 30.0


class Site:
    """PostgreSQL and Valkey as on a server: what was committed is on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        place = settle(folder)
        self.place = place
        self.postgres = Postgres(place, fast=False)
        self.valkey = Valkey(place, fast=False)

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        host = quote(str(self.place.run_dir), safe="")
        return f"postgres://{role}@/{database}?host={host}&port=5432"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.valkey.socket}?db=0"

    def start(self) -> None:
        """Start both and copy the tests' database into a template."""
        self.postgres.start()
        self.valkey.start()
        with self._administrator() as database:
            database.execute(f'CREATE DATABASE "{EMPTY}" OWNER {OWNER}')
        programs = self.place.binaries.initdb
        address = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
        name = connection.settings_dict["NAME"]
        source = urlsplit(address)._replace(path=f"/{name}").geturl()
        plain = self.folder / "plain.sql"
        dump: list[str | Path] = [programs.with_name("pg_dump"), "--file", plain]
        dump += ["--no-owner", "--no-privileges"]
        load: list[str | Path] = [programs.with_name("psql"), "--file", plain]
        load += ["-X", "-q", "-v", "ON_ERROR_STOP=1"]
        for words in ([*dump, source], [*load, self.url(OWNER, EMPTY)]):
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
        grant(self.url(OWNER, EMPTY), self.url(APP, EMPTY))

    def fresh(self) -> None:
        """An empty database, an empty broker."""
        with self._administrator() as database:
            database.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            database.execute(f'CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE "{EMPTY}"')
        with redis.Redis(unix_socket_path=str(self.valkey.socket)) as broker:
            broker.flushall()

    def stop(self) -> None:
        self.valkey.stop()
        self.postgres.stop()

    # --- faults -----------------------------------------------------------------------------------

    def restart_postgres(self, away: float) -> None:
        """An orderly restart that ends all connections."""
        self._end(self.postgres, signal.SIGINT, away)

    def stop_postgres_at_once(self, away: float) -> None:
        """An immediate stop: it recovers from its log."""
        self._end(self.postgres, signal.SIGQUIT, away)

    def kill_postgres(self, away: float) -> None:
        """No chance to say a word: it recovers from its log."""
        self._end(self.postgres, signal.SIGKILL, away)

    def kill_valkey(self, away: float) -> None:
        self._end(self.valkey, signal.SIGKILL, away)

    def empty_valkey(self, away: float) -> None:
        """Killed, and its folder lost."""

        def lose() -> None:
            for entry in self.valkey.data.iterdir():
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

        self._end(self.valkey, signal.SIGKILL, away, lose)

    def _end(
        self,
        server: Postgres | Valkey,
        number: int,
        away: float,
        meanwhile: Callable[[], None] | None = None,
    ) -> None:
        assert server.process is not None
        server.process.send_signal(number)
        server.process.wait(RECOVERY_SECONDS)
        if meanwhile is not None:
            meanwhile()
        time.sleep(away)  # the machine needs a moment to come back
        server.start()

    # --- the test's own look at it ----------------------------------------------------------------

    @contextmanager
    def looked_at(self) -> Iterator[None]:
        """This process' models are rows of this site."""
        settings = connection.settings_dict
        before = dict(settings)
        options = {k: v for k, v in settings["OPTIONS"].items() if k not in ("host", "port")}
        connection.close()
        settings.update(
            NAME=DATABASE,
            USER=OWNER,
            PASSWORD="",
            HOST=str(self.place.run_dir),
            PORT="5432",
            OPTIONS=options,
        )
        try:
            yield
        finally:
            connection.close()
            settings.update(before)

    def _administrator(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=str(self.place.run_dir),
            port=5432,
            user=SUPERUSER,
            dbname="postgres",
            autocommit=True,
        )


def asked(work: Callable[[], T]) -> T:
    """What the database answers, as soon as it answers."""
    until = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            return work()
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
