"""A whole quarter of both sides: officer, signer, cooperating unit, coordinator, inspector."""

import datetime
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tasks.models import Period, ProgressReport, Responsibility, SnapshotRow
from tasks.services import periods
from tasks.states import ReportKind, ReportState, TaskState
from tests.e2e.quarter import GAS, PDF, PIPES, Play, World, build
from units.models import AuditEntry

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PART = "完成规上工业能耗核算，覆盖412家企业。"
DONE = "川渝输气管道焊接86公里全部完成，9月18日通过验收。"
LATE = "第三季度逾期未报。"
SOURCE = "验收意见见佐证材料。"


@pytest.fixture
def world(transactional_db: None, settings: Any, tmp_path: Path) -> World:
    settings.FILES_DIR = tmp_path
    return build()


@pytest.fixture
def play(world: World, page: Page, live_server: Any, complaints: list[str]) -> Iterator[Play]:
    with time_machine.travel("2026-09-20T02:00:00Z", tick=True) as clock:
        yield Play(world, page, live_server.url, clock)
    assert complaints == []


def cooperate(play: Play) -> None:
    """The cooperating unit tells what it did, from its start page."""
    play.person("helper")
    play.follow("填报", "nav")
    play.follow("配合情况")
    play.follow("填写")
    play.fill("配合情况", PART)
    play.press("反馈给牵头单位", "已反馈")


def write(play: Play) -> None:
    """The lead takes the part in, saves, adds a file and asks for a signature."""
    play.person("officer")
    play.task(PIPES)
    play.follow("填报2026年第3季度进展")
    play.reads(PART)
    play.press("采纳，写入进展情况")
    expect(play.page.get_by_label("进展情况")).to_have_value(f"【重庆市经济信息委配合】{PART}")
    play.page.get_by_role("spinbutton", name="完成进度").fill("100")
    play.fill("进展情况", f"{DONE}\n【重庆市经济信息委配合】{PART}")
    play.upload("验收意见.pdf", PDF)
    play.press("保存草稿", "已保存")
    play.reads("验收意见.pdf")
    play.press("保存并送审签")
    play.reads("待审签人审签")
    play.go("/")
    play.reads("待审签")


def sign(play: Play) -> None:
    """The signer reads it, signs it and hands it in."""
    play.person("signer")
    play.follow("去审签")
    play.follow("阅读并审签")
    play.reads(DONE)
    play.press("审签", "已审签，可以提交")
    play.press("提交至重庆市双碳办", "已提交至重庆市双碳办")


def send_back(play: Play) -> None:
    play.person("office")
    play.follow("审核", "nav")
    play.reads(DONE, "验收意见.pdf")
    play.open("退回")
    play.fill("退回理由", "请注明验收意见的文号。")
    play.press("退回重庆市能源局", "已退回重庆市能源局")


def mend(play: Play) -> None:
    """The officer finds the reason, mends, and has it signed again."""
    play.person("officer")
    play.follow("修改重报")
    play.reads("请注明验收意见的文号。")
    play.fill("进展情况", f"{DONE}{SOURCE}\n【重庆市经济信息委配合】{PART}")
    play.press("保存并送审签", "已送审签")
    sign(play)


def approve(play: Play, who: str) -> None:
    play.person(who)
    play.follow("审核", "nav")
    play.press("审核通过", "已审核通过")


def report_there(play: Play) -> None:
    """The other side says 100 % without evidence, is asked, and hands in all the same."""
    play.person("officer_there")
    play.task(PIPES)
    play.follow("填报2026年第3季度进展")
    play.page.get_by_role("spinbutton", name="完成进度").fill("100")
    play.fill("进展情况", "四川段输气管道全线贯通。")
    play.press("提交至四川省双碳办")
    play.reads("尚未提交", "100%")
    assert state_of(play, "pipes_there") == ReportState.DRAFT
    play.press("仍然提交至四川省双碳办", "已提交至四川省双碳办")


def report_gas(play: Play) -> None:
    """The signer may fill in, and signs by handing in."""
    play.person("signer")
    play.task(GAS)
    play.follow("填报2026年第3季度进展")
    play.page.get_by_role("spinbutton", name="完成进度").fill("60")
    play.fill("进展情况", "储气库主体工程完工，正在安装压缩机组。")
    play.press("提交至重庆市双碳办", "已提交至重庆市双碳办")
    approve(play, "office")


def extend(play: Play) -> None:
    """A later date is asked before the present one, and granted."""
    play.person("officer")
    play.task(GAS)
    play.follow("申请延期")
    play.fill("申请时限", "2027-06-30")
    play.fill("延期理由", "压缩机组2027年3月到货。")
    play.press("提交延期申请", "待审批")
    play.person("office")
    play.task(GAS)
    play.follow("申请延期至2027-06-30")
    play.press("批准延期", "已批准")
    side = Responsibility.objects.get(pk=play.world.sides["gas"].pk)
    assert side.due_on_in_force == datetime.date(2027, 6, 30)


