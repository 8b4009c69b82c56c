"""What the books tell of the quarter's filing, and to whom: late, returned, not in, whose."""

import datetime
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from reports.models import ReportFile, ReportRun
from tasks.models import Period, Plan, ProgressReport, Responsibility
from tasks.services import progress
from tasks.services.entry import Entry
from tests.factories import (
    TODAY,
    MembershipFactory,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from tests.reports.conftest import made
from tests.reports.test_every_cell import head_of
from tracker.lib.workdays import Quarter
from units.models import User

pytestmark = pytest.mark.django_db
QUARTER = Quarter(2026, 3)


@dataclass(frozen=True)
class World:
    plan: Plan
    side: Responsibility
    other: Responsibility
    period: Period
    office: User
    other_office: User


@pytest.fixture
def world() -> World:
    plan = joint_plan(code="joint", short_title="联合行动方案")
    side = ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory(name="重庆市能源局"))
    other = ResponsibilityFactory(
        task=side.task, unit=UnitFactory(sichuan=True, name="四川省能源局")
    )
    offices = [row.office for row in plan.sides.select_related("office").order_by("order")]
    return World(
        plan=plan,
        side=side,
        other=other,
        period=PeriodFactory(plan=plan, quarter_text="2026Q3"),
        office=coordinator(offices[0]),
        other_office=coordinator(offices[1]),
    )


def report_of(world: World, **values: Any) -> ProgressReport:
    report: ProgressReport = ProgressReportFactory(
        responsibility=world.side, period=world.period, **values
    )
    return report


def tables(file: ReportFile) -> dict[str, list[dict[Any, Any]]]:
    """Each sheet's rows by their heads."""
    book = openpyxl.load_workbook(file.full_path)
    found: dict[str, list[dict[Any, Any]]] = {}
    for page in book:
        head = head_of(page)
        heads = [cell.value for cell in page[head]]
        rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=head + 1)]
        found[page.title] = [dict(zip(heads, row, strict=True)) for row in rows if row[1]]
    return found


def summary(run: ReportRun) -> dict[str, list[dict[Any, Any]]]:
    return tables(run.files.get(kind="summary"))


def unit_rows(run: ReportRun, name: str) -> dict[str, Any]:
    """重庆市能源局's only row in the unit's own workbook."""
    [row] = tables(run.files.get(kind="unit", unit__name=name))["牵头任务"]
    return row


def counts(run: ReportRun) -> dict[str, dict[str, Any]]:
    return {row["牵头单位"]: row for row in summary(run)["牵头单位"]}


def counts_of_missing(run: ReportRun) -> int:
    return sum(row["报送情况"] == "未报" for row in summary(run)["未报名单"])


def test_a_returned_report_is_returned_and_never_not_received(world: World) -> None:
    report_of(world, returned=True, redo_by=TODAY)
    run = made(quarter=QUARTER, plan=world.plan, by=world.office)
    assert unit_rows(run, "重庆市能源局")["报送情况"] == "已退回"
    row = counts(run)["重庆市能源局"]
    assert (row["应报"], row["已报"], row["已退回"], row["未报"]) == (1, 0, 1, 0)
    assert not [row for row in summary(run)["未报名单"] if row["重点任务"]]
    facts = [(row["项目"], row["项数"]) for row in summary(run)["总体情况"]]
    assert ("已退回", 1) in facts
    assert "未报" not in {item for item, _number in facts}


def test_it_stays_returned_while_the_unit_mends_it(world: World) -> None:
    report = report_of(world, returned=True, redo_by=TODAY)
    progress.save_draft(
        world.side,
        world.period,
        Entry(percent=50, progress="正在补充。"),
        version=report.version,
        by=officer(world.side.unit),
        now=timezone.now(),
    )
    run = made(quarter=QUARTER, plan=world.plan, by=world.office)
    row = unit_rows(run, "重庆市能源局")
    assert (row["报送情况"], row["目前进展情况"]) == ("已退回", None)
    assert counts(run)["重庆市能源局"]["未报"] == 0


def test_after_its_new_date_it_is_listed_with_that_date(world: World) -> None:
    redo_by = TODAY - datetime.timedelta(days=1)
    report_of(world, returned=True, redo_by=redo_by)
    [row] = summary(made(quarter=QUARTER, plan=world.plan, by=world.office))["未报名单"]
    assert row["报送截止日"].date() == redo_by
    assert row["报送情况"] == "已退回（逾期未重报）"


def test_the_overdue_book_counts_it_apart_from_those_never_in(world: World) -> None:
    report_of(world, returned=True, redo_by=TODAY - datetime.timedelta(days=1))
    run = made(book="overdue", quarter=QUARTER, plan=world.plan, by=world.office)
    facts = {row["项目"]: row["项数"] for row in summary(run)["总体情况"]}
    assert facts["退回未重报"] == 1
    assert facts["未报"] == counts_of_missing(run)


