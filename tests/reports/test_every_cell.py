"""Every file of a quarter is read back and each cell compared with the database."""

import datetime
import zipfile
from collections import Counter
from typing import Any

import openpyxl
import pytest

from reports.models import ReportFile
from tasks.models import Period, Plan, ProgressReport, Responsibility
from tests.factories import TODAY, coordinator
from tests.reports.conftest import made
from tests.reports.oracle import Oracle
from tests.reports.sentences import standing
from tests.reports.summary_oracle import SummaryOracle
from tracker.lib.excel import digest
from tracker.lib.workdays import Quarter
from units.models import Office, Unit

TABS = ["封面", "牵头任务", "配合任务", "逾期与督查事项", "区县分解", "目标指标"]
EMPTY = {
    "配合任务": "本方案中没有本单位配合的任务。",
    "逾期与督查事项": "没有逾期或期满未办结的牵头任务，也没有未销号的督查事项。",
    "区县分解": "本单位牵头的任务没有区县分解任务。",
    "目标指标": "没有有关的目标指标。",
}


SECTIONS = ("一、", "二、", "三、")


def shown(cell: Any) -> Any:
    """What a cell says: a date with its format, and no difference between empty and nothing."""
    if isinstance(cell.value, datetime.datetime):
        return cell.value, cell.number_format
    return cell.value or (cell.value if cell.value == 0 else None)


def head_of(page: Any) -> int:
    """Which row the heads stand in: it is repeated on each page."""
    return int(page.print_title_rows.split(":")[0].strip("$"))


def rows_of(page: Any) -> list[list[Any]]:
    """The rows between the head and the notes; a line over the whole width is one cell."""
    head = head_of(page)
    width = sum(cell.value is not None for cell in page[head])
    rows: list[list[Any]] = []
    for cells in page.iter_rows(min_row=head + 1, max_col=width):
        row = [shown(cell) for cell in cells]
        is_line = row[0] is not None and not any(row[1:])
        if is_line and not str(row[0]).startswith(SECTIONS):
            break
        if any(value is not None for value in row):  # else the rest of a row that was split
            rows.append(row[:1] if is_line else row)
    return rows


def book_of(file: ReportFile) -> Any:
    return openpyxl.load_workbook(file.full_path)


@pytest.mark.parametrize("quarter", ["2025Q4", "2026Q3"])
def test_the_workbooks_of_all_lead_units(joint: Plan, quarter: str) -> None:
    run = made(quarter=Quarter.parse(quarter))
    files = run.files.filter(kind="unit")
    plans = Counter(_plan_of(file.unit, quarter).code for file in files)
    assert plans == {"joint-2022": 21, "jiangjin-2022": 10}
    compared = Counter[str]()
    for file in files:
        assert file.unit is not None
        plan = _plan_of(file.unit, quarter)
        oracle = Oracle(file.unit, Period.objects.of(run.as_quarter).get(plan=plan), TODAY)
        book = book_of(file)
        assert book.sheetnames == TABS
        expected = {
            "牵头任务": oracle.leads(),
            "配合任务": oracle.cooperating(),
            "逾期与督查事项": oracle.overdue(),
            "区县分解": oracle.districts(),
            "目标指标": oracle.targets(),
        }
        for tab, rows in expected.items():
            assert rows_of(book[tab]) == rows, (file.name, tab)
            compared[tab] += sum(len(row) for row in rows)
            if not rows:
                assert book[tab]["A4"].value == EMPTY[tab], (file.name, tab)
        _check_cover(book["封面"], file, oracle)
    assert compared["牵头任务"] == (26 * 2 + 25) * 15
    assert compared["区县分解"] == 25 * 2 * 8
    assert min(compared["配合任务"], compared["逾期与督查事项"], compared["目标指标"]) > 200
    # The demo has something to compare of each kind.
    told = ProgressReport.objects.filter(period__year=run.as_quarter.year)
    assert told.filter(state="approved").exists()


