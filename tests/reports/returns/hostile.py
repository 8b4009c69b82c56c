"""Files that would cost much or do harm, and what is said of each."""

import io
import random
import zipfile
from collections.abc import Callable, Mapping

from tests.lib.test_excel_reader import FULL, merges, packed, sheet, strings, styles, text


def macros() -> bytes:
    return _with({"xl/vbaProject.bin": b"Attribute VB_Name"})


def renamed_macros() -> bytes:
    kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    return _with({"[Content_Types].xml": b'<Types><Override ContentType="%b"/></Types>' % kind})


def _with(more: Mapping[str, bytes]) -> bytes:
    source, out = io.BytesIO(packed(sheet(FULL))), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, more.get(name, old.read(name)))
        for name in more.keys() - set(old.namelist()):
            new.writestr(name, more[name])
    return out.getvalue()


def bomb() -> bytes:
    """300 KB that unpack to 300 MB."""
    return _with({"xl/media/image1.png": bytes(300_000_000)})


def lying() -> bytes:
    """A part whose head says that it is small."""
    content = bytearray(_with({"xl/media/a.bin": bytes(1_000_000)}))
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(b"xl/media/a.bin"))
    content[place + 24 : place + 28] = (10).to_bytes(4, "little")
    return bytes(content)


def entities(part: str, encoding: str = "utf-8") -> bytes:
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bad = f'<!DOCTYPE x [<!ENTITY l0 "ha">{layers}]><x>&l9;</x>'
    return _with({part: bad.encode(encoding)})


def external_entity() -> bytes:
    bad = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst><si><t>&e;</t></si></sst>'
    return _with({"xl/sharedStrings.xml": bad.encode()})


def encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 20


def zip_encrypted() -> bytes:
    content = bytearray(packed(sheet(FULL)))
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def many_rows() -> bytes:
    return packed(
        sheet("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 1_048_577)))
    )


def noise() -> bytes:
    return random.Random(6).randbytes(50_000)  # noqa: S311 - the same each time


def nested() -> bytes:
    return _with({"xl/embeddings/inner.xlsx": bomb()})


def archive_of_text() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("说明.txt", "没有工作簿")
    return out.getvalue()


def unending(part: str, tag: bytes) -> bytes:
    """A part of tags that never end, over which a careless search takes hours."""
    return _with({part: b'<f t="e"></f>' + tag * 300_000})


def formulas() -> bytes:
    """Half a million formulas, none with a result."""
    row = "".join(f'<c r="{letter}%d"><f>1+1</f></c>' for letter in "ABCDEFGHIJKLMNOPQRSTUVWXY")
    return packed(
        sheet("".join(f"<row>{row.replace('%d', str(n))}</row>" for n in range(1, 20_001)))
    )


CORNER = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
LONG = strings(f"<si><t>{'长' * 2_000_000}</t></si>")
NAMED = "<row>" + '<c t="s"><v>0</v></c>' * 60 + "</row>"
FEW = "没有找到回填表"
# "": it may be read or refused, as long as it costs little.
FILES: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "文件是空的"),
    "xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), "另存为 .xlsx"),
    "csv": (lambda: "序号,进展情况\n1,完成\n".encode("gb18030"), "另存为 .xlsx"),
    "html": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "另存为 .xlsx"),
    "ods": (lambda: _with({"mimetype": b"application/vnd.oasis.opendocument"}), "另存为 .xlsx"),
    "xlsb": (lambda: _with({"xl/workbook.bin": b"\0"}), "另存为 .xlsx"),
    "pdf": (lambda: b"%PDF-1.7\n" + bytes(900), "另存为 .xlsx"),
    "another zip": (archive_of_text, "另存为 .xlsx"),
    "noise": (noise, "另存为 .xlsx"),
    "truncated": (lambda: packed(sheet(FULL * 500))[:-300], "已损坏"),
    "encrypted": (encrypted, "密码"),
    "encrypted parts": (zip_encrypted, "密码"),
    "macros": (macros, "宏"),
    "macros by type": (renamed_macros, "宏"),
    "macro sheet": (lambda: _with({"xl/macrosheets/sheet1.xml": b"<x/>"}), "宏"),
    "activex": (lambda: _with({"xl/activeX/activeX1.xml": b"<x/>"}), "控件"),
    "external links": (lambda: _with({"xl/externalLinks/externalLink1.xml": b"<x/>"}), "断开链接"),
    "connections": (lambda: _with({"xl/connections.xml": b"<x/>"}), "断开链接"),
    "bomb": (bomb, "展开后过大"),
    "lying size": (lying, ""),
    "nested bomb": (nested, FEW),
    "billion laughs": (lambda: entities("xl/sharedStrings.xml"), "实体声明"),
    "laughs in utf-16": (lambda: entities("xl/sharedStrings.xml", "utf-16"), "实体声明"),
    "laughs in styles": (lambda: entities("xl/styles.xml"), "实体声明"),
    "laughs in the workbook": (lambda: entities("xl/workbook.xml"), "实体声明"),
    "external entity": (external_entity, "实体声明"),
    "a million rows": (many_rows, "内容过多"),
    "a far corner": (lambda: packed(sheet(FULL + CORNER)), "内容过多"),
    "6 million cells": (lambda: packed(sheet(FULL * 100_000)), ""),
    "everything merged": (lambda: packed(sheet("<row/>", merges("A1:XFD1048576"))), ""),
    "merged beside rows": (lambda: packed(sheet(FULL, merges(*["A1:XFD1048576"] * 999))), ""),
    "many merged": (lambda: packed(sheet(FULL, merges(*["A1:B2"] * 200_000))), ""),
    "a long string everywhere": (lambda: packed(sheet(NAMED * 3000), more=LONG), "内容过多"),
    "strings": (lambda: packed(sheet(FULL), more=strings("<si/>" * 9_000_000)), ""),
    "formats": (lambda: packed(sheet(FULL), more=styles("<xf/>" * 3_000_000)), ""),
    "formulas": (formulas, ""),
    "tags that never end": (lambda: unending("xl/worksheets/sheet1.xml", b"<c r="), ""),
    "properties that never end": (lambda: unending("docProps/custom.xml", b"<property "), ""),
    "relations that never end": (
        lambda: unending("xl/_rels/workbook.xml.rels", b"<Relationship "), ""
    ),
    "deep": (lambda: packed(sheet("<a>" * 500_000 + "</a>" * 500_000)), ""),
    "a sheet listed often": (lambda: packed(sheet(FULL * 1000), names=5000), ""),
    "a letter that grows": (lambda: packed(sheet(f"<row>{text('ﷺ' * 28) * 60}</row>" * 1400)), ""),
}  # fmt: skip