def close(play: Play, who: str, lacks: bool = False) -> None:
    """The office closes its own side; what is missing is named first."""
    play.person(who)
    play.follow("方案", "nav")
    play.follow("joint-2022")
    play.follow("填报期")
    play.follow("2026年第3季度")
    play.follow("关闭本方…")
    if lacks:
        play.reads("未报", GAS)
        play.press("确认带缺关闭（未报1、退回0、未审核0）", "已关闭，快照已生成")
    else:
        play.press("关闭", "已关闭2026年第3季度")


def file_late(play: Play) -> None:
    """补报: found among the closed quarters, reviewed, and the snapshot stays as it was."""
    play.person("officer_there")
    play.follow("填报", "nav")
    play.open("已关闭的季度还有1项可补报或补录")
    play.follow("补报")
    play.reads("补报照常审核")
    play.page.get_by_role("spinbutton", name="完成进度").fill("30")
    play.fill("进展情况", "完成选址论证。")
    play.fill("存在问题", "用地指标尚未落实。")
    play.press("提交至四川省双碳办", "已提交至四川省双碳办")
    approve(play, "office_there")
    report = ProgressReport.objects.get(responsibility=play.world.sides["gas_there"])
    assert (report.kind, report.state) == (ReportKind.LATE, ReportState.APPROVED)
    play.go("/matrix/?plan=joint-2022")
    play.reads("未报", "补报")


def end(play: Play) -> None:
    """办结 claimed on what was approved, and 销号 by the side's office alone."""
    play.person("officer")
    play.task(PIPES)
    play.follow("申请办结、结转等")
    play.fill("完成情况或理由", "管道已验收并投入运行。")
    play.press("提交核定", "待核定")
    play.person("office")
    play.follow("审核", "nav")
    play.follow("核定办结")
    play.press("同意销号", "已核定：办结")
    states = {row.unit.name: row.state for row in Responsibility.objects.filter(task__title=PIPES)}
    assert states["重庆市能源局"] == TaskState.CLOSED
    assert states["四川省能源局"] == TaskState.IN_PROGRESS


def inspect(play: Play) -> None:
    """A finding about the side that was late: issued, answered, closed."""
    play.person("inspector_there")
    play.task(GAS)
    play.follow("对四川省能源局提出督查意见")
    play.fill("发现问题", LATE)
    play.fill("整改要求", "说明原因，按期报送第四季度进展。")
    play.press("发出整改通知", "已发出整改通知")
    code = play.page.locator("h1").inner_text().split()[-1]
    play.person("officer_there")
    play.follow("待整改 1")
    play.follow(LATE)
    play.open("整改反馈")
    play.fill("整改情况", "已补报，指定专人负责。")
    play.press("提交：整改反馈", "已反馈待核")
    play.person("inspector_there")
    play.follow("查看督查意见")
    play.follow(LATE)
    play.open("销号")
    play.fill("销号意见", "经核实，已整改。")
    play.press("提交：销号", "已销号")
    play.person("inspector")
    play.task(GAS)
    play.reads_not(code)


def state_of(play: Play, side: str) -> str:
    return str(ProgressReport.objects.get(responsibility=play.world.sides[side]).state)


def look_back(play: Play) -> None:
    """The matrix, the task's history and the log say what happened."""
    play.person("office")
    play.go("/matrix/?plan=joint-2022")
    play.reads("100%", "60%", "未报", "补报")
    play.task(PIPES)
    play.reads("已销号")
    play.follow("历史")
    play.reads("退回", "请注明验收意见的文号。", "审签人", "协调人")
    call_command("seal_audit")
    said = io.StringIO()
    call_command("verify_audit", stdout=said)
    assert f"核对了{AuditEntry.objects.count()}条记录" in said.getvalue()


def test_a_quarter_of_both_sides(play: Play) -> None:
    play.day(9, 21)
    cooperate(play)
    write(play)
    sign(play)
    send_back(play)
    play.day(9, 22)
    mend(play)
    approve(play, "office")
    assert state_of(play, "pipes") == ReportState.APPROVED
    report_there(play)
    approve(play, "office_there")
    report_gas(play)
    play.day(10, 9)
    extend(play)
    play.day(11, 2)
    close(play, "office")
    assert Period.objects.get().closed_on is None
    close(play, "office_there", lacks=True)
    assert Period.objects.get().closed_on is not None
    file_late(play)
    end(play)
    inspect(play)
    look_back(play)
    lacking = SnapshotRow.objects.get(responsibility_id=play.world.sides["gas_there"].pk)
    assert lacking.percent is None
    assert not periods.due_periods(today=Period.objects.get().due_on)