def _plan_of(unit: Unit | None, quarter: str) -> Plan:
    leads = Responsibility.objects.filter(unit=unit, role="lead", task__plan__status="issued")
    return leads[0].task.plan


def _check_cover(page: Any, file: ReportFile, oracle: Oracle) -> None:
    assert file.unit is not None
    assert page["A1"].value == f"{file.unit.name}{oracle.period.as_quarter.label}进展情况表"
    assert page["A2"].value == f"填报单位（盖章）：{file.unit.name}"
    assert page["A3"].value == file.unit.name + standing(oracle, oracle.own())
    facts = [[cell.value for cell in row] for row in page.iter_rows(min_row=5)]
    items = {(row[1], row[3] if row[2] is None else row[2]) for row in facts}
    plan, leads = oracle.period.plan, oracle.own()
    assert ("方案", plan.title) in items
    assert ("填报季度", oracle.period.as_quarter.label) in items
    assert ("数据截至", f"{oracle.day.year}年{oracle.day.month}月{oracle.day.day}日") in items
    assert ("合计", len(leads)) in items
    for light, count in Counter(oracle.light(side) for side in leads).items():
        assert (light, count) in items
        told = [row[3] for row in facts if row[1] == light and row[2] is not None]
        assert told[0].startswith(f"占{len(leads)}项的")
    districts = {row[3] for row in oracle.districts()}
    assert ("区县分解任务", len(districts)) in items
    assert ("目标指标", len(oracle.targets())) in items


SUMMARY_TABS = [
    *["总体情况", "牵头单位", "未报名单", "任务一览", "季度走势", "环比变化", "进展汇总"],
    "逾期与督查事项",
]


def check_summary(book: Any, oracle: SummaryOracle) -> Counter[str]:
    """Compare every cell of the coordinator's workbook; returns how many a sheet."""
    assert book.sheetnames == SUMMARY_TABS
    expected = {
        "总体情况": oracle.overview(),
        "牵头单位": oracle.units(),
        "未报名单": oracle.missing(),
        "任务一览": oracle.matrix(),
        "季度走势": oracle.trend(),
        "环比变化": oracle.changes(),
        "进展汇总": oracle.progress(),
        "逾期与督查事项": oracle.overdue(),
    }
    leads = [f"{name}{standing(oracle, own)}" for name, own in oracle.by_place().items()]
    assert book["总体情况"]["A3"].value == "\n".join(leads)
    for tab, rows in expected.items():
        assert rows_of(book[tab]) == rows, tab
    return Counter({tab: sum(map(len, rows)) for tab, rows in expected.items()})


@pytest.mark.parametrize("quarter", ["2025Q4", "2026Q3"])
def test_the_coordinators_workbook(joint: Plan, quarter: str) -> None:
    compared = Counter[str]()
    for plan in Plan.objects.tracked():
        run = made(quarter=Quarter.parse(quarter), plan=plan)
        period = Period.objects.of(run.as_quarter).get(plan=plan)
        book = book_of(run.files.get(kind="summary"))
        compared += check_summary(book, SummaryOracle(None, period, TODAY))
    assert compared["牵头单位"] == (21 + 10) * 18
    assert compared["任务一览"] == 26 * 9 + 25 * 6
    assert compared["进展汇总"] == (26 * 2 + 25) * 15
    assert compared["总体情况"] > 80
    assert compared["逾期与督查事项"] > 100
    assert quarter == "2025Q4" or compared["未报名单"] > 60


@pytest.mark.parametrize(
    ("office", "side"),
    [("重庆市双碳办", "500000"), ("四川省碳达峰碳中和工作委员会办公室", "510000")],
)
def test_the_workbook_of_one_sides_office(joint: Plan, office: str, side: str) -> None:
    """Nothing is told of the other side before it is approved, cell by cell."""
    by = coordinator(Office.objects.get(name=office))
    run = made(quarter=Quarter(2026, 3), plan=joint, by=by)
    oracle = SummaryOracle(None, Period.objects.of(run.as_quarter).get(plan=joint), TODAY)
    oracle.own_side = side
    book = book_of(run.files.get(kind="summary"))
    check_summary(book, oracle)
    other = {"500000": "四川省", "510000": "重庆市"}[side]
    rows = [row for row in rows_of(book["牵头单位"]) if row[1] == other]
    assert {(row[14], row[16], row[17]) for row in rows} == {("—", "—", "—")}
    assert other not in {row[0] for row in rows_of(book["未报名单"])}


