"""The database migrated once for a run of many workers, each of which copies it.

The process that starts them has nothing to do while they collect the tests.
"""

import threading
from typing import Any

import psycopg
from django.db import connection
from pytest_django import DjangoDbBlocker

LOCK = 20221129  # held while it is made; locks are of the server's own database, where all wait


def name() -> str:
    base: str = connection.settings_dict["NAME"]
    return f"test_{base}_template"


class Template:
    """Made beside the tests; whoever asks for it before it is there waits."""

    def __init__(self, blocker: DjangoDbBlocker) -> None:
        self.blocker = blocker
        self.name = name()
        self.lock = _server()
        self.lock.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        self.thread = threading.Thread(target=self._make, daemon=True)
        self.thread.start()

    def _make(self) -> None:
        half = f"{self.name}_half"
        try:
            with self.blocker.unblock():
                connection.settings_dict["TEST"]["NAME"] = half
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
                connection.close()
            self._drop(self.name)
            self.lock.execute(f'ALTER DATABASE "{half}" RENAME TO "{self.name}"')
        finally:
            self.lock.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def _drop(self, name: str) -> None:
        self.lock.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def end(self) -> None:
        self.thread.join()
        self._drop(self.name)
        self.lock.close()


def is_there() -> bool:
    """As soon as it is decided; where it could not be made, each worker migrates its own."""
    with _server() as server:
        server.execute("SELECT pg_advisory_lock_shared(%s)", [LOCK])
        found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name()])
        return found.fetchone() is not None


def _server() -> "psycopg.Connection[Any]":
    """A connection to the server's own database, from which others can be made."""
    words = ("host", "port", "user", "password")
    given = connection.get_connection_params()
    place = {word: given[word] for word in words if given.get(word)}
    return psycopg.connect(**place, dbname="postgres", autocommit=True)
