"""Whose turn it is: of a long table a run tries a part, each day another.

`make faults` tries all of it. A failure tells the day, and `TEST_DAY=739000 make test` tries what
was tried on it.
"""

import os
from zlib import crc32

from tracker.lib import workdays

DAY = int(os.environ.get("TEST_DAY") or workdays.today().toordinal())


def turn(key: str, every: int) -> int:
    """A number below `every`, which each day is the next one."""
    return (crc32(key.encode()) + DAY) % every


def told(wrong: list[str]) -> str:
    """What is wrong, and the day that it was found on."""
    return "\n".join([f"TEST_DAY={DAY}", *wrong])
