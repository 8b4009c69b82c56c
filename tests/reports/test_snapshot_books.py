"""A closed quarter's books are its snapshot's, whatever happens later."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Concat
from openpyxl import load_workbook

from reports.models import ReportRun
from reports.states import BookKey
from tasks.models import (
    Assessment,
    Extension,
    Finding,
    Period,
    Plan,
    ProgressReport,
    Responsibility,
    Snapshot,
    Task,
)
from tasks.services import closing, snapshots
from tasks.states import ReportKind, ReportState
from tests.factories import NOW, AssessmentFactory
from tests.reports.conftest import made
from tracker.lib.workdays import Quarter
from units.models import Succession, Unit
from units.services import succession
from units.states import SuccessionKind

QUARTER = Quarter(2026, 3)
BOOKS = ("quarterly", "overdue", "targets", "assessment", "scores")


def _cells(run: ReportRun) -> dict[str, Any]:
    """Every cell of every sheet of every workbook, by its place."""
    return dict(_walk(run))


def _walk(run: ReportRun) -> Iterator[tuple[str, Any]]:
    for file in run.files.exclude(kind="archive"):
        book = load_workbook(Path(settings.FILES_DIR) / file.path)
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value is not None:
                        yield f"{file.name} {sheet.title} {cell.coordinate}", cell.value


def _close(plan: Plan) -> Period:
    period = plan.periods.of(QUARTER).get()
    for standing in closing.standing_of(period):
        counts = standing.counts
        period = closing.close_side(period, standing.side, by=None, now=NOW, confirmed=counts)
    return period


def _books(plan: Plan, unit: Unit) -> dict[str, dict[str, Any]]:
    """The books of the whole plan, and one unit's own."""
    Plan.objects.filter(pk=plan.pk).update(scores_on=True)
    plan.refresh_from_db()
    asked: list[dict[str, Any]] = [{"book": book} for book in BOOKS]
    asked.append({"book": "status", "lead_unit": unit})
    return {one["book"]: _cells(made(**one, quarter=QUARTER, plan=plan)) for one in asked}


def _leader(plan: Plan) -> Unit:
    lead = Responsibility.objects.leads().filter(task__plan=plan, task__number=1).first()
    assert lead is not None
    return lead.unit


def _judge(plan: Plan) -> None:
    """终期评估 of every side but the last."""
    judged = Assessment.objects.filter(responsibility__task__plan=plan)
    leads = Responsibility.objects.leads().filter(task__plan=plan)
    for side in leads.exclude(pk__in=judged.values("responsibility")).order_by("-pk")[1:]:
        AssessmentFactory(responsibility=side)


def test_closing_changes_no_cell_but_the_word_for_it(joint: Plan) -> None:
    unit = _leader(joint)
    live = _books(joint, unit)
    period = _close(joint)
    assert period.closed_on == NOW.date()
    kept = _books(joint, unit)
    for book in kept:
        differ = {
            (live[book].get(place), kept[book].get(place))
            for place in live[book].keys() | kept[book].keys()
            if live[book].get(place) != kept[book].get(place)
        }
        words = tuple(
            f"{state}；状态按已审核的进展计，待审核的不计" for state in ("填报中", "已关闭")
        )
        assert differ <= {words}, book
        assert len(kept[book]) > 50


def test_making_its_book_again_gives_equal_cells(joint: Plan) -> None:
    _judge(joint)
    period = _close(joint)
    unit = _leader(joint)
    first = _books(joint, unit)
    assert "目标任务全部完成。" in first["assessment"].values()
    _rename_all_units(merged=unit)
    Task.objects.filter(plan=joint).update(title="改了标题", summary="改了内容")
    Responsibility.objects.filter(task__plan=joint).update(due_on=None)
    Responsibility.objects.leads().filter(task__plan=joint).update(state="closed")
    ProgressReport.objects.filter(period=period).update(
        progress="改了文字", percent=1, state=ReportState.APPROVED
    )
    missed = Responsibility.objects.leads().filter(task__plan=joint).exclude(reports__period=period)
    side = missed.first()
    assert side is not None
    ProgressReport.objects.create(
        responsibility=side,
        period=period,
        kind=ReportKind.LATE,
        state=ReportState.APPROVED,
        percent=99,
        progress="补报",
    )
    joint.targets.update(words="改了", comparator="改了")
    Assessment.objects.filter(responsibility__task__plan=joint).update(
        outcome="not", reason="改了说明", assessed_at=NOW + datetime.timedelta(days=9)
    )
    _change_what_stands_beside(joint)
    again = _books(joint, unit)
    for book, cells in first.items():
        places = cells.keys() | again[book].keys()
        pairs = {place: (cells.get(place), again[book].get(place)) for place in places}
        assert not {place: pair for place, pair in pairs.items() if pair[0] != pair[1]}, book
    assert snapshots.verify(Snapshot.objects.get(period=period))


def _rename_all_units(merged: Unit) -> None:
    """Every unit has another name since; one is another's by now, and its tasks with it."""
    day = NOW + datetime.timedelta(days=1)
    other = Responsibility.objects.leads().exclude(unit=merged).order_by("-pk")[0].unit
    change = Succession.objects.create(
        kind=SuccessionKind.MERGE, day=day.date(), basis="机构改革", entered_at=NOW
    )
    change.old.set([merged])
    change.new.set([other])
    assert succession.carry_out(change, by=None, now=day)["duties"]
    Unit.objects.update(name=Concat(Value("改名后的"), "name"))


def _change_what_stands_beside(plan: Plan) -> None:
    """Findings, later dates, earlier quarters, what the scores weigh."""
    findings = Finding.objects.filter(responsibility__task__plan=plan)
    assert findings.update(problem="改了问题", state="withdrawn")
    earlier = Extension.objects.filter(responsibility__task__plan=plan)
    earlier.update(from_due=F("from_due") - datetime.timedelta(days=30))
    before = ProgressReport.objects.filter(period__plan=plan, state=ReportState.APPROVED)
    assert before.exclude(period__year=2026, period__quarter=3).update(percent=1)
    Plan.objects.filter(pk=plan.pk).update(score_filing=10, score_pace=60)


def test_what_no_closing_kept_is_named_with_its_day(joint: Plan) -> None:
    """终期评估 often comes once the last quarter is closed: not lost, and not the quarter's."""
    Assessment.objects.filter(responsibility__task__plan=joint).delete()
    period = _close(joint)
    side = Responsibility.objects.leads().filter(task__plan=joint).order_by("task__number")[0]
    asked: dict[str, Any] = {"book": "assessment", "quarter": QUARTER, "plan": joint}
    assert not [one for one in _cells(made(**asked)).values() if "未随本季度封存" in str(one)]
    AssessmentFactory(responsibility=side, reason="封存后的评估。")
    cells = list(_cells(made(**asked)).values())
    assert "封存后的评估。" in cells
    assert "1项评估未随本季度封存，列示的是2026年11月20日的现行评估" in cells
    assert snapshots.verify(Snapshot.objects.get(period=period))


@pytest.mark.parametrize("code", ["jiangjin-2022"])
def test_a_districts_book_is_kept_too(joint: Plan, code: str) -> None:
    plan = Plan.objects.get(code=code)
    _close(plan)
    first = _cells(made(book="status", quarter=QUARTER, plan=plan))
    Task.objects.filter(plan=plan).update(title="改了标题")
    assert _cells(made(book="status", quarter=QUARTER, plan=plan)) == first


def test_no_book_is_left_out_of_this() -> None:
    assert {*BOOKS, "status"} == set(BookKey.values)
