"""Files: written beside and renamed, the same bytes for the same content, with a digest."""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tracker.lib.excel.packing import member, write_parts

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"  # what a browser is told
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """What was written: where, how large, and its SHA-256."""

    path: Path
    size: int
    sha256: str


@contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """Give a private name beside the path; on success it takes the path's place, else it is gone.

    Nobody ever sees half a file under the path, not even after a crash.
    """
    with opened_beside(path) as (beside, _file):
        yield beside


@contextmanager
def opened_beside(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """The same with the file itself, open and empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".tmp-", suffix=path.suffix, dir=path.parent)
    try:
        with open(handle, "wb") as file:
            yield Path(name), file
            file.flush()
            os.fsync(handle)
            os.fchmod(handle, 0o640)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def digest(path: Path) -> WrittenFile:
    """Return the file's size and SHA-256."""
    seen = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            seen.update(chunk)
    return WrittenFile(path, path.stat().st_size, seen.hexdigest())


def zip_files(path: Path, files: Iterable[tuple[str, Path]], moment: datetime.datetime) -> None:
    """Write a zip of workbooks under the names given; the moment is the date of each."""
    with written_beside(path) as beside, zipfile.ZipFile(beside, "w") as target:
        for name, source in files:
            entry = member(name, moment)
            entry.compress_type = zipfile.ZIP_STORED  # workbooks are packed
            target.writestr(entry, source.read_bytes())


def settle(source: BinaryIO, target: Path, moment: datetime.datetime) -> None:
    """Copy a workbook so that its bytes depend on its content and the moment alone."""
    stamp = moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(source) as book:
        parts = {info.filename: book.read(info) for info in book.infolist()}
    core = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, parts["docProps/core.xml"])
    parts["docProps/core.xml"] = core
    with target.open("wb") as file:
        write_parts(file, moment, parts.items())
