"""What the form says when it is written, and what is read from it again."""

import datetime
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reports.returns import form, key, parsing
from reports.returns.columns import SHEETS, fields
from reports.returns.content import PlanPart, UnitForm
from reports.returns.line import Line
from reports.returns.read import read
from reports.returns.shapes import Change, Kind
from tasks.models import Period, Plan, Responsibility, Task
from tasks.services import progress
from tasks.services.entry import LIMITS, Entry
from tests.factories import (
    NOW,
    TODAY,
    PeriodFactory,
    ProgressReportFactory,
    coordinator,
)
from tests.needed import by_libreoffice
from tests.reports.returns.conftest import QUARTER, World, cell_of
from tests.reports.test_print import printed_points
from tracker.lib.text import clean_text
from units.models import Unit

TEXT = st.text(max_size=60).map(clean_text).filter(lambda text: not parsing.ERRORS.fullmatch(text))
ODD = [
    "=1+1",
    "@SUM(A1)",
    "'80",
    "_x0041_",
    "_x005F_x0041_",
    "80",
    "2025年9月30日",
    "是",
    "a\tb",
    "<&>",
    "１",
]
SAID = st.fixed_dictionaries(
    {
        "percent": st.none() | st.integers(0, 100),
        "no_news": st.booleans(),
        **{name: TEXT | st.sampled_from(ODD) for name in LIMITS},
    }
)


def written(said: list[dict[str, Any]], folder: Path) -> Path:
    """A form of lead rows that say this, made without the database."""
    plan = Plan(pk=1, title="方案", code="plan", ends_on=datetime.date(2030, 12, 31))
    period = Period(pk=1, plan=plan, year=2026, quarter=3, due_on=TODAY)
    unit = Unit(pk=1, name="单位")
    part = PlanPart(period)
    for number, values in enumerate(said, 1):
        side = Responsibility(
            pk=number, unit=unit, task=Task(pk=number, number=number, title="任务", plan=plan)
        )
        part.lines[Kind.LEAD].append(Line(Kind.LEAD, side, period, None, None, values))
    path = folder / "form.xlsx"
    path.write_bytes(form.written(UnitForm(unit, QUARTER, [part]), today=TODAY))
    return path


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each try starts a process
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(said=st.lists(SAID, min_size=1, max_size=12))
def test_whatever_is_written_is_read_again(said: list[dict[str, Any]], tmp_path: Path) -> None:
    found = read(written(said, tmp_path))
    assert found.key is not None
    assert found.notes == []
    assert [row.side for row in found.rows] == list(range(1, len(said) + 1))
    for row, values in zip(found.rows, said, strict=True):
        assert {name: cell.error for name, cell in row.cells.items() if cell.error} == {}
        assert {name: row.cells[name].value for name in fields(Kind.LEAD)} == values
        kept = found.key.rows[(Kind.LEAD, row.side or 0)]
        assert dict(zip(fields(Kind.LEAD), kept.said, strict=True)) == values


def test_a_text_too_high_for_a_row_is_read_whole(tmp_path: Path) -> None:
    long = "长期推进。\n" * 600
    values = dict.fromkeys(LIMITS, "") | {
        "percent": 5,
        "no_news": False,
        "progress": long.strip(),
    }
    path = written([values, values], tmp_path)
    assert openpyxl.load_workbook(path).worksheets[0].merged_cells.ranges
    found = read(path)
    assert [row.cells["progress"].value for row in found.rows] == [long.strip()] * 2


def test_the_form_holds_what_is_known(world: World) -> None:
    before = period_before(world)
    ProgressReportFactory(responsibility=world.leads[0], period=before, approved=True, percent=35)
    ProgressReportFactory(responsibility=world.leads[0], period=world.period, percent=40)
    ProgressReportFactory(responsibility=world.leads[1], period=world.period, submitted=True)
    page = openpyxl.load_workbook(world.form())["牵头任务"]
    heads = [cell.value for cell in page[4]]
    assert heads == SHEETS[Kind.LEAD].heads()
    first, second, third = (dict(zip(heads, row, strict=True)) for row in page.iter_rows(5, 7))
    assert (first["上期进度"].value, first["完成进度（%）＊"].value) == ("35%", 40)
    assert [row["填报状态"].value for row in (first, second, third)] == ["草稿", "待审核", "未填"]
    assert [row["进展情况＊"].protection.locked for row in (first, second, third)] == [
        False, True, False,
    ]  # fmt: skip
    assert all(cell.protection.locked for name, cell in first.items() if "上期" in str(name))
    assert page.protection.sheet
    assert page.protection.password is None
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert rules["G5:G7"].type == "whole"
    assert (rules["H5:H7"].type, rules["H5:H7"].formula1) == ("list", '"是,否"')
    assert rules["M5:M7"].formula1 == "100"
    assert page.freeze_panes == "C5"
    assert page.print_title_rows == "$4:$4"
    page.column_dimensions.pop("O")
    assert printed_points(page) >= 8


