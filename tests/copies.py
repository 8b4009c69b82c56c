"""Databases copied from one that is filled already: a copy takes a part of a second."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import ProgrammingError, connection


def copy(source: str, name: str) -> None:
    """Make the database anew as it is in `source`, to which nobody else may be connected."""
    connection.close()
    drop(name)
    _administer(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def drop(name: str) -> None:
    """Whoever is connected to it."""
    try:
        _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    except ProgrammingError:  # the server's own vacuum, which yields to a plain one alone
        _administer(f'DROP DATABASE IF EXISTS "{name}"')


def _administer(statement: str) -> None:
    """From outside the tests' databases, where Django itself makes them from."""
    wrapper: Any = connection
    with wrapper._nodb_cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def elsewhere(name: str) -> Iterator[None]:
    """This process' models are rows of that database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