@pytest.mark.parametrize(
    "values", [{"submitted": True}, {"returned": True, "redo_by": TODAY}, {}, None]
)
def test_the_other_sides_office_learns_nothing_before_approval(
    world: World, values: dict[str, Any] | None
) -> None:
    """Submitted, returned, a draft or nothing: it reads all the same."""
    if values is not None:
        report_of(world, **values)
    run = made(quarter=QUARTER, plan=world.plan, by=world.other_office)
    assert unit_rows(run, "重庆市能源局")["报送情况"] == "尚无已审核进展"
    row = counts(run)["重庆市能源局"]
    assert (row["已报"], row["已审核"], row["已退回"], row["未报"]) == ("—", 0, "—", "—")
    named = {row["牵头单位"] for row in summary(run)["未报名单"]}
    assert "重庆市能源局" not in named
    assert "四川省能源局" in named
    cover = tables(run.files.get(unit__name="重庆市能源局"))["封面"]
    assert not {"已报送", "未报", "已退回"} & {row["项目"] for row in cover}


def test_a_cooperating_unit_learns_nothing_before_approval(world: World) -> None:
    ResponsibilityFactory(task=world.side.task, unit=world.other.unit, cooperating=True)
    report_of(world, submitted=True, percent=57)
    run = made(quarter=QUARTER, plan=world.plan)  # by the command: each unit its own
    rows = tables(run.files.get(unit__name="四川省能源局"))["配合任务"]
    filed = {row["牵头单位"]: row["报送情况"] for row in rows}
    assert filed == {"重庆市能源局": "尚无已审核进展", "四川省能源局": "未报"}


def test_the_percent_is_the_approved_one_and_the_filed_one_a_word(world: World) -> None:
    before = PeriodFactory(plan=world.plan, quarter_text="2026Q2")
    ProgressReportFactory(responsibility=world.side, period=before, approved=True, percent=40)
    report_of(world, submitted=True, percent=57)
    run = made(quarter=QUARTER, plan=world.plan, by=world.office)
    row = unit_rows(run, "重庆市能源局")
    assert (row["完成进度"], row["报送情况"]) == (40, "待审核（填报57%）")
    row = next(row for row in summary(run)["进展汇总"] if row["牵头单位"] == "重庆市能源局")
    assert (row["完成进度"], row["报送情况"]) == (40, "待审核")


def test_the_units_liaison_is_named_before_who_fills_in(world: World) -> None:
    officer(world.side.unit, name="填报人甲", phone="023-00000001")
    MembershipFactory(
        user=UserFactory(name="前联络员"),
        unit=world.side.unit,
        liaison=True,
        until=TODAY - datetime.timedelta(days=1),
    )
    run = made(quarter=QUARTER, plan=world.plan)
    row = unit_rows(run, "重庆市能源局")
    assert (row["责任人"], row["联系电话"]) == ("填报人甲", "023-00000001")
    MembershipFactory(
        user=UserFactory(name="联络员乙", phone="023-00000002"), unit=world.side.unit, liaison=True
    )
    row = unit_rows(made(quarter=QUARTER, plan=world.plan), "重庆市能源局")
    assert (row["责任人"], row["联系电话"]) == ("联络员乙", "023-00000002")


def line_of(run: ReportRun) -> Any:
    book = openpyxl.load_workbook(run.files.get(kind="summary").full_path)
    return book["总体情况"]["A2"].value


def test_who_put_the_book_together_stands_over_it_or_nothing(world: World) -> None:
    by_office = made(quarter=QUARTER, plan=world.plan, by=world.office)
    office = world.plan.sides.order_by("order")[0].office
    assert line_of(by_office) == f"编制单位：{office.name}"
    assert by_office.files.get(kind="summary").name.startswith(office.name)
    assert world.side.side is not None
    by_inspector = made(quarter=QUARTER, plan=world.plan, by=inspector(world.side.side))
    assert line_of(by_inspector) == "编制单位：重庆市督查"
    assert by_inspector.files.get(kind="archive").name == "重庆市督查2026年第3季度进展情况表.zip"
    by_nobody = made(quarter=QUARTER, plan=world.plan)
    assert line_of(by_nobody) is None
    assert by_nobody.files.get(kind="summary").name == "2026年第3季度进展汇总表.xlsx"


def test_the_coordinators_table_says_the_side_that_a_name_does_not(world: World) -> None:
    unit = UnitFactory(central=True, name="中国铁路某局集团公司")
    task = TaskFactory(plan=world.plan, number=2)
    ResponsibilityFactory(task=task, unit=unit, side=world.other.side)
    rows = summary(made(quarter=QUARTER, plan=world.plan))["进展汇总"]
    assert rows[-1]["牵头单位"] == "中国铁路某局集团公司\n（四川省）"
