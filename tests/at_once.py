"""Work done in threads that start at the same moment, each with a connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

T = TypeVar("T")
SECONDS = 60


def at_once(*works: Callable[[], T]) -> list[T]:
    """Do all of them; what each returned, in their order."""
    gate = threading.Barrier(len(works))

    def one(work: Callable[[], T]) -> T:
        try:
            gate.wait(10)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(SECONDS) for future in [pool.submit(one, work) for work in works]]
