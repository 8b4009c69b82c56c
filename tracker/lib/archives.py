"""Zip archives from outside: how their parts may be packed, and what damaged ones raise."""

import lzma
import zipfile
import zlib
from collections.abc import Iterable
from typing import Final

# What reading an archive raises where it is cut off, written over, or made to do harm. Whoever
# refuses a file with a ValueError of their own lets that pass first.
DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
)
# Office programs pack in no other way; of the others one claims gigabytes before its first byte.
_PACKINGS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def check_packing(parts: Iterable[zipfile.ZipInfo]) -> None:
    """Raise BadZipFile for parts that no office program packs so."""
    for part in parts:
        if part.compress_type not in _PACKINGS:
            raise zipfile.BadZipFile(f"packed by method {part.compress_type}")
