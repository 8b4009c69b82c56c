"""The text way of writing rows is the plain one: cell by cell, wherever it is opened."""

import csv
import datetime
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils.translation import gettext_lazy
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.lib.plain_way import plainly
from tests.needed import NO_OFFICE, need
from tracker.lib.columns import (
    DATE,
    NUMBER,
    PERCENT,
    SHORT,
    TEXT,
    WHOLE,
    Bars,
    Column,
    Filled,
    Mark,
    NotedDate,
    Section,
    Sheet,
)
from tracker.lib.excel import digest, skeleton, write_book
from tracker.lib.workdays import SHANGHAI

MOMENT = datetime.datetime(2026, 1, 9, 8, 30, tzinfo=SHANGHAI)
GREEN, RED = Mark("正常", "●", "#2E7D32", "#EDF6EE"), Mark("逾期", "▲", "#C62828", "#FDEEEE", "少")
OLD = NotedDate(datetime.date(1900, 8, 9), '"')
FORMATS = (TEXT, SHORT, WHOLE, NUMBER, PERCENT, DATE)
SHEET = Sheet(
    "s",
    "牵头任务",
    [Column(f"c{n}", f"第{n}栏", format=one, width=8 + 9 * n) for n, one in enumerate(FORMATS)],
    sticky=1,
)
PLACES = range(len(FORMATS))
HARD = [
    "",
    " ",
    "=1+1",
    "\t首",
    "行\n行",
    "a\x00b\x1f",
    "_x0041_",
    "__x000D_",
    "<b>&\"'</b>]]>",
    "尾 ",
    "\ufffe孤\ud800",
    "2025年完成12.5亿kWh，CO₂减排。" * 8,
    "字" * 2000,
    "x" * 40_000,
    gettext_lazy("是"),
]
SHORT_ONES = HARD[:-3]
texts = st.one_of(st.sampled_from(HARD), st.text(st.characters(), max_size=60))
days = st.dates(datetime.date(1890, 1, 1))
moments = st.datetimes(timezones=st.sampled_from([None, SHANGHAI]))
numbers = st.one_of(
    st.integers(),
    st.booleans(),
    st.floats(),
    st.decimals(allow_nan=True).filter(lambda d: not d.is_snan()),
)
marks = st.one_of(
    st.sampled_from([GREEN, RED]),
    st.builds(NotedDate, days, st.sampled_from(["", "（方案）", '"'])),
)
values = st.one_of(st.none(), texts, texts, numbers, days, moments, marks)


@st.composite
def tables(draw: st.DrawFn) -> list[Any]:
    """Rows whose values come again, as those of a table do, with lines between them."""
    pool = draw(st.lists(values, min_size=1, max_size=12))
    row = st.lists(st.sampled_from(pool), min_size=len(FORMATS), max_size=len(FORMATS))
    rows = row.map(lambda cells: {f"c{n}": cell for n, cell in enumerate(cells)})
    return draw(st.lists(st.one_of(rows, rows, rows, st.builds(Section, texts)), max_size=12))


def written(path: Path, rows: list[Any], *sheets: Filled) -> Path:
    filled = Filled(SHEET, iter(rows), left="甲", right="乙", foot="=审签", notes=["注", "<注>"])
    write_book(path, "表", [filled, *sheets], made_at=MOMENT, author="碳责通")
    return path


def both(folder: Path, rows: list[Any], *sheets: Filled) -> tuple[Path, Path]:
    with plainly():
        plain = written(folder / "plain.xlsx", rows, *sheets)
    return plain, written(folder / "fast.xlsx", rows, *sheets)


def cells(path: Path) -> list[list[list[tuple[Any, ...]]]]:
    """Of each sheet what each cell of each row holds and how it looks."""
    with warnings.catch_warnings():  # -1 is no date
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path)
    looks: dict[int, tuple[Any, ...]] = {}
    return [
        [[_told(cell, looks) for cell in row] for row in page.iter_rows(max_col=len(FORMATS))]
        for page in book.worksheets
    ]


def _told(cell: Any, looks: dict[int, tuple[Any, ...]]) -> tuple[Any, ...]:
    """`looks` keeps those of the book, by their number in it: to spell one out takes long."""
    if cell.style_id not in looks:
        parts = (cell.font, cell.fill, cell.border, cell.alignment, cell.protection)
        looks[cell.style_id] = (cell.number_format, cell.quotePrefix, *map(repr, parts))
    kind = cell.data_type if cell.value is not None else ""
    return (cell.coordinate, repr(cell.value), kind, *looks[cell.style_id])


def heights(path: Path) -> dict[str, dict[str, str]]:
    with zipfile.ZipFile(path) as book:
        part = book.read("xl/worksheets/sheet1.xml").decode()
    rows = (dict(re.findall(r'(\w+)="([^"]*)"', row)) for row in re.findall("<row ([^>]*)>", part))
    return {row.pop("r"): row for row in rows}


