"""What an uploaded file is: by its content, not by its name or the browser's word for it."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from django.utils.translation import gettext as _

from tracker.lib.archives import DAMAGED, check_packing
from tracker.lib.text import clean_text

LONGEST_NAME: Final = 200
MAX_PARTS: Final = 5000
MAX_UNPACKED: Final = 200 * 1024 * 1024
STEP: Final = 1024 * 1024
EDGE: Final = 64 * 1024
# Kind → the content type it is sent with, and what its name may end in; the first is added.
KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "pdf": ("application/pdf", (".pdf",)),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (".docx",),
    ),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)),
    "doc": ("application/msword", (".doc", ".wps")),
    "xls": ("application/vnd.ms-excel", (".xls", ".et")),
    "png": ("image/png", (".png",)),
    "jpg": ("image/jpeg", (".jpg", ".jpeg")),
}
ACCEPT: Final = ",".join(ending for _type, endings in KINDS.values() for ending in endings)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SHOWN_SIDEWAYS: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Refused(ValueError):
    """A file that is not taken, with the sentence why."""


def content_type(kind: str) -> str:
    """What a file of the kind is sent as."""
    return KINDS[kind][0] if kind in KINDS else "application/octet-stream"


def kind_of(path: Path) -> str:
    """Which of `KINDS` the file is. Raises Refused."""
    with path.open("rb") as file:
        head = file.read(1024)
        file.seek(max(0, path.stat().st_size - EDGE))
        tail = file.read()
    if not head:
        raise Refused(_("文件是空的。"))
    if head.startswith(b"%PDF-"):
        return _whole("pdf", b"%%EOF" in tail)
    if head.startswith(_PNG):
        return _whole("png", head[12:16] == b"IHDR" and b"IEND" in tail)
    if head.startswith(b"\xff\xd8\xff"):
        return _whole("jpg", b"\xff\xd9" in tail)
    if head.startswith(_OLE):
        return _old_office(path)
    if head.startswith(b"PK\x03\x04"):
        return _office(path)
    raise Refused(_("只收 PDF、Word、Excel 和 PNG、JPG 图片；按内容判断，改文件名不起作用。"))


def _whole(kind: str, is_whole: bool) -> str:
    if not is_whole:
        raise Refused(_("文件不完整或已损坏，请重新导出后上传。"))
    return kind


def _old_office(path: Path) -> str:
    """Word or Excel of before 2007; the names of its streams stand there in UTF-16."""
    content = path.read_bytes()

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if has("EncryptedPackage"):
        raise _locked()
    if has("_VBA_PROJECT") or has("Macros"):
        raise _with_macros()
    if has("WordDocument"):
        return "doc"
    if has("Workbook") or has("Book\0"):
        return "xls"
    raise Refused(_("只收 PDF、Word、Excel 和 PNG、JPG 图片；按内容判断，改文件名不起作用。"))


def _office(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            return _kind_of_parts(archive)
    except Refused:
        raise
    except DAMAGED as error:
        raise Refused(_("文件不完整或已损坏，请重新导出后上传。")) from error


def _kind_of_parts(archive: zipfile.ZipFile) -> str:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 0x1 for part in parts):
        raise _locked()
    if "[Content_Types].xml" not in names or not names & {"word/document.xml", "xl/workbook.xml"}:
        raise Refused(_("压缩包不能上传，请上传其中的 PDF、Word、Excel 或图片。"))
    if len(parts) > MAX_PARTS:
        raise _too_large()
    check_packing(parts)
    if any(
        name.lower().endswith("vbaproject.bin") or "/activex/" in name.lower() for name in names
    ):
        raise _with_macros()
    left = MAX_UNPACKED
    for part in parts:
        # What the head says of the size is the sender's own word: count what comes out.
        with archive.open(part) as source:
            while chunk := source.read(STEP):
                left -= len(chunk)
                if left < 0:
                    raise _too_large()
    with archive.open("[Content_Types].xml") as source:
        if b"macroenabled" in source.read(STEP).lower():
            raise _with_macros()
    return "docx" if "word/document.xml" in names else "xlsx"


def _locked() -> Refused:
    return Refused(_("文件加了密码，打不开；请去掉密码后上传。"))


def _with_macros() -> Refused:
    return Refused(_("文件带有宏，请另存为不带宏的格式后上传。"))


def _too_large() -> Refused:
    return Refused(_("文件展开后过大，请精简后上传。"))


def clean_name(name: str, kind: str) -> str:
    """The name without folders and control characters, ending as its content does."""
    bare = PurePosixPath(clean_text(name).replace("\n", " ").replace("\\", "/")).name
    bare = _SHOWN_SIDEWAYS.sub("", bare).replace("\t", " ").lstrip().rstrip(" .")
    endings = KINDS[kind][1]
    if not bare.lower().endswith(endings):
        bare += endings[0]
    if len(bare) > LONGEST_NAME:
        ending = bare[bare.rindex(".") :]
        bare = bare[: LONGEST_NAME - len(ending)] + ending
    return bare if bare.rpartition(".")[0] else _("佐证材料") + bare