def test_people_can_type_where_the_form_is_signed_and_rows_grow(world: World) -> None:
    path = world.form()
    page = openpyxl.load_workbook(path)["牵头任务"]
    foot = page.max_row
    assert "联系电话：" in str(page.cell(foot, 1).value)
    assert not page.cell(foot, 1).protection.locked
    assert page["A2"].protection.locked
    date = next(cell for cell in page[2][1:] if cell.value)
    assert "填报时间" in str(date.value)
    assert not date.protection.locked
    with zipfile.ZipFile(path) as archive:
        rows = re.findall(r"<row [^>]*>", archive.read("xl/worksheets/sheet1.xml").decode())
    assert [("customHeight" in row) for row in rows[3:7]] == [True, False, False, False]
    assert all(" ht=" in row for row in rows)


def test_the_key_is_very_hidden(world: World) -> None:
    book = openpyxl.load_workbook(world.form())
    assert [page.sheet_state for page in book] == ["visible", "visible", "veryHidden"]
    assert book[key.SHEET].protection.sheet


def period_before(world: World) -> Period:
    period: Period = PeriodFactory(plan=world.plan, quarter_text="2026Q2")
    return period


def test_the_office_reads_no_drafts_in_it(world: World) -> None:
    ProgressReportFactory(responsibility=world.leads[0], period=world.period, progress="草稿内容")
    office = world.plan.sides.order_by("order")[0].office
    found = read(world.form(by=coordinator(office)))
    assert found.key is not None
    assert all(row.version == 0 for row in found.key.rows.values())
    assert all(row.cells[name].is_blank for row in found.rows for name in fields(row.kind))


def test_an_english_form_is_read_in_chinese(world: World) -> None:
    ProgressReportFactory(responsibility=world.leads[0], period=world.period, no_news=True)
    path = world.folder / "form.xlsx"
    name, content = form.make(world.unit, QUARTER, for_user=world.by, today=TODAY, language="en")
    path.write_bytes(content)
    assert name.endswith("form.xlsx")
    found = world.compared(path)
    assert {row.change for row in found.rows} == {Change.UNCHANGED}
    assert found.notes == []
    cells = found.rows[0].row.cells
    assert cells["no_news"].value is True
    assert cells["no_news"].raw == "Yes"


def test_the_same_form_twice_is_the_same_bytes(world: World) -> None:
    assert world.form().read_bytes() == world.form().read_bytes()


def test_the_same_file_twice_changes_nothing(world: World) -> None:
    path = world.filled({"G5": 80, "I5": "完成一期。\n启动二期。", "H6": "是", "I6": "仍在审批。"})
    for row in world.compared(path).rows:
        if row.writes and row.entry is not None:
            assert row.side is not None
            assert row.period is not None
            progress.save_draft(
                row.side, row.period, row.entry, by=world.by, now=NOW, version=row.version
            )
    again = world.compared(path)
    assert {row.change for row in again.rows} == {Change.UNCHANGED}
    assert not again.writes


def test_no_news_takes_the_last_percent_and_stays_the_same(world: World) -> None:
    before = period_before(world)
    ProgressReportFactory(responsibility=world.leads[0], period=before, approved=True, percent=35)
    path = world.filled({"H5": "是", "I5": "等待批复。"})
    row = world.compared(path).rows[0]
    assert row.entry == Entry(percent=35, progress="等待批复。", no_news=True)
    progress.save_draft(world.leads[0], world.period, row.entry, by=world.by, now=NOW)
    assert {row.change for row in world.compared(path).rows} == {Change.UNCHANGED}


def test_libreoffice_keeps_the_key_and_every_cell(world: World, tmp_path: Path) -> None:
    path = world.filled(
        {"G5": 80, "I5": "完成一期。\n启动二期。", "H6": "是", "配合任务!F5": "配合。"}
    )
    saved = by_libreoffice(path, tmp_path)
    before, after = read(path), read(saved)
    assert after.key == before.key
    assert [row.cells for row in after.rows] == [row.cells for row in before.rows]
    saved.replace(path)
    assert cell_of(world.compared(path), 1, "percent").taken == 80


def test_the_key_holds_every_field() -> None:
    assert set(fields(Kind.LEAD)) == set(Entry.__dataclass_fields__)
    assert key.split("L12") == (Kind.LEAD, 12)
    assert [key.split(text) for text in ("", "L", "X1", "L１", "L1.0", "L" + "9" * 30)] == [
        None
    ] * 6
