"""Rows that take longer to make than the tests take: made once, and each test undoes its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

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
