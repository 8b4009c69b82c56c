"""Files as people and attackers send them."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(20) + b"\xff\xd9"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def ole(*streams: str) -> bytes:
    """An old Office file with streams of these names."""
    return OLE + bytes(500) + b"".join(name.encode("utf-16-le") + bytes(8) for name in streams)


def office(*names: str, types: bytes = b"<Types/>", body: bytes = b"<x/>") -> bytes:
    """A new Office file with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        for name in names:
            archive.writestr(name, body)
    return out.getvalue()


def scrambled() -> bytes:
    """One whose parts do not unpack, though the list of them is whole."""
    content = bytearray(office("word/document.xml", body=bytes(range(256)) * 40))
    start = content.index(b"word/document.xml") + len("word/document.xml")
    content[start : start + 8] = b"\xff" * 8
    return bytes(content)


def misnamed() -> bytes:
    """One that says that a part's name is UTF-8, which it is not."""
    content = bytearray(office("word/document.xml", "word/标题.xml"))
    return bytes(content).replace("标题".encode(), b"\xff" * len("标题".encode()))


def packed(method: int) -> bytes:
    """One packed in another way."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", b"<x/>")
    return out.getvalue()


def locked() -> bytes:
    """A zip that says of its parts that they are encrypted."""
    content = bytearray(office("word/document.xml"))
    start = 0
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        content[start + 8] |= 1
        start += 4
    return bytes(content)


DOCX = office("word/document.xml")
XLSX = office("xl/workbook.xml")


def upload(name: str = "验收报告.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A file on its way."""
    return SimpleUploadedFile(name, content)
