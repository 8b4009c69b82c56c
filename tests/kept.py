"""Rows that take longer to make than the tests take: made once, and each test undoes its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeVar

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from django.utils import translation

from tests.doors.world import World, build
from tests.factories import NOW

T = TypeVar("T")


@contextmanager
def kept_open(blocker: Any, make: Callable[[], T]) -> Iterator[T]:
    """Make rows for a module or package, in a transaction inside which its tests run their own.

    For tests that end in a rollback: one that commits would find them gone.
    """
    with blocker.unblock(), transaction.atomic():
        cache.clear()
        with time_machine.travel(NOW, tick=False), translation.override(settings.LANGUAGE_CODE):
            made = make()
        with blocker.block():
            yield made
        transaction.set_rollback(True)


@contextmanager
def kept_world(
    blocker: Any, files: Path, more: Callable[[World], None] = lambda world: None
) -> Iterator[World]:
    """The world of the doors, whose files lie in the folder: its tests set FILES_DIR to it."""

    def make() -> World:
        with override_settings(FILES_DIR=files):
            world = build(files)
            more(world)
            return world

    with kept_open(blocker, make) as built:
        yield built


def kept_for_module(
    request: pytest.FixtureRequest, blocker: Any, make: Callable[[], T]
) -> Iterator[Callable[[], T]]:
    """The body of a fixture of a module that gives each of its tests the same rows.

    They are made once where every test of the module that reads the database asks for them and
    ends in a rollback, and for each test anew otherwise: so no test meets rows that it did not
    ask for, whatever ran before it. What a test changes in the objects is its own.
    """
    name = request.fixturename
    tests = [item for item in request.session.items if item.path == request.path]
    if not all(name in _asked(item) for item in tests if _reads(item)) or any(map(_commits, tests)):
        yield make
        return
    with kept_open(blocker, make) as made:
        yield lambda: deepcopy(made)


def _asked(item: pytest.Item) -> list[str]:
    names: list[str] = getattr(item, "fixturenames", [])
    return names


def _reads(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or "db" in _asked(item)


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    committing = {"transactional_db", "live_server", "django_db_reset_sequences"}
    return bool(marker and marker.kwargs.get("transaction")) or bool(committing & {*_asked(item)})
