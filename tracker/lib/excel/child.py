"""Reads a workbook in a process of its own, which a hostile file may kill and nothing else.

Run by `guard` as a script: it imports nothing of the project, takes the path of a file, the
bytes of memory and the seconds that it may use, and prints JSON: `{"refused": code}` or the sheets.
"""

import datetime
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

MAX_UNPACKED: Final = 80 * 1024 * 1024
MAX_PARTS: Final = 500
MAX_CELLS: Final = 600_000
MAX_TOLD: Final = 48 * 1024 * 1024  # bytes of JSON, which the caller takes in whole
STEP: Final = 1024 * 1024
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
XML_ENDS: Final = (".xml", ".rels", ".vml")
DECLARED: Final = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)")
OVERLAP: Final = 32  # bytes of a step that are looked at again with the next
PERCENTS: Final = {9, 10}  # built-in formats


class Refused(Exception):
    """The file is not read, for the reason that the code names."""


def read(path: str) -> dict[str, Any]:
    """The sheets with their cells, and the document's own properties."""
    with open(path, "rb") as file:
        head = file.read(len(OLE))
        if head == OLE:
            locked = "EncryptedPackage".encode("utf-16-le") in file.read()
            raise Refused("locked" if locked else "old")
    if not head:
        raise Refused("empty")
    if not head.startswith(b"PK"):
        raise Refused("damaged" if b"\0" in head else "other")
    with zipfile.ZipFile(path) as archive:
        check(archive)
        percents = dict(percent_cells(archive))
        properties = custom_properties(archive)
    with CalamineWorkbook.from_path(path) as book:
        left, sheets = MAX_CELLS, []
        for number, about in enumerate(book.sheets_metadata):
            if str(about.typ) != "SheetTypeEnum.WorkSheet":
                continue
            found = book.get_sheet_by_index(number)
            row, column = found.end or (0, 0)
            left -= (row + 1) * (column + 1)
            if left < 0:
                raise Refused("much")
            shown = about.visible == SheetVisibleEnum.Visible
            sheets.append(as_told(found, shown, percents.get(about.name, [])))
    return {"sheets": sheets, "properties": properties}


def check(archive: zipfile.ZipFile) -> None:
    """No bomb, no macros, nothing from outside, nothing that declares entities."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names or "mimetype" in names:
        raise Refused("old")
    if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise Refused("other")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("locked")
    lower = [name.lower() for name in names]
    if any("vbaproject" in name or "/activex/" in name or "macrosheets/" in name for name in lower):
        raise Refused("macros")
    if any(name.startswith(("xl/externallinks/", "xl/connections")) for name in lower):
        raise Refused("links")
    if len(parts) > MAX_PARTS:
        raise Refused("large")
    left = MAX_UNPACKED
    for part in parts:
        if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Refused("damaged")
        left = unpacked(archive, part, left)


def unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Count what comes out, whatever the head says of the size; nothing of it is kept."""
    is_xml, before = part.filename.lower().endswith(XML_ENDS), b""
    with archive.open(part) as source:
        while chunk := source.read(STEP):
            left -= len(chunk)
            if left < 0:
                raise Refused("large")
            if is_xml and DECLARED.search(before + chunk):
                raise Refused("entities")
            if part.filename == "[Content_Types].xml" and b"macroenabled" in chunk.lower():
                raise Refused("macros")
            before = chunk[-OVERLAP:]
    return left


def as_told(sheet: CalamineSheet, shown: bool, percents: list[str]) -> dict[str, Any]:
    """A sheet as JSON takes it: rows from the first, empty cells as empty texts."""
    merged = sheet.merged_cell_ranges or []
    return {
        "title": sheet.name,
        "shown": shown,
        "rows": sheet.to_python(skip_empty_area=False),
        "merged": [(*first, *last) for first, last in merged[:MAX_CELLS]],
        "percents": percents,
    }


def percent_cells(archive: zipfile.ZipFile) -> Iterator[tuple[str, list[str]]]:
    """By sheet the cells that show their number as a percentage: 0.8 as 80%, and 1 as 100%."""
    styles = percent_styles(part_of(archive, "xl/styles.xml"))
    if not styles:
        return
    targets = {
        one.get("Id", ""): one.get("Target", "")
        for one in elements(part_of(archive, "xl/_rels/workbook.xml.rels"), "Relationship")
    }
    some = "|".join(map(str, styles)).encode()
    cell = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bs="(?:' + some + rb')")[^>]*\br="([A-Z]+\d+)"')
    for one in elements(part_of(archive, "xl/workbook.xml"), "sheet"):
        target = targets.get(one.get("r:id", ""), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        yield one.get("name", ""), [c.decode() for c in cell.findall(part_of(archive, part))]


def percent_styles(content: bytes) -> list[int]:
    """Which of the cells' formats are percentages; 0"%" is none, for it shows 80 as 80%."""
    formats = set(PERCENTS)
    for one in elements(content, "numFmt"):
        code = re.sub(r"&quot;.*?&quot;|\\.", "", one.get("formatCode", ""))
        if "%" in code and one.get("numFmtId", "").isdecimal():
            formats.add(int(one["numFmtId"]))
    used = re.search(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", content, re.DOTALL)
    rows = elements(used[0], "xf") if used else ()
    return [n for n, one in enumerate(rows) if one.get("numFmtId", "") in map(str, formats)]


def custom_properties(archive: zipfile.ZipFile) -> dict[str, str]:
    """What the document says of itself beside title and author."""
    content = part_of(archive, "docProps/custom.xml").decode("utf-8", "replace")
    one = r'<property\b[^>]*\bname="([^"]*)"[^>]*>\s*<vt:\w+\b[^>]*>([^<]*)<'
    found = re.findall(one, content)
    return dict(found[:MAX_PARTS])


def elements(content: bytes, name: str) -> list[dict[str, str]]:
    """The attributes of each element of the name."""
    tags = re.findall(rf"<(?:\w+:)?{name}\b([^>]*)>", content.decode("utf-8", "replace"))
    return [dict(re.findall(r'([\w:]+)="([^"]*)"', tag)) for tag in tags]


def part_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part's content; nothing where it is not there."""
    return archive.read(name) if name in archive.namelist() else b""


def plain(value: object) -> object:
    """Dates for JSON."""
    if isinstance(value, (datetime.date, datetime.time)):
        return {"date": value.isoformat()}
    return {"text": str(value)}


def bound(memory: int, seconds: int) -> None:
    """Beyond these, the process ends: they are of the file, and begin after the imports."""
    with open("/proc/self/statm", encoding="ascii") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(path: str, memory: str, seconds: str) -> None:
    """Read the file and say what is in it, or why it is not read."""
    if sys.platform == "linux":
        bound(int(memory), int(seconds))
    try:
        told = read(path)
    except Refused as error:
        told = {"refused": str(error)}
    except MemoryError:
        told = {"refused": "much"}
    # What is damaged raises all kinds of things, and panics of the reader are no Exception.
    except (Exception, CalamineError):
        told = {"refused": "damaged"}
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        told = {"refused": "damaged"}
    answer = json.dumps(told, default=plain, ensure_ascii=False).encode()
    if len(answer) > MAX_TOLD:
        answer = json.dumps({"refused": "much"}).encode()
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