def around(path: Path) -> dict[str, list[bytes]]:
    """All parts but the styles, a sheet's without its rows: widths, filter, printing, charts."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist() if name != "xl/styles.xml"}
    return {
        name: re.split(rb"<sheetData>.*</sheetData>", _MERGED.sub(_sorted, part), flags=re.DOTALL)
        for name, part in parts.items()
    }


_MERGED = re.compile(rb"<mergeCell .*(?=</mergeCells>)")


def _sorted(merged: re.Match[bytes]) -> bytes:
    """openpyxl keeps merged cells in a set."""
    return b"".join(sorted(re.findall(rb"<[^>]*>", merged[0])))


# Made smaller, an example that fails says no more, and takes minutes.
@settings(
    max_examples=50,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(tables())
@example([{"c5": "晚"}, {"c5": NotedDate(datetime.date(2025, 3, 1))}, {"c0": OLD}, {"c0": "早"}])
def test_both_ways_write_the_same(rows):
    with tempfile.TemporaryDirectory() as folder:
        plain, fast = both(Path(folder), rows)
        assert cells(fast) == cells(plain)
        assert heights(fast) == heights(plain)
        assert around(fast) == around(plain)


def table(count: int) -> list[dict[str, Any]]:
    return [
        {
            "c0": SHORT_ONES[n % len(SHORT_ONES)],
            "c1": GREEN if n % 3 else RED,
            "c2": n - 5,
            "c3": Decimal(n) / 7,
            "c4": f"第{n}项：12.5亿kWh，{'字' * (n % 90)}" if n > 100 else [None, "未报"][n % 2],
            "c5": datetime.date(2025, 1, 1) + datetime.timedelta(n),
        }
        for n in range(count)
    ]


def test_a_large_sheet_is_written_as_text(tmp_path, monkeypatch):
    rows = table(300)
    monkeypatch.setattr("tracker.lib.excel.fast.REMEMBERED", 7)
    monkeypatch.setattr("tracker.lib.excel.writer.BATCH", 40)
    plain, fast = both(tmp_path, rows)
    assert cells(fast) == cells(plain)
    assert heights(fast) == heights(plain)
    assert around(fast) == around(plain)
    # Before numbers that are no dates in a column of dates this reader panics.
    read = [CalamineWorkbook.from_path(path).get_sheet_by_index(0) for path in (plain, fast)]
    assert read[1].to_python() == read[0].to_python()
    merged = [sorted(one.merged_cell_ranges or []) for one in read]
    assert merged[1] == merged[0]
    again = written(tmp_path / "c.xlsx", rows)
    assert digest(again).sha256 == digest(fast).sha256
    with zipfile.ZipFile(fast) as book:  # lxml would write 行 as &#34892;
        assert "行".encode() in book.read("xl/worksheets/sheet1.xml")


COVER = Sheet("c", "封面", SHEET.columns, filters=False, one_page=True, grouped=True)


def with_charts(tab: str, title: str, count: int) -> Filled:
    """A cover of so many rows with a chart beside it."""
    bars = Bars(title, 0, 2, 1, count - 1, count // 2, count, ["#2E7D32", "#C62828"])
    return Filled(COVER, table(count), tab=tab, lead="一句话", charts=[bars])


def test_books_of_one_outline_take_what_openpyxl_made_once(tmp_path):
    """Each has its own rows, merged cells, filter, tabs and charts' titles all the same."""
    skeleton._skeleton.cache_clear()
    for count in (12, 40, 700):
        # A tab that looks like what stands in an outline for a number.
        others = [with_charts(tab, f"共{count}<项>&", count) for tab in ("封面", "990003")]
        plain, fast = both(tmp_path, table(count), *others, Filled(SHEET, [], tab="空"))
        assert around(fast) == around(plain)
        seen = cells(fast)
        assert len(seen) == 4
        assert seen == cells(plain)
    assert skeleton._skeleton.cache_info().misses <= 3
    assert skeleton._skeleton.cache_info().hits


def test_rows_of_objects_and_tuples_are_read_as_their_columns_say(tmp_path):
    class One:
        c0 = "甲"
        c1 = gettext_lazy("是")
        c2 = None

    columns = [
        Column("c0", "甲", value=lambda row: row.c0 * 2),
        Column("c1", "乙"),
        Column("c2.name", "丙"),
    ]
    path = written(tmp_path / "a.xlsx", [], Filled(Sheet("s", "表", columns), [One()]))
    page = openpyxl.load_workbook(path).worksheets[1]
    assert [cell.value for cell in page[4]] == ["甲甲", "是", None]


@pytest.mark.parametrize("seed", ["1", "2"])
def test_every_process_writes_the_same_bytes(tmp_path, seed):
    """Whatever the order in which it keeps a set of texts, and numbers their looks."""
    code = (
        "import sys; from pathlib import Path; import django; django.setup();"
        "from tests.lib.test_excel_fast import table, written;"
        "written(Path(sys.argv[1]), table(60))"
    )
    path = tmp_path / "there.xlsx"
    env = os.environ | {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "-c", code, path], env=env, check=True, timeout=120)  # noqa: S603 - fixed words
    here = written(tmp_path / "here.xlsx", table(60))
    assert digest(path).sha256 == digest(here).sha256


def test_libreoffice_shows_the_same(tmp_path):
    office = shutil.which("soffice")
    need(office, NO_OFFICE)
    both(tmp_path, table(40))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    to_csv = ["--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76"]
    command = [str(office), profile, *to_csv, "--outdir", ".", "plain.xlsx", "fast.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=300)  # noqa: S603 - a fixed command
    plain, fast = (
        list(csv.reader(io.StringIO((tmp_path / f"{name}.csv").read_bytes().decode(), newline="")))
        for name in ("plain", "fast")
    )
    assert fast == plain
    shown = [row[0] for row in fast]
    for text in ("=1+1", "_x0041_", "__x000D_", "行\n行", "<b>&\"'</b>]]>", "ab"):
        assert text in shown
    assert fast[4][5] == "2025-01-02"
