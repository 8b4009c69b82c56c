"""Reading a sheet that somebody sends: what is hostile costs little and gets a sentence."""

import datetime
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from tracker.lib.excel.reader import MAX_BYTES, UnreadableFile, read_book

# A stop for what would go on for minutes: how many seconds a file costs is for `make bench`.
CPU_SECONDS = 60
MEGABYTES = 200
# Limits begin when Django and the reader are there: they are of the file, not of the imports.
CHILD = f"""
import resource, sys
from django.conf import settings
settings.configure(USE_I18N=False)
from tracker.lib.excel.reader import UnreadableFile, read_book
content = open(sys.argv[1], "rb").read()
pages = int(open("/proc/self/statm").read().split()[0])
memory = pages * resource.getpagesize() + {MEGABYTES} * 1024 * 1024
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
used = resource.getrusage(resource.RUSAGE_SELF)
seconds = int(used.ru_utime + used.ru_stime) + 1 + {CPU_SECONDS}
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
try:
    read = read_book(content)
    print("read", sum(len(page.lines) for page in read))
except UnreadableFile as error:
    print(error)
"""
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "<worksheet {}><sheetData>{}</sheetData>{}</worksheet>"


def packed(
    *sheets: str, names: int | None = None, more: Mapping[str, str | bytes] | None = None
) -> bytes:
    """A workbook of these sheets; `names` of them are listed, all the first if there are more."""
    number = names or len(sheets)
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(number))
    last = len(sheets) - 1
    rows = [(f"r{n}", "worksheet", f"worksheets/s{min(n, last)}.xml") for n in range(number)]
    rows += [(name, name, f"{name}.xml") for name in (more or {})]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": _relations([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": (
            f'<workbook {MAIN} xmlns:r="{TYPE}"><sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _relations(rows),
        **{f"xl/worksheets/s{n}.xml": sheet for n, sheet in enumerate(sheets)},
        **{f"xl/{name}.xml": text for name, text in (more or {}).items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def _relations(rows: list[tuple[str, str, str]]) -> str:
    one = '<Relationship Id="{}" Type="' + TYPE + '/{}" Target="{}"/>'
    found = "".join(one.format(*row) for row in rows)
    return f"<Relationships {RELATIONSHIPS}>{found}</Relationships>"


def sheet(rows: str, after: str = "") -> str:
    return SHEET.format(MAIN, rows, after)


def text(words: str) -> str:
    return f'<c t="inlineStr"><is><t>{words}</t></is></c>'


def merges(*areas: str) -> str:
    cells = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return f"<mergeCells>{cells}</mergeCells>"


def styles(formats: str) -> dict[str, str]:
    return {"styles": f"<styleSheet {MAIN}><cellXfs>{formats}</cellXfs></styleSheet>"}


def strings(texts: str) -> dict[str, str]:
    return {"sharedStrings": f"<sst {MAIN}>{texts}</sst>"}


FULL = "<row>" + "<c><v>1</v></c>" * 60 + "</row>"
NAMED = "<row>" + '<c t="s"><v>0</v></c>' * 60 + "</row>"
CORNER = '<row r="3000"><c r="BH3000"><v>1</v></c></row>'
RULE = '<dataValidations><dataValidation sqref="{}"/></dataValidations>'
# Small files that would cost much, and what is said of them; "" where they can be read.
HOSTILE: dict[str, tuple[Callable[[], list[str]], dict[str, Any], str]] = {
    "one merged cell": (lambda: [sheet("<row/>", merges("A3:XFD200"))], {}, ""),
    "everything merged": (lambda: [sheet("<row/>", merges("A1:XFD1048576"))], {}, ""),
    "merged over merged": (lambda: [sheet("<row/>", merges(*["A1:BH3000"] * 99))], {}, "过多"),
    "many merged": (lambda: [sheet("<row/>", merges(*["A1:B2"] * 200_000))], {}, "过多"),
    "20000 rows": (lambda: [sheet(FULL * 20_000)], {}, "展开后过大"),
    "20000 empty rows": (lambda: [sheet(f"<row>{'<c/>' * 60}</row>" * 20_000)], {}, "过多"),
    "3000 rows of 60": (lambda: [sheet(FULL * 3000)], {}, ""),
    "3 such sheets": (lambda: [sheet(FULL * 3000)] * 3, {}, "过多"),
    "a sheet listed often": (lambda: [sheet(FULL * 1000)], {"names": 5000}, "过多"),
    "a corner listed often": (lambda: [sheet(CORNER)], {"names": 5000}, "过多"),
    "a row of a million": (lambda: [sheet(f"<row>{'<c/>' * 1_500_000}</row>")], {}, "过多"),
    "strings": (lambda: [sheet(FULL)], {"more": strings("<si/>" * 1_500_000)}, "过多"),
    "a long string everywhere": (
        lambda: [sheet(NAMED * 3000)], {"more": strings(f"<si><t>{'长' * 2_000_000}</t></si>")}, "",
    ),
    "formats": (lambda: [sheet(FULL)], {"more": styles("<xf/>" * 1_500_000)}, "过多"),
    "a letter that grows": (lambda: [sheet(f"<row>{text('ﷺ' * 28) * 60}</row>" * 1400)], {}, ""),
    "deep": (lambda: [sheet("<a>" * 500_000 + "</a>" * 500_000)], {}, "过多"),
    "areas of a rule": (lambda: [sheet("<row/>", RULE.format("A1 " * 2_500_000))], {}, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_costs_little(name: str, tmp_path: Path) -> None:
    sheets, values, said = HOSTILE[name]
    content = packed(*sheets(), **values)
    assert len(content) < MAX_BYTES / 10
    file = tmp_path / "sheet.xlsx"
    file.write_bytes(content)
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-X", "utf8", "-c", CHILD, str(file)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    answer = done.stdout.decode().strip()
    if said:
        assert said in answer
        assert answer.endswith("重试。")
    else:
        assert answer.startswith("read ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_however_they_are_written(encoding: str) -> None:
    bad = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    content = packed(sheet("<row/>"), more={"sharedStrings": bad.encode(encoding)})
    with pytest.raises(UnreadableFile, match="实体声明"):
        read_book(content)


@pytest.mark.parametrize(
    "rows",
    ["<row><c", '<row><c t="s"><v>0</v></c></row></x>', "\0"],
)
def test_what_is_damaged_is_said(rows: str) -> None:
    with pytest.raises(UnreadableFile, match="已损坏"):
        read_book(packed(sheet(rows)))


@pytest.mark.parametrize("mark", [b"xl/worksheets/s0.xml", b"PK\x05\x06"])
def test_an_archive_that_is_written_over_is_said(mark: bytes) -> None:
    content = bytearray(packed(sheet(FULL * 100)))
    start = content.index(mark) + len(mark) + (8 if mark.startswith(b"PK") else 0)
    content[start : start + 8] = b"\xff" * 8
    with pytest.raises(UnreadableFile, match="不是 Excel 工作簿"):
        read_book(bytes(content))


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ('<c t="s"><v>99</v></c>', ""),
        ('<c t="s"><v>-1</v></c>', ""),
        ('<c t="b"><v>1</v></c>', "True"),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ("<c><v>67500000.0</v></c>", "67500000"),
        (f"<c><v>{'9' * 5000}</v></c>", "inf"),
        ("<c><v>nan</v></c>", "nan"),
        ('<c s="1"><v>46346</v></c>', "2026-11-20"),
        ('<c s="1"><v>1e300</v></c>', "1e300"),
        ('<c s="77"><v>46346</v></c>', "46346"),
        ('<c t="str"><f>1+1</f><v>２</v></c>', "2"),
        ("<c><f>1+1</f></c>", ""),
        ('<c r="??"><v>1</v></c>', "1"),
    ],
)
def test_what_cells_say(cell: str, read: str) -> None:
    dated = styles('<xf numFmtId="0"/><xf numFmtId="14"/>')
    (page,) = read_book(packed(sheet(f"<row>{cell}</row>"), more=dated))
    assert [line.cells for line in page.lines] == [(read,)]


def test_a_sheet_of_an_office_is_read_as_it_stands() -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "名单"
    bold = TextBlock(InlineFont(b=True), "张")
    first["A1"] = "标题"
    first.merge_cells("A1:C1")
    first["A3"], first["B3"] = CellRichText(bold, "三"), datetime.date(2026, 11, 20)
    first["C3"] = 67500000
    first.merge_cells("A3:A4")
    book.create_sheet("说明")["A1"] = "注"
    book.create_sheet("藏").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    page, note = read_book(out.getvalue())
    assert (page.title, note.title) == ("名单", "说明")
    assert [(line.number, line.cells, line.merged) for line in page.lines] == [
        (1, ("标题", "标题", "标题"), frozenset({1, 2})),
        (2, ("", "", ""), frozenset()),
        (3, ("张三", "2026-11-20", "67500000"), frozenset()),
        (4, ("张三", "", ""), frozenset({0})),
    ]


def test_rows_beyond_the_last_are_said() -> None:
    with pytest.raises(UnreadableFile, match="超过3000行"):
        read_book(packed(sheet('<row r="3001"><c><v>1</v></c></row>')))
    far = packed(sheet('<row r="1048576"/><row r="2"><c r="XFD2"><v>1</v></c></row>'))
    (page,) = read_book(far)
    assert [len(line.cells) for line in page.lines] == [60, 60]
