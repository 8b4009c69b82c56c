"""Books of one run share their cells and looks; each says the same as one written by itself."""

import datetime
import io
import random
import zipfile
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from tests.lib.test_excel_fast import GREEN, MOMENT, RED, SHEET, around, cells, heights, table
from tracker.lib.columns import Filled, Section
from tracker.lib.excel import Shared, digest, write_book
from tracker.lib.excel.packing import write_parts
from tracker.lib.workdays import SHANGHAI


class Row:
    """A row that several books may hold."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


def written(path: Path, filled: list[Filled], shared: Shared | None = None) -> Path:
    write_book(path, path.stem, filled, made_at=MOMENT, author="碳责通", shared=shared)
    return path


def rows_of(number: int) -> list[Any]:
    """Rows of two types with a line between them, one of them too high for a sheet's row."""
    values = table(number)
    high = Row(values[0] | {"c0": "字" * 2000})
    return [*(Row(one) for one in values[:9]), Section("其余"), high, *values[9:]]


def test_a_shared_book_says_what_one_by_itself_does(tmp_path: Path) -> None:
    rows = rows_of(40)
    books = [rows[:20], rows[10:], [Row({f"c{n}": None for n in range(6)})], rows[::-1]]
    shared = Shared()
    filled = [[Filled(SHEET, some, left=f"第{n}册")] for n, some in enumerate(books)]
    shared.make(sheet for one in filled for sheet in one)
    for number, sheets in enumerate(filled):
        (tmp_path / "own").mkdir(exist_ok=True)
        own = written(tmp_path / "own" / f"{number}.xlsx", sheets)
        one = written(tmp_path / f"{number}.xlsx", sheets, shared)
        assert cells(one) == cells(own)
        assert {n: row["ht"] for n, row in heights(one).items()} == {
            n: row["ht"] for n, row in heights(own).items()
        }
        assert around(one) == around(own)


def test_a_row_that_is_new_is_made_when_it_is_written(tmp_path: Path) -> None:
    """One that only looks like another, in the place of which it may stand in memory, too."""
    shared = Shared()
    for number in range(5):
        row = Row({"c0": f"第{number}项", "c1": RED if number % 2 else GREEN} | dict(REST))
        if number % 2:
            shared.make([Filled(SHEET, [row])])
        path = written(tmp_path / f"{number}.xlsx", [Filled(SHEET, [row])], shared)
        book = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        assert f"第{number}项" in [line[0] for line in book]
        del row


REST = {f"c{n}": None for n in range(2, 6)}


def test_parts_are_packed_whole_or_as_they_come() -> None:
    noise = random.Random(7)  # noqa: S311 - no secret
    pieces = [noise.randbytes(1 << 19) for _n in range(5)]
    file = io.BytesIO()
    parts: list[tuple[str, Any]] = [
        ("a.xml", b"<a/>" * 9),
        ("large.bin", iter(pieces)),
        ("small.xml", iter([b"<b>", b"</b>"])),
        ("a2.xml", b"<a/>" * 9),
        ("empty.xml", b""),
    ]
    moment = datetime.datetime(2026, 11, 21, 13, 45, 58, tzinfo=SHANGHAI)
    write_parts(file, moment, parts)
    with zipfile.ZipFile(file) as book:
        assert book.testzip() is None
        assert book.read("large.bin") == b"".join(pieces)
        assert book.read("small.xml") == b"<b></b>"
        assert book.read("a.xml") == book.read("a2.xml") == b"<a/>" * 9
        assert book.read("empty.xml") == b""
        assert {info.date_time for info in book.infolist()} == {(2026, 11, 21, 13, 45, 58)}
        assert {info.external_attr >> 16 for info in book.infolist()} == {0o644}


def test_the_same_run_again_writes_the_same_bytes(tmp_path: Path) -> None:
    rows = rows_of(30)
    told = []
    for turn in ("a", "b"):
        (tmp_path / turn).mkdir()
        shared = Shared()
        books = [[Filled(SHEET, rows[:20])], [Filled(SHEET, rows[15:])]]
        shared.make(sheet for one in books for sheet in one)
        paths = [written(tmp_path / turn / f"{n}.xlsx", one, shared) for n, one in enumerate(books)]
        told.append([digest(path).sha256 for path in paths])
    assert told[0] == told[1]
