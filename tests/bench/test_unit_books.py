"""How long the workbooks of 100 lead units take, by a real run, beside their cells as bare text."""

import zipfile
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from reports.books.making import make
from reports.models import ReportRun
from reports.services import runs
from tasks.models import Plan
from tasks.services import periods
from tests.bench.book_ways import SQL, escaped
from tests.bench.machine import Spent, machine, spent
from tests.bench.many_reports import MARK, Size, tidy
from tests.bench.test_books import prepare
from tests.factories import TODAY

Cells = list[list[list[Any]]]  # a file's sheets, their rows
FULL = Size(districts=1, plans=1, tasks=2600, quarters=1, units=100)
TINY = Size(districts=1, plans=1, tasks=20, quarters=1, units=4)
ROUNDS = 3


@pytest.fixture(autouse=True)
def quiet(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own for files, and no broker hears a ring."""
    settings.FILES_DIR = tmp_path / "files"
    monkeypatch.setattr("tracker.lib.doorbell._send", lambda name, args: None)


def run() -> tuple[ReportRun, Spent, int]:
    """Ask for the books of the quarter and make them: the run, its time, queries."""
    quarter = periods.latest_open_quarter(TODAY)
    plan = Plan.objects.get(clause=MARK)
    asked = runs.request_run(book="status", quarter=quarter, plan=plan, by=None)
    with CaptureQueriesContext(connection) as seen:
        span = spent(partial(make, asked.pk, today=TODAY))
    done = ReportRun.objects.get(pk=asked.pk)
    assert (done.state, done.error) == ("done", "")
    return done, span, len(seen)


def cells_of(done: ReportRun) -> list[Cells]:
    """What stands in the run's workbooks."""
    found = []
    for file in done.files.exclude(name__endswith=".zip"):
        book = CalamineWorkbook.from_path(Path(settings.FILES_DIR) / file.path)
        found.append([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    return found


def bare(books: list[Cells], folder: Path) -> None:
    """One statement that reads as many tasks, and the same cells as text into zips."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, [FULL.tasks])
        cursor.fetchall()
    for number, sheets in enumerate(books):
        path = folder / f"bare-{number}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
            for place, rows in enumerate(sheets, 1):
                text = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
                book.writestr(f"xl/worksheets/sheet{place}.xml", text)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escaped(str(value))}</t></is></c>' if value != "" else "<c/>"


@pytest.mark.bench
@pytest.mark.django_db(transaction=True)
def test_the_books_of_100_lead_units(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(FULL)
    tidy()
    spans, bounds, ratios = [], [], []
    for _n in range(ROUNDS):
        done, span, queries = run()
        books = cells_of(done)
        spans.append(span)
        bounds.append(spent(partial(bare, books, tmp_path)))
        ratios.append(span.busy / bounds[-1].busy)
    count = sum(len(row) for book in books for sheet in book for row in sheet)
    with capsys.disabled():
        print(  # noqa: T201 - a bench's answer
            "",
            machine(),
            f"{len(books)} workbooks, {count:,} cells: bound {sorted(bounds)[1]},"
            f" run {sorted(spans)[1]} = {median(ratios):.1f} x bound by processor time,"
            f" {queries} queries",
            sep="\n",
        )
    # However many books: how far it is, is told once a second.
    assert queries <= 50 + 2 * max(span.clock for span in spans)


@pytest.mark.django_db(transaction=True)
def test_the_same_with_few(tmp_path: Path) -> None:
    """That what is measured is so; no figures are judged."""
    prepare(TINY)
    done, span, _queries = run()
    books = cells_of(done)
    assert len(books) == TINY.units + 1
    assert span / spent(partial(bare, books, tmp_path)) > 0
