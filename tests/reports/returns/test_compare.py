"""A form beside the database: what it would do, for whom, and what it may not."""

from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.returns.compare import compare
from reports.returns.mark import mark
from reports.returns.read import read
from reports.returns.shapes import Change, Refused
from tasks.models import ProgressReport
from tasks.services import contributions, progress
from tasks.services.entry import Entry
from tests.factories import (
    NOW,
    TODAY,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    officer,
)
from tests.reports.returns.conftest import QUARTER, World, cell_of, row_of
from tracker.lib.workdays import Quarter


def draft(world: World, place: int, **values: Any) -> ProgressReport:
    found: ProgressReport = ProgressReportFactory(
        responsibility=world.leads[place], period=world.period, filled_by=world.by, **values
    )
    return found


def test_new_changed_and_unchanged(world: World) -> None:
    draft(world, 0, percent=40)
    path = world.filled({"G5": 60, "G6": 10, "I6": "启动。"})
    found = world.compared(path)
    assert [row_of(found, number).change for number in (1, 2, 3, 4)] == [
        Change.CHANGED, Change.NEW, Change.UNCHANGED, Change.UNCHANGED,
    ]  # fmt: skip
    cell = cell_of(found, 1, "percent")
    assert (cell.was, cell.now, cell.said, cell.taken) == (40, 40, 60, 60)
    assert row_of(found, 1).version == 1
    assert [cell.name for cell in row_of(found, 1).cells if cell.change is Change.CHANGED] == [
        "percent"
    ]


def test_a_column_that_no_swift_reader_knows_is_read_cell_by_cell(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.returns.sheet.READERS", {})
    draft(world, 0, percent=40)
    found = world.compared(world.filled({"G5": "６０％", "I6": "启动。"}))
    assert cell_of(found, 1, "percent").taken == 60
    assert cell_of(found, 2, "progress").taken == "启动。"
    assert [row_of(found, number).change for number in (3, 4)] == [Change.UNCHANGED] * 2


def test_a_cell_that_was_emptied_is_emptied(world: World) -> None:
    draft(world, 0)
    found = world.compared(world.filled({"J5": None}))
    assert cell_of(found, 1, "problems").taken == ""
    assert row_of(found, 1).entry == Entry(
        percent=40, progress="已完成前期工作。", next_steps="继续推进。"
    )


def test_what_was_entered_on_line_meanwhile_is_told_cell_by_cell(world: World) -> None:
    report = draft(world, 0)
    path = world.filled({"I5": "表中改写。", "K5": "表中计划。"})
    entry = Entry(
        percent=55, progress="网上改写。", problems="资金尚未落实。", next_steps="继续推进。"
    )
    progress.save_draft(world.leads[0], world.period, entry, by=world.by, now=NOW, version=1)
    found = world.compared(path)
    cells = {cell.name: cell for cell in row_of(found, 1).cells}
    assert (cells["percent"].change, cells["percent"].taken) == (Change.MEANWHILE, 55)
    assert not cells["percent"].clash
    clash = cells["progress"]
    assert clash.clash
    assert (clash.was, clash.now, clash.said, clash.taken) == (
        report.progress, "网上改写。", "表中改写。", "网上改写。",
    )  # fmt: skip
    assert (cells["next_steps"].change, cells["next_steps"].taken) == (Change.CHANGED, "表中计划。")
    row = row_of(found, 1)
    assert (row.version, row.change, row.clashes) == (2, Change.MEANWHILE, True)
    assert row.entry is not None
    assert (row.entry.progress, clash.said) == ("网上改写。", "表中改写。")


def test_what_is_handed_in_cannot_be_changed(world: World) -> None:
    path = world.filled({"G5": 60, "I5": "新的。"})
    draft(world, 0, submitted=True)
    found = world.compared(path)
    assert not found.can_apply
    assert "待审核，不能修改" in row_of(found, 1).note
    assert row_of(found, 2).change is Change.UNCHANGED


def test_the_services_rules_hold_in_the_preview(world: World) -> None:
    ProgressReportFactory(
        responsibility=world.leads[0],
        period=PeriodFactory(plan=world.plan, quarter_text="2026Q2"),
        approved=True,
        percent=35,
    )
    found = world.compared(
        world.filled({"G5": 60, "H5": "是", "I6": "长" * 4001, "M7": "单" * 101, "G7": "很多"})
    )
    assert not found.can_apply
    said = {(cell.address, note[:6]) for cell, note in found.wrong_cells}
    assert said == {
        ("G5", "勾选了“本季"), ("I6", "文字共400"), ("G7", "完成进度应为"),
    } | {("M7", note[:6]) for cell, note in found.wrong_cells if cell.address == "M7"}  # fmt: skip


def test_a_row_whose_number_was_changed_is_wrong(world: World) -> None:
    found = world.compared(world.filled({"A5": 9}))
    assert "序号被改动过" in found.rows[0].note
    assert not found.can_apply


def test_a_row_twice_is_wrong(world: World) -> None:
    def copied(book: Any) -> None:
        page = book.worksheets[0]
        for cell in page[5]:
            page.cell(11, cell.column).value = cell.value
        page["G11"] = 70

    found = world.compared(world.filled({"G5": 60}, copied))
    assert [row.change for row in found.rows][:4].count(Change.WRONG) == 1
    assert "重复" in "".join(row.note for row in found.rows)


def test_rows_that_are_not_there_are_named(world: World) -> None:
    found = world.compared(world.filled({}, lambda book: book.worksheets[0].delete_rows(6)))
    assert [note for note in found.notes if "牵头任务第2项" in note]
    assert found.can_apply


def test_anothers_form_is_refused(world: World) -> None:
    path = world.form()
    other = UnitFactory(name="四川省能源局")
    ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=other)
    with pytest.raises(Refused, match="这是重庆市能源局的回填表，您不能为该单位填报"):
        world.compared(path, by=officer(other))


