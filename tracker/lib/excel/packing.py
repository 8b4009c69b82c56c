"""Writes the zip that a workbook is. Python's own takes as long over its parts as these take."""

from __future__ import annotations

import datetime
import functools
import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Final

LEVEL: Final = 1  # 6 would take as long as all the rest together, for a fifth of the size
HELD: Final = 1 << 20  # bytes of a part, packed, that wait for its head
_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_VERSION, _UNIX, _DEFLATED = 20, 3 << 8, 8
_MODE: Final = 0o644 << 16
Head = tuple[int, int, int]  # the CRC, how large the part is packed, how large it is

# A part is given as pieces; one given whole is the same in many books, and packed once for them.
Part = bytes | Iterable[bytes]


def write_parts(
    file: BinaryIO, moment: datetime.datetime, parts: Iterable[tuple[str, Part]]
) -> None:
    """Write an archive of the parts, each with the moment for its date, to the file."""
    when = _dos(moment)
    entries: list[bytes] = []
    place = 0
    for name, part in parts:
        path = name.encode("ascii")
        if isinstance(part, bytes):
            head, packed = _packed(part)
            file.write(_local(path, when, head) + packed)
        else:
            head = _write(file, path, when, part, place)
        fields = (_VERSION, 0, _DEFLATED, *when, *head, len(path), 0, 0, 0, 0, _MODE, place)
        entries.append(_CENTRAL.pack(b"PK\1\2", _UNIX | _VERSION, *fields) + path)
        place += _LOCAL.size + len(path) + head[1]
    directory = b"".join(entries)
    count = len(entries)
    file.write(directory + _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), place, 0))


def _write(
    file: BinaryIO, path: bytes, when: Sequence[int], pieces: Iterable[bytes], place: int
) -> Head:
    """Write a part; of a large one the head is written again when it is known."""
    packer = _packer(sum(map(len, pieces)) if isinstance(pieces, list) else HELD)
    crc = size = packed = 0
    held: list[bytes] = []
    waits = True
    for piece in pieces:
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        held.append(packer.compress(piece))
        packed += len(held[-1])
        if packed > HELD:
            file.write(b"".join([_local(path, when, (0, 0, 0)) * waits, *held]))
            held, waits = [], False
    held.append(packer.flush())
    head = crc, packed + len(held[-1]), size
    file.write(b"".join([_local(path, when, head) * waits, *held]))
    if not waits:
        file.seek(place)
        file.write(_local(path, when, head))
        file.seek(0, 2)
    return head


@functools.lru_cache(maxsize=256)
def _packed(part: bytes) -> tuple[Head, bytes]:
    packer = _packer(len(part))
    packed = packer.compress(part) + packer.flush()
    return (zlib.crc32(part), len(packed), len(part)), packed


def _packer(size: int) -> zlib._Compress:
    """One with as much memory as it can use: to ask for it takes longer than a small part."""
    window = min(max(size.bit_length(), 10), zlib.MAX_WBITS)
    return zlib.compressobj(LEVEL, zlib.DEFLATED, -window, window - 7)


def _local(path: bytes, when: Sequence[int], head: Head) -> bytes:
    return _LOCAL.pack(b"PK\3\4", _VERSION, 0, _DEFLATED, *when, *head, len(path), 0) + path


def _dos(moment: datetime.datetime) -> tuple[int, int]:
    """The time and the date as an archive has them, whatever the system's clock."""
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    return time, (moment.year - 1980) << 9 | moment.month << 5 | moment.day
