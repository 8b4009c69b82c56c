"""How many costly programs run at once on a machine: as many as there are files to lock."""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tracker.lib.told import told as _

PAUSE: Final = 0.1


class Busy(Exception):
    """All are taken; the message is a sentence for the user."""


@contextmanager
def slot(name: str, *, most: int, patience: float) -> Iterator[None]:
    """Hold one of so many; wait for it so many seconds. Raises Busy.

    What a process that was killed held is free at once: the system lets go of its locks.
    """
    until = time.monotonic() + patience
    while (held := _taken(name, most)) is None:
        if time.monotonic() >= until:
            raise Busy(_("现在有多人在生成这类文件，没有生成，请稍后再试。"))
        time.sleep(PAUSE)
    try:
        yield
    finally:
        os.close(held)


def _taken(name: str, most: int) -> int | None:
    """A lock that was free; None where none was."""
    folder = Path(tempfile.gettempdir())
    for number in range(most):
        path = folder / f"tanzetong-{os.getuid()}-{name}-{number}.lock"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        os.close(file)
    return None