def test_the_overdue_book_says_what_the_coordinators_says(joint: Plan) -> None:
    books = [
        book_of(made(quarter=Quarter(2026, 3), plan=joint, book=key).files.get(kind="summary"))
        for key in ("quarterly", "overdue")
    ]
    assert books[1].sheetnames == ["总体情况", "逾期事项", "督查事项", "未报名单"]
    for tab in ("未报名单",):
        rows = [[[cell.value for cell in row] for row in book[tab]] for book in books]
        assert rows[0] == rows[1]
        assert len(rows[0]) > 6


def test_the_targets_book_holds_every_target(joint: Plan) -> None:
    for plan in Plan.objects.tracked():
        run = made(quarter=Quarter(2025, 4), plan=plan, book="targets")
        assert run.files.get().name == "2025年第4季度目标台账.xlsx"
        rows = rows_of(book_of(run.files.get())["目标指标"])
        targets = plan.targets.order_by("order")
        assert [row[:2] for row in rows] == [[t.order, t.indicator.name] for t in targets]
        assert [row[4] for row in rows] == [
            float(t.value) if t.value is not None else t.words for t in targets
        ]


def test_the_zip_holds_every_workbook_as_it_is(joint: Plan) -> None:
    run = made(quarter=Quarter(2025, 4))
    archive = run.files.get(kind="archive")
    assert archive.name == "2025年第4季度进展情况表.zip"
    books = list(run.files.exclude(pk=archive.pk))
    assert len(books) == 21 + 10 + 1
    with zipfile.ZipFile(archive.full_path) as bundle:
        assert sorted(bundle.namelist()) == sorted(file.name for file in books)
        for file in books:
            assert bundle.read(file.name) == file.full_path.read_bytes()
    for file in (*books, archive):
        written = digest(file.full_path)
        assert (written.size, written.sha256) == (file.size, file.sha256)
    names = {file.name for file in books}
    assert "重庆市能源局2025年第4季度进展情况表.xlsx" in names


def test_a_closed_quarter_made_again_gives_equal_cells(joint: Plan) -> None:
    unit = Unit.objects.get(name="重庆市能源局")
    books = [
        book_of(made(quarter=Quarter(2025, 4), lead_unit=unit).files.get()) for _again in range(2)
    ]
    cells = [
        [[cell.value for cell in row] for page in book for row in page.iter_rows()]
        for book in books
    ]
    assert cells[0] == cells[1]


def test_one_units_run_makes_one_file(joint: Plan) -> None:
    run = made(quarter=Quarter(2025, 4), lead_unit=Unit.objects.get(name="四川省能源局"))
    assert [file.name for file in run.files.all()] == ["四川省能源局2025年第4季度进展情况表.xlsx"]
    assert (run.done, run.total) == (1, 1)


def test_a3_is_a_choice(joint: Plan) -> None:
    unit = Unit.objects.get(name="重庆市能源局")
    run = made(quarter=Quarter(2025, 4), lead_unit=unit, paper="A3")
    assert int(book_of(run.files.get())["牵头任务"].page_setup.paperSize) == 8


def test_reading_takes_a_fixed_number_of_queries_a_unit(
    joint: Plan, django_assert_max_num_queries: Any
) -> None:
    # Per unit: what it may see (2) and the lease (1); for everything else about 40, among
    # them whether the quarter is kept as a snapshot, and how the quarters before were.
    with django_assert_max_num_queries(150):
        made(quarter=Quarter(2025, 4), plan=joint)
