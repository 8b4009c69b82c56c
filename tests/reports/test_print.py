"""How large the widest tables print: body text of at least 8 points on A4, 10 on A3."""

import copy
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from reports.books import assessment, overdue, quarterly, scores, status, targets
from reports.books.making import Summary
from reports.models import ReportFile
from reports.services.content import load, periods_of, whole_sight_of
from tasks.models import Plan, ProgressReport
from tests.factories import NOW, TODAY
from tests.needed import need
from tests.reports.conftest import made
from tests.reports.rendered import lost, render
from tracker.lib.columns import Filled
from tracker.lib.excel import measure, styles, write_book
from tracker.lib.workdays import Quarter
from units.models import Unit
from units.policy import Standing

WIDTH_POINTS = {8: 1190.55, 9: 841.89}  # of A3 and A4, landscape
POINTS_A_PIXEL = 0.75
MEASURED_PIXELS = 7.65  # a unit of width in the rendered PDF; in Excel it is 7


def printed_points(page: Any) -> float:
    """The size of the body text when the sheet is fitted to the paper's width."""
    margins = (page.page_margins.left + page.page_margins.right) * 72
    room = WIDTH_POINTS[int(page.page_setup.paperSize)] - margins
    widths = sum(dimension.width for dimension in page.column_dimensions.values())
    scale = room / (widths * MEASURED_PIXELS * POINTS_A_PIXEL)
    return float(min(scale, 1) * styles.BODY_SIZE)


@pytest.mark.parametrize(("paper", "least"), [("A4", 8), ("A3", 10)])
def test_the_widest_tables_can_be_read_on_paper(joint: Plan, paper: str, least: float) -> None:
    unit = Unit.objects.get(name="重庆市能源局")
    quarter = Quarter(2026, 3)
    own = made(quarter=quarter, lead_unit=unit, paper=paper).files.get()
    whole = made(quarter=quarter, plan=joint, book="quarterly", paper=paper).files.get()
    sizes = {page.title: printed_points(page) for file in (own, whole) for page in _book(file)}
    assert {tab: size for tab, size in sizes.items() if size < least} == {}


def test_the_widest_tables_have_the_fourteen_columns_and_the_filing(joint: Plan) -> None:
    unit = Unit.objects.get(name="重庆市能源局")
    quarter = Quarter(2026, 3)
    own = _book(made(quarter=quarter, lead_unit=unit).files.get())["牵头任务"]
    whole = _book(made(quarter=quarter, plan=joint, book="quarterly").files.get())["进展汇总"]
    heads = (
        "序号 重点任务 工作内容 牵头单位 责任（配合）单位 完成时限 目前进展情况 完成进度 存在问题 "
        "下一步工作 是否需要协调 状态 报送情况 责任人 联系电话"
    )
    for page in (own, whole):
        assert " ".join(cell.value for cell in page[3]) == heads


def test_dates_and_rows_have_room(joint: Plan) -> None:
    """A date too wide for its column would print as ####, a row too low would cut text off."""
    whole = made(quarter=Quarter(2026, 3), plan=joint, book="quarterly").files.get()
    page = _book(whole)["进展汇总"]
    width = page.column_dimensions["F"].width
    assert measure.text_width("2025-12-31（方案）") <= measure.line_room(width)
    widths = [page.column_dimensions[cell.column_letter].width for cell in page[3]]
    for cells in page.iter_rows(min_row=4):
        if not isinstance(cells[0].value, int):
            break
        lines = max(
            measure.line_count(str(cell.value or ""), measure.line_room(width))
            for cell, width in zip(cells, widths, strict=True)
            if not cell.is_date
        )
        height = page.row_dimensions[cells[0].row].height
        assert height >= min(lines * measure.LINE_POINTS, measure.MAX_ROW_POINTS)


def _book(file: ReportFile) -> Any:
    return openpyxl.load_workbook(file.full_path)


# --- every sheet of every book, as LibreOffice prints it ------------------------------------------

BOOKS: tuple[Summary, ...] = (quarterly, overdue, targets, assessment, scores)
LONG = "项目前期工作按计划推进，已完成可行性研究报告编制和评审（含3个子项目）；" * 8


def _books(joint: Plan, folder: Path) -> Iterator[Path]:
    """All books in both languages, of a quarter with the demo's data, with nothing, with much.

    In `split` texts are so long that a row goes on in others, and these on another page.
    """
    periods = periods_of([joint], Quarter(2026, 3))
    content = load(periods[0], today=TODAY)
    nothing = replace(content, reports={}, past=[], matters={}, targets=[], below={})
    much, split = (
        replace(content, reports={pk: _long(one, times) for pk, one in content.reports.items()})
        for times in (1, 5)
    )
    seen = whole_sight_of(Standing(superuser=True), periods)
    unit = Unit.objects.get(name="重庆市能源局")
    for name, one, language, books in (
        ("demo", content, "zh-hans", BOOKS),
        ("demo", content, "en", BOOKS),
        ("nothing", nothing, "zh-hans", BOOKS),
        ("much", much, "zh-hans", (quarterly, overdue)),
        ("split", split, "zh-hans", ()),
    ):
        with translation.override(language):
            own = status.fill([one], unit, seen, "A4")
            yield _written(folder, f"status-{name}-{language}", own)
            for book in books:
                sheets = book.fill([one], "重庆市双碳办", seen, "A4")
                yield _written(folder, f"{book.BOOK.key}-{name}-{language}", sheets)


def _long(report: ProgressReport, times: int) -> ProgressReport:
    long = copy.copy(report)
    long.progress, long.problems = LONG * times, LONG[:80]
    long.next_steps = "https://example.gov.cn/" + "a" * 120
    return long


def _written(folder: Path, stem: str, sheets: Sequence[Filled]) -> Path:
    path = folder / f"{stem}.xlsx"
    write_book(path, stem, sheets, made_at=NOW, author="碳责通")
    return path


def test_nothing_is_cut_off_or_lost_on_paper(joint: Plan, tmp_path: Path) -> None:
    need(shutil.which("soffice"), "no LibreOffice on this machine")
    need(shutil.which("pdftotext"), "no pdftotext on this machine")
    Plan.objects.filter(pk=joint.pk).update(scores_on=True)
    joint.refresh_from_db()
    books = list(_books(joint, tmp_path))
    pages = render(books, tmp_path)
    wrong: dict[str, object] = {}
    for book in books:
        printed = pages[book.stem]
        texts = [word.text for page in printed for word in page.words]
        wrong[f"{book.stem} ###"] = [text for text in texts if "###" in text]
        if "-split-" not in book.stem:  # there the page ends within a text, which goes on
            met = [pair for page in printed for pair in page.collisions()]
            wrong[f"{book.stem} over each other"] = met
            wrong[f"{book.stem} outside"] = [x for page in printed for x in page.outside()]
        wrong[f"{book.stem} lost"] = lost(book, printed)
    assert {where: what for where, what in wrong.items() if what} == {}
