"""Files that were sent in: laid down out of the web's reach, opened where they are archives."""

import contextlib
import hashlib
import re
import struct
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from django.conf import settings

from reports.returns.shapes import Refused
from tracker.lib.archives import DAMAGED, check_packing
from tracker.lib.excel.files import written_beside
from tracker.lib.text import clean_text
from tracker.lib.told import told as _

MEGABYTE: Final = 1024 * 1024
MOST_FORMS: Final = 200  # of one archive, or of one sending
MOST_UNPACKED: Final = 200 * MEGABYTE
LONGEST_NAME: Final = 200
MOST_PARTS: Final = 2000
STEP: Final = 1 << 16
_TAIL: Final = 66 * 1024
_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_LARGE: Final = b"PK\x06\x07"
_MOST_DIRECTORY: Final = MEGABYTE
_SHOWN_SIDEWAYS: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# What may be meant as a form; each that is none is told so. Texts and pictures are passed over.
_MEANT: Final = (
    *(".xlsx", ".xls", ".xlsm", ".xlsb", ".xltx", ".et", ".ett", ".wps", ".csv", ".ods"),
    *(".zip", ".rar", ".7z"),
)
# What packers of other systems put beside the files.
_BESIDE: Final = ("__MACOSX/", "~$", ".")


@dataclass(frozen=True)
class Laid:
    """A file where it lies: `path` is below FILES_DIR."""

    name: str
    path: str
    size: int
    sha256: str

    def drop(self) -> None:
        """Take it away again."""
        (Path(settings.FILES_DIR) / self.path).unlink(missing_ok=True)


@contextlib.contextmanager
def kept_whole() -> Iterator[Callable[[Laid], Laid]]:
    """Gives what notes the files laid down inside; where that comes to nothing they go again."""
    laid: list[Laid] = []

    def note(one: Laid) -> Laid:
        laid.append(one)
        return one

    try:
        yield note
    except BaseException:
        for one in laid:
            one.drop()
        raise


def lay_down(name: str, chunks: Iterable[bytes], *, year: int) -> Laid:
    """Write a file under a name of its own. Raises Refused for one that is empty or too large."""
    path = f"uploads/{year}/{uuid.uuid4().hex}.xlsx"
    size, seen, limit = 0, hashlib.sha256(), settings.RETURN_MAX_MB * MEGABYTE
    with written_beside(Path(settings.FILES_DIR) / path) as beside, beside.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                sentence = _("文件超过%(limit)d MB，请删去图片和多余的工作表后重新上传。")
                raise Refused(sentence % {"limit": settings.RETURN_MAX_MB})
            seen.update(chunk)
            file.write(chunk)
        if not size:
            raise Refused(_("文件是空的，请重新选择。"))
    return Laid(clean_name(name), path, size, seen.hexdigest())


def clean_name(name: str) -> str:
    """The name without folders, control characters and what turns the direction of writing."""
    bare = PurePosixPath(clean_text(name).replace("\n", " ").replace("\\", "/")).name
    bare = _SHOWN_SIDEWAYS.sub("", bare).replace("\t", " ").strip(" .")
    return bare[-LONGEST_NAME:] or _("回填表")


def is_archive(path: Path) -> bool:
    """Whether it is a zip of files, and no workbook. Raises Refused for one not to be opened."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return False
    with _opened(path) as archive:
        return "[Content_Types].xml" not in archive.namelist()


def _refuse_archive(laid: Laid) -> None:
    """Refuse an archive within an archive: it might hold another, and so on without end."""
    try:
        nested = is_archive(Path(settings.FILES_DIR) / laid.path)
    except Refused:
        return  # a damaged file is told by itself, and the others are read
    if nested:
        sentence = _("压缩包中的“%(name)s”也是压缩包，请解开后重新上传。")
        raise Refused(sentence % {"name": laid.name})


def unpack(path: Path, *, year: int, tell: Callable[[int, int, str], None]) -> Iterator[Laid]:
    """Lay down the workbooks of an archive, one after the other. Raises Refused."""
    with _opened(path) as archive:
        parts = [part for part in archive.infolist() if _is_form(part)]
        if not parts:
            raise Refused(_("压缩包中没有回填表（.xlsx），请核对后重新上传。"))
        if len(parts) > MOST_FORMS:
            sentence = _("压缩包中有%(n)d个文件，一次最多%(most)d个，请分开上传。")
            raise Refused(sentence % {"n": len(parts), "most": MOST_FORMS})
        left = MOST_UNPACKED
        for number, part in enumerate(parts):
            name = _name_of(part)
            tell(number, len(parts), name)
            try:
                laid = lay_down(name, _chunks(archive, part), year=year)
                yield laid
                _refuse_archive(laid)
                left -= laid.size
                if left < 0:
                    raise Refused(_("压缩包展开后过大，请分开上传。"))
            except Refused as error:
                raise Refused(_("“%(name)s”：%(why)s") % {"name": name, "why": error}) from error


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, once its directory is small enough to be read."""
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            check_packing(archive.infolist())
            if any(part.flag_bits & 0x1 for part in archive.infolist()):
                raise Refused(_("压缩包加了密码，打不开；请去掉密码后重新上传。"))
            yield archive
    except Refused:
        raise
    except DAMAGED as error:
        raise Refused(_("文件不完整或已损坏，请重新保存后上传。")) from error


def _check_directory(path: Path) -> None:
    """Python reads a whole directory before anybody can count it: look at what it claims first."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        tail = file.read()
    sentence = _("压缩包中的文件过多，请分开上传。")
    if _LARGE in tail:
        raise Refused(sentence)
    for found in re.finditer(re.escape(_END), tail):
        record = tail[found.start() : found.start() + _END_SIZE]
        if len(record) < _END_SIZE:
            continue
        _sign, _disk, _first, _here, parts, size, _at, _note = struct.unpack("<4s4H2LH", record)
        if parts > MOST_PARTS or size > _MOST_DIRECTORY:
            raise Refused(sentence)


def _is_form(part: zipfile.ZipInfo) -> bool:
    name = _name_of(part)
    beside = part.filename.startswith(_BESIDE[0]) or name.startswith(_BESIDE[1:])
    return not part.is_dir() and not beside and name.lower().endswith(_MEANT)


def _name_of(part: zipfile.ZipInfo) -> str:
    """Its name; packers on Chinese Windows write GBK and do not say so."""
    name = part.filename
    if not part.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return PurePosixPath(name.replace("\\", "/")).name


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as source:
        while chunk := source.read(STEP):
            yield chunk
