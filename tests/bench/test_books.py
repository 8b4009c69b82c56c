"""How long a large workbook takes, from the database to the file, beside the least and peers."""

import zipfile
from functools import partial
from pathlib import Path
from statistics import median

import openpyxl
import pytest

from tests.bench.book_ways import HEADS, THERE, WAYS, peak, rows_of
from tests.bench.machine import Spent, machine, spent
from tests.bench.many_reports import Size, fill, tidy
from tests.factories import TODAY, JurisdictionFactory, PlanFactory, TaskFactory

ROWS, MANY, ROUNDS = THERE, 100_000, 5
OURS, PEER = "ours", "django-import-export, unstyled"
SLOW = 1.5  # seconds beyond which a way has fewer rounds


def prepare(size: Size) -> None:
    """So many tasks with a report each, save one in twenty."""
    for code in ("500000", "510000"):
        JurisdictionFactory(code=code)
    TaskFactory(plan=PlanFactory(code="joint-2022"))
    fill(size, TODAY)


def ratios(times: dict[str, list[Spent]], base: str) -> dict[str, float]:
    """Of each way to the base, of rounds side by side."""
    return {
        way: median(one / other for one, other in zip(spans, times[base], strict=False))
        for way, spans in times.items()
    }


@pytest.mark.bench
@pytest.mark.django_db(transaction=True)
def test_a_book_of_10_000_tasks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(Size(districts=4, plans=10, tasks=270, quarters=1, units=20))
    tidy()
    times: dict[str, list[Spent]] = {way: [] for way in WAYS}
    for turn in range(ROUNDS):
        for way, spans in times.items():
            if turn < 2 or min(spans).clock < SLOW:
                spans.append(spent(partial(WAYS[way], tmp_path / "book.xlsx", ROWS)))
    to_bound, to_peer = ratios(times, "bound"), ratios(times, PEER)
    memory = {way: peak(way, ROWS, tmp_path) / 1024 for way in WAYS}
    many = peak(OURS, MANY, tmp_path) / 1024
    lines = [
        f"{way:38} {sorted(spans)[len(spans) // 2]!s:>20} = {to_bound[way]:5.2f} x bound"
        f" | {1 / to_peer[way]:5.1f} x as fast as django-import-export | +{memory[way]:6.1f} MB"
        + (f", with {MANY:,} rows +{many:.1f} MB" if way == OURS else "")
        for way, spans in times.items()
    ]
    head = f"{ROWS:,} rows x {len(HEADS)} columns, from the database to the finished file"
    with capsys.disabled():
        print("", machine(), head, *lines, sep="\n")  # noqa: T201 - a bench's answer
    assert to_bound[OURS] <= 1.5
    assert to_peer[OURS] <= 1 / 8
    assert many < memory[OURS] + 10


@pytest.mark.django_db(transaction=True)
def test_the_ways_write_the_same_table(tmp_path: Path) -> None:
    """That what is measured is so; no figures are judged."""
    prepare(Size(districts=2, plans=2, tasks=40, quarters=1, units=3))
    titles = [row[3] for row in rows_of(120)]
    assert len(titles) == 120
    for way, write in WAYS.items():
        path = tmp_path / "book.xlsx"
        write(path, 120)
        if way == "bound":
            with zipfile.ZipFile(path) as book:
                assert book.read("xl/worksheets/sheet1.xml").decode().count("<row>") == 120
            continue
        page = openpyxl.load_workbook(path).worksheets[0]
        assert set(titles) <= {cell.value for cell in page["D"]}, way
    assert peak(OURS, 120, tmp_path) < 50 * 1024
