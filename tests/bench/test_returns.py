"""Reading and checking a filled form of 10,000 rows, beside the plain read of the same file."""

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from reports.returns import form
from reports.returns.compare import compare
from reports.returns.read import read
from reports.returns.shapes import Change
from tasks.models import Responsibility, Task
from tasks.states import Role, TaskState
from tests.bench.machine import machine
from tests.factories import (
    TODAY,
    PeriodFactory,
    TaskFactory,
    UnitFactory,
    joint_plan,
    officer,
)
from tracker.lib.workdays import Quarter
from units.models import Unit, User

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
ROWS = int(os.environ.get("BENCH_ROWS", "10000"))
ROUNDS = 5
QUARTER = Quarter(2026, 3)


def made() -> Unit:
    """A unit that leads so many tasks."""
    plan = joint_plan()
    side = plan.sides.order_by("order")[0].jurisdiction
    unit: Unit = UnitFactory(jurisdiction=side)
    first = TaskFactory(plan=plan)
    PeriodFactory(plan=plan)
    common = {"plan": plan, "action": first.action, "document": first.document, "summary": "概要。"}
    tasks = Task.objects.bulk_create(
        Task(number=n, title=f"第{n}项任务", clause=f"第{n}条", **common)
        for n in range(2, ROWS + 2)
    )
    Responsibility.objects.bulk_create(
        Responsibility(
            task=task,
            unit=unit,
            side=side,
            role=Role.LEAD,
            order=1,
            state=TaskState.IN_PROGRESS,
            written=unit.name,
        )
        for task in tasks
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return unit


def filled(unit: Unit, by: User, folder: Path) -> Path:
    """Its form, with five of the seven cells of each row filled in."""
    name, content = form.make(unit, QUARTER, for_user=by, today=TODAY)
    path = folder / name
    path.write_bytes(content)
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    for row in range(5, ROWS + 5):
        page.cell(row, 7).value = row % 101
        for column in (9, 10, 11, 12):
            page.cell(row, column).value = f"第{row}行：" + "完成前期工作，正在推进。" * 3
    book.save(path)
    return path


def measured(name: str, work: Callable[[], object], lines: list[str]) -> float:
    """Processor seconds, the database's with them: the least of some rounds.

    By the clock it would be what else the machine does.
    """
    times, used = [], []
    for _n in range(ROUNDS):
        start, before = time.perf_counter(), _cpu() + _database()
        work()
        times.append(time.perf_counter() - start)
        used.append(_cpu() + _database() - before)
    lines.append(f"{name:<44} {min(used) * 1000:8.0f} ms   (by the clock {min(times) * 1000:.0f})")
    return min(used)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _database() -> float:
    """What the server's process behind this connection has used; 0 where that cannot be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        path = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not path.exists():
        return 0.0
    told = path.read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def test_a_filled_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Prints the figures, and writes them to `BENCH_FILE` if that is set; judges none."""
    unit = made()
    by = officer(unit)
    path = filled(unit, by, tmp_path)
    lines = ["", machine(), f"a filled form of {ROWS:,} rows, {path.stat().st_size:,} bytes"]
    plain = measured("python-calamine, plain read", lambda: _plain(path), lines)
    returned = read(path)
    reading = measured("read", lambda: read(path), lines)

    def check() -> None:
        found = compare(returned, for_user=User.objects.get(pk=by.pk), today=TODAY)
        assert found.counts[Change.NEW] == ROWS

    checking = measured("compare, with the database", check, lines)
    with CaptureQueriesContext(connection) as queries:
        check()
    database = measured("the database's own time, its queries again", _again(queries), lines)
    bound = plain + database
    ratio = (reading + checking) / bound
    lines += [
        f"queries {len(queries)}",
        f"read and compare {reading + checking:.2f} s, bound {bound:.2f} s, ratio {ratio:.2f}",
    ]
    with capsys.disabled():
        print(*lines, sep="\n")  # noqa: T201 - a bench's answer
    if file := os.environ.get("BENCH_FILE"):
        Path(file).write_text("\n".join(lines), encoding="utf-8")


def _plain(path: Path) -> None:
    with CalamineWorkbook.from_path(path) as book:
        assert len(book.get_sheet_by_index(0).to_python()) > ROWS


def _again(queries: CaptureQueriesContext) -> Callable[[], None]:
    statements = [one["sql"] for one in queries.captured_queries]

    def run() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement.replace("%", "%%"))
                cursor.fetchall()

    return run
