"""Writes the zip that a workbook is."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterable
from typing import BinaryIO, Final

LEVEL: Final = 1  # 6 would take as long as all the rest together, for a fifth of the size

# A part is given whole, or as pieces where it is large.
Part = bytes | Iterable[bytes]


def write_parts(
    file: BinaryIO, moment: datetime.datetime, parts: Iterable[tuple[str, Part]]
) -> None:
    """Write an archive of the parts, each with the moment for its date, to the file."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts:
            entry = member(name, moment)
            if isinstance(part, bytes):
                archive.writestr(entry, part, compresslevel=LEVEL)
                continue
            entry._compresslevel = LEVEL  # type: ignore[attr-defined]  # public from 3.13 on
            with archive.open(entry, "w") as opened:
                for piece in part:
                    opened.write(piece)


def member(name: str, moment: datetime.datetime) -> zipfile.ZipInfo:
    """Return the entry of an archive with the moment for its date, whatever the system's clock."""
    info = zipfile.ZipInfo(name, moment.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info
