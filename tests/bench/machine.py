"""What a bench ran on: figures without it say little."""

import os
import platform
from pathlib import Path

from django.db import connection


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
