"""终期评估表 says what the page says, side by side, and counts with its base."""

from typing import Any

import pytest
from openpyxl import load_workbook

from tasks.models import Assessment, Plan, Responsibility
from tasks.states import Outcome
from tests.factories import AssessmentFactory, coordinator
from tests.reports.conftest import made
from tracker.lib.workdays import Quarter
from units.models import Office


@pytest.fixture
def judged(joint: Plan) -> list[Assessment]:
    """Three sides of 重庆市, one of each outcome."""
    Assessment.objects.all().delete()
    sides = Responsibility.objects.leads().filter(task__plan=joint, side__code="500000")
    sides = sides.order_by("task__number")[:3]
    return [
        AssessmentFactory(responsibility=side, outcome=outcome, reason=f"{outcome.label}的说明")
        for side, outcome in zip(sides, Outcome, strict=True)
    ]


def sheet(book: Any, tab: str) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in book[tab]]


def test_each_side_stands_with_its_outcome(joint: Plan, judged: list[Assessment]) -> None:
    run = made(quarter=Quarter(2026, 3), plan=joint, book="assessment")
    file = run.files.get()
    assert file.name == "2026年第3季度终期评估表.xlsx"
    book = load_workbook(file.full_path)
    assert book.sheetnames == ["总体情况", "终期评估", "目标指标"]
    rows = sheet(book, "终期评估")
    head = next(row for row in rows if row[0] == "序号")
    assert head[-3:] == ["评估结论", "评估说明", "评估日期"]
    lines = rows[rows.index(head) + 1 :]
    leads = Responsibility.objects.leads().filter(task__plan=joint)
    found = [row for row in lines if isinstance(row[0], int)]
    assert len(found) == leads.count()
    told = [(row[8], row[9]) for row in found if row[8] != "未评估"]
    assert told == [(one.get_outcome_display(), one.reason) for one in judged]


def test_the_overview_counts_with_its_base(joint: Plan, judged: list[Assessment]) -> None:
    office = Office.objects.get(name="重庆市双碳办")
    run = made(quarter=Quarter(2026, 3), plan=joint, book="assessment", by=coordinator(office))
    rows = sheet(load_workbook(run.files.get().full_path), "总体情况")
    place = next(n for n, row in enumerate(rows) if row[0] == "重庆市")
    facts = {row[1]: (row[2], row[3]) for row in rows[place : place + 5]}
    total = len(Responsibility.objects.leads().filter(task__plan=joint, side__code="500000"))
    assert facts["牵头任务"] == (total, None)
    for outcome in Outcome:
        assert facts[str(outcome.label)] == (1, f"占{total}项的{round(100 / total)}%")
    assert facts["未评估"] == (total - 3, f"占{total}项的{round(100 * (total - 3) / total)}%")
