"""逾期审查表: what is late by how long, what inspectors found; worked out from the models alone."""

import datetime
from collections import Counter
from typing import Any

import pytest
from openpyxl import load_workbook

from tasks.models import Extension, Finding, Plan, Responsibility
from tests.factories import TODAY, coordinator
from tests.reports.conftest import made
from tests.reports.test_every_cell import rows_of
from tracker.lib.workdays import Quarter, is_workday
from units.models import Office, User

QUARTER = Quarter(2026, 3)
BANDS = [(7, "7个工作日以内"), (30, "8—30个工作日"), (90, "31—90个工作日")]


def _sheets(joint: Plan, by: User | None = None) -> Any:
    run = made(quarter=QUARTER, plan=joint, book="overdue", by=by)
    return load_workbook(run.files.get().full_path)


def _leads(joint: Plan) -> list[Responsibility]:
    rows = Responsibility.objects.leads().filter(task__plan=joint).with_light(TODAY, QUARTER)
    return list(rows.select_related("task__plan", "unit", "side"))


def _band(due: datetime.date) -> str:
    """Day by day, by the calendar."""
    days = (due + datetime.timedelta(n) for n in range(1, (TODAY - due).days + 1))
    late = sum(map(is_workday, days))
    return next((word for most, word in BANDS if late <= most), "90个工作日以上")


def _due(side: Responsibility) -> datetime.date:
    due = side.due_on or side.task.due_on or side.task.plan.ends_on
    assert due
    return due


def test_what_is_late_stands_with_its_dates_and_findings(joint: Plan) -> None:
    sides = [s for s in _leads(joint) if s.is_overdue(TODAY) or s.is_expired(TODAY)]
    rows = [row for row in rows_of(_sheets(joint)["逾期事项"]) if len(row) > 1]
    assert len(rows) == len(sides) > 5
    found = {(row[1], row[3]): row for row in rows}
    for side in sides:
        row = found[side.task.number, side.unit.name]
        granted = Extension.objects.filter(responsibility=side, state="granted")
        first = granted.order_by("decided_at").first()
        assert row[5][0].date() == (first.from_due if first else _due(side))
        assert row[6] == granted.count()
        assert row[7][0].date() == _due(side)
        assert row[8] == (TODAY - _due(side)).days
        assert row[9] == _band(_due(side))
        codes = [one.code for one in Finding.objects.filter(responsibility=side)]
        assert [code for code in codes if code not in (row[13] or "")] == []
        assert (row[13] is None) == (not codes)
    for words in ("is_overdue", "is_expired"):  # the longest late first
        part = [found[s.task.number, s.unit.name] for s in sides if getattr(s, words)(TODAY)]
        days = [row[8] for row in rows if row in part]
        assert days == sorted(days, reverse=True)


def test_the_overview_counts_by_band(joint: Plan) -> None:
    page = _sheets(joint)["总体情况"]
    rows = rows_of(page)
    for word, asks in (("逾期", "is_overdue"), ("期满未办结", "is_expired")):
        sides = [side for side in _leads(joint) if getattr(side, asks)(TODAY)]
        start = next(n for n, row in enumerate(rows) if row[0] == word)
        assert rows[start][2] == len(sides)
        counts = Counter(_band(_due(side)) for side in sides)
        assert {row[1]: row[2] for row in rows[start + 1 : start + 5] if row[2]} == counts
    charts = page._charts
    assert len(charts) == 2
    for chart in charts:  # native, and of cells: the figures beside it
        place = chart.series[0].val.numRef.f
        assert place.startswith("'总体情况'!$C$")


def test_the_findings_with_demand_and_answer(joint: Plan) -> None:
    rows = rows_of(_sheets(joint)["督查事项"])
    findings = Finding.objects.filter(responsibility__task__plan=joint).order_by("year", "number")
    assert [row[0] for row in rows] == [one.code for one in findings]
    for row, one in zip(rows, findings, strict=True):
        said = one.steps.filter(kind__in=["answer", "contest"]).order_by("at").last()
        late = one.state == "issued" and one.due_on < TODAY
        assert row[2] == one.responsibility.unit.name
        assert row[5:7] == [one.problem, one.demand]
        assert row[9][0].date() == one.due_on
        assert row[10].split(" ")[1] == ("整改逾期" if late else one.get_state_display())
        assert row[11] == (said.text if said else None)


@pytest.mark.parametrize(
    ("office", "side"),
    [("重庆市双碳办", "500000"), ("四川省碳达峰碳中和工作委员会办公室", "510000")],
)
def test_nobody_reads_the_other_sides_findings(joint: Plan, office: str, side: str) -> None:
    by = coordinator(Office.objects.get(name=office))
    own = Finding.objects.filter(responsibility__task__plan=joint, responsibility__side__code=side)
    sheets = _sheets(joint, by)
    told = {row[0] for row in rows_of(sheets["督查事项"])}
    assert told == {one.code for one in own}
    others = Finding.objects.exclude(pk__in=own)
    text = [str(cell.value) for page in sheets for row in page.iter_rows() for cell in row]
    assert [one.code for one in others if any(one.code in cell for cell in text)] == []
    assert [one.code for one in others if one.problem in text] == []


def test_a_units_workbook_has_its_own_findings_alone(joint: Plan) -> None:
    run = made(quarter=QUARTER, plan=joint)
    assert Finding.objects.filter(responsibility__task__plan=joint).exists()
    for file in run.files.filter(kind="unit"):
        page = load_workbook(file.full_path)["逾期与督查事项"]
        text = "\n".join(str(cell.value) for row in page.iter_rows() for cell in row)
        for one in Finding.objects.filter(responsibility__task__plan=joint):
            theirs = one.responsibility.unit == file.unit and one.is_open
            assert (one.code in text) == theirs, (file.name, one.code)
