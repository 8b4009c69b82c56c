"""Reads a workbook in a process of its own, which a hostile file may kill and nothing else.

Run by `guard` as a script: it imports nothing of the project, takes the path of a file, the
bytes of memory and the seconds that it may use, and prints lines of JSON: a sheet as an object,
then its rows in lists of many; at last `{"properties": …}`, or `{"refused": code}`. It keeps
neither the file's parts nor the rows that it has told.
"""

import datetime
import html
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

MAX_UNPACKED: Final = 64 * 1024 * 1024
MAX_PARTS: Final = 500
MAX_PART: Final = 4 * 1024 * 1024  # of a part that is read whole: styles, properties, relations
MAX_CELLS: Final = 600_000
MAX_TOLD: Final = 24 * 1024 * 1024  # bytes of JSON, which the caller takes in whole
STEP: Final = 1024 * 1024
MANY: Final = 200  # rows of a line
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
XML_ENDS: Final = (".xml", ".rels", ".vml")
DECLARED: Final = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)")
OVERLAP: Final = 32  # bytes of a step that are looked at again with the next
PERCENTS: Final = {"9", "10"}  # built-in formats
# Within a tag `[^<>]*`: over tags that never end `[^>]*` would look on to the end from each.
# A formula that nobody has reckoned: no value beside it. That of an empty text has t="str".
UNCOUNTED: Final = re.compile(
    rb'<(?:\w+:)?c\b(?![^<>]*\bt="str")[^<>]*\br="([A-Z]+\d+)"[^<>]*>\s*'
    rb"<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


# One with an error for a result, which the reader gives as nothing.
FAILED: Final = re.compile(rb'<(?:\w+:)?c\b(?=[^<>]*\bt="e")[^<>]*\br="([A-Z]+\d+)"')
ERROR: Final = re.compile(rb't="e"')  # half again as fast as `in`


class Refused(Exception):
    """The file is not read, for the reason that the code names."""


def read(path: str) -> Iterator[Any]:
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
        formulas = check(archive)
        special = dict(special_cells(archive, formulas))
        properties = custom_properties(archive)
    with CalamineWorkbook.from_path(path) as book:
        left = MAX_CELLS
        for number, about in enumerate(book.sheets_metadata):
            if str(about.typ) != "SheetTypeEnum.WorkSheet":
                continue
            found = book.get_sheet_by_index(number)
            row, column = found.end or (0, 0)
            left -= (row + 1) * (column + 1)
            if left < 0:
                raise Refused("much")
            percents, uncounted = special.get(about.name, ([], []))
            yield {
                "title": found.name,
                "shown": about.visible == SheetVisibleEnum.Visible,
                "merged": [
                    (*first, *last)
                    for first, last in islice(found.merged_cell_ranges or (), MAX_CELLS)
                ],
                "percents": percents,
                "uncounted": uncounted,
            }
            yield from rows_of(found)
    yield {"properties": properties}


def check(archive: zipfile.ZipFile) -> set[str]:
    """No bomb, no macros, nothing from outside, no entities. Returns the parts with formulas."""
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
    left, formulas = MAX_UNPACKED, set[str]()
    for part in parts:
        if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Refused("damaged")
        before, is_xml = b"", part.filename.lower().endswith(XML_ENDS)
        for chunk in chunks_of(archive, part.filename):
            left -= len(chunk)
            if left < 0:  # counted as it comes out, whatever the head says of the size
                raise Refused("large")
            if is_xml and look_at(part.filename, before + chunk):
                formulas.add(part.filename)
            before = chunk[-OVERLAP:]
    return formulas


def look_at(part: str, chunk: bytes) -> bool:
    """Whether a piece has formulas or errors; nothing that declares entities, no macros."""
    # A search for one byte is twenty times as fast as one for more, and finds nothing in most.
    if b"!" in chunk and DECLARED.search(chunk):
        raise Refused("entities")
    if part == "[Content_Types].xml" and b"macroenabled" in chunk.lower():
        raise Refused("macros")
    if not part.startswith("xl/worksheets/"):
        return False
    return (b"f" in chunk and b"</f>" in chunk) or ERROR.search(chunk) is not None


def chunks_of(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part, a step at a time."""
    with archive.open(part) as source:
        while chunk := source.read(STEP):
            yield chunk


def rows_of(sheet: CalamineSheet) -> Iterator[list[list[Any]]]:
    """The rows from the first, each from column A, many at a time; empty cells as empty texts."""
    rows = sheet.iter_rows()
    if sheet.start and sheet.start[1]:
        empty = [""] * sheet.start[1]
        rows = ([*empty, *row] for row in rows)
    while some := list(islice(rows, MANY)):
        yield some


def special_cells(
    archive: zipfile.ZipFile, formulas: set[str]
) -> Iterator[tuple[str, tuple[list[str], list[str]]]]:
    """By sheet the cells that show their number as a percentage: 0.8 as 80%, and 1 as 100%.

    And those with a formula that has no result, or an error for one.
    """
    styles = percent_styles(part_of(archive, "xl/styles.xml"))
    if not styles and not formulas:
        return
    targets = {
        one.get("Id", ""): one.get("Target", "")
        for one in elements(part_of(archive, "xl/_rels/workbook.xml.rels"), "Relationship")
    }
    some = "|".join(map(str, styles)).encode()
    shown = re.compile(rb'<(?:\w+:)?c\b(?=[^<>]*\bs="(?:' + some + rb')")[^<>]*\br="([A-Z]+\d+)"')
    for one in elements(part_of(archive, "xl/workbook.xml"), "sheet"):
        # The prefix is whatever the program has given the namespace.
        place = next((value for key, value in one.items() if key.endswith(":id")), "")
        target = targets.get(place, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        percents, uncounted = list[str](), list[str]()
        for rows in whole_rows(archive, part) if styles or part in formulas else ():
            if styles:
                percents += [cell.decode() for cell in shown.findall(rows)]
            if part in formulas:
                found = *UNCOUNTED.findall(rows), *FAILED.findall(rows)
                uncounted += [cell.decode() for cell in found]
        yield one.get("name", ""), (percents, uncounted)


def whole_rows(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A sheet's part in pieces that end with a row."""
    before = b""
    for chunk in chunks_of(archive, part) if part in archive.namelist() else ():
        piece = before + chunk
        cut = piece.rfind(b"row>") + 1
        yield piece[:cut]
        before = piece[cut:]
    yield before


def percent_styles(content: bytes) -> list[int]:
    """Which of the cells' formats are percentages; 0"%" is none, for it shows 80 as 80%."""
    formats = set(PERCENTS)
    for one in elements(content, "numFmt"):
        if "%" in re.sub(r'".*?"|\\.', "", one.get("formatCode", "")):
            formats.add(one.get("numFmtId", ""))
    used = re.search(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", content, re.DOTALL)
    rows = elements(used[0], "xf") if used else ()
    return [n for n, one in enumerate(rows) if one.get("numFmtId") in formats]


def custom_properties(archive: zipfile.ZipFile) -> dict[str, str]:
    """What the document says of itself beside title and author."""
    content = part_of(archive, "docProps/custom.xml").decode("utf-8", "replace")
    one = r'<property\b[^<>]*\bname="([^"]*)"[^<>]*>\s*<vt:\w+\b[^<>]*>([^<]*)<'
    found = re.findall(one, content)
    return dict(found[:MAX_PARTS])


def elements(content: bytes, name: str) -> Iterator[dict[str, str]]:
    """The attributes of each element of the name."""
    for tag in re.finditer(rb"<(?:\w+:)?%b\b([^<>]*)>" % name.encode(), content):
        found = re.findall(r'([\w:]+)="([^"]*)"', tag[1].decode("utf-8", "replace"))
        yield {key: html.unescape(text) for key, text in found}


def part_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part's content; nothing where it is not there."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as source:
        content = source.read(MAX_PART + 1)
    if len(content) > MAX_PART:
        raise Refused("much")
    return content


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


def tell(path: str) -> None:
    """What is in the file, line by line."""
    encoder, left = json.JSONEncoder(default=plain, ensure_ascii=False), MAX_TOLD
    for one in read(path):
        line = encoder.encode(one).encode() + b"\n"
        left -= len(line)
        if left < 0:
            raise Refused("much")
        sys.stdout.buffer.write(line)


def main(path: str, memory: str, seconds: str) -> None:
    """Read the file and say what is in it, or why it is not read."""
    if sys.platform == "linux":
        bound(int(memory), int(seconds))
    code = ""
    try:
        tell(path)
    except Refused as error:
        code = str(error)
    except MemoryError:
        code = "much"
    # What is damaged raises all kinds of things, and panics of the reader are no Exception.
    except (Exception, CalamineError):
        code = "damaged"
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        code = "damaged"
    if code:
        print(json.dumps({"refused": code}))  # noqa: T201 - the answer


if __name__ == "__main__":
    main(*sys.argv[1:])
