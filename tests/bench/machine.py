"""What a bench ran on: figures without it say little."""

import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from django.db import connection


class Spent(NamedTuple):
    """Seconds by the clock, and of them those of this process on a processor."""

    clock: float
    busy: float

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.busy:.2f} s busy)"

    def __truediv__(self, other: "Spent") -> float:
        return self.clock / other.clock


def spent(work: Callable[[], object]) -> Spent:
    """How long it takes."""
    clock, busy = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - clock, time.process_time() - busy)


def machine() -> str:
    """Processor, cores, load, and the servers' versions."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    named = [one.split(":", 1)[1].strip() for one in lines if one.startswith("model name")]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    return (
        f"machine: {named[0] if named else platform.machine()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, PostgreSQL {version}"
    )