def test_the_form_of_another_quarter_is_refused(world: World) -> None:
    path = world.form()
    with pytest.raises(Refused, match="请下载2026年第4季度的表填写"):
        world.compared(path, quarter=Quarter(2026, 4))
    world.period.state, world.period.closed_on = "closed", TODAY
    world.period.save()
    with pytest.raises(Refused, match="该季度已关闭"):
        world.compared(path)
    assert world.compared(path, quarter=QUARTER).can_apply  # 补报, as was chosen


def test_an_office_enters_lead_rows_and_no_parts(world: World) -> None:
    office = coordinator(world.plan.sides.order_by("order")[0].office)
    path = world.filled({"G5": 60, "I5": "代填。", "配合任务!F5": "配合了。"})
    found = world.compared(path, by=office)
    assert found.by_office
    assert row_of(found, 1).entry == Entry(percent=60, progress="代填。")
    assert "不能代填" in row_of(found, 4).note
    draft(world, 0)
    assert "正在填报，不能代填" in row_of(world.compared(path, by=office), 1).note


def test_the_other_sides_office_has_nothing_to_do_with_it(world: World) -> None:
    other = coordinator(world.plan.sides.order_by("order")[1].office)
    with pytest.raises(Refused, match="您不能为该单位填报"):
        world.compared(world.form(), by=other)


def test_a_part_is_saved_by_its_service_as_previewed(world: World) -> None:
    row = row_of(world.compared(world.filled({"配合任务!F5": "配合了。"})), 4)
    assert row.side == world.part
    assert row.text == "配合了。"
    contributions.save(world.part, world.period, row.text, by=world.by, now=NOW)
    assert row_of(world.compared(world.filled({})), 4).change is Change.UNCHANGED


def test_a_constant_number_of_queries(world: World) -> None:
    def queries() -> int:
        returned = read(world.form())
        with CaptureQueriesContext(connection) as found:
            compare(returned, for_user=type(world.by).objects.get(pk=world.by.pk), today=TODAY)
        return len(found)

    before = queries()
    for _n in range(8):
        ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.unit)
    assert queries() == before <= 20


def test_the_marked_copy_has_a_comment_on_each_wrong_cell(world: World) -> None:
    path = world.filled({"G5": "很多", "I5": "做了。", "A6": 77})
    found = world.compared(path)
    (world.folder / "marked.xlsx").write_bytes(mark(path, found))
    page = openpyxl.load_workbook(world.folder / "marked.xlsx").worksheets[0]
    assert "0至100的整数" in page["G5"].comment.text
    assert "序号被改动" in page["A6"].comment.text
    assert page["I5"].comment is None
    assert page["G5"].fill.start_color.rgb == "00FDEEEE"
    again = read(world.folder / "marked.xlsx")
    assert again.key == read(path).key
