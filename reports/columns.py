"""The columns of the books, each named once."""

import dataclasses

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from reports.books.rows import DistrictRow, SideRow, mark
from tasks.models import Responsibility
from tracker.lib.columns import DATE, NUMBER, PERCENT, SHORT, WHOLE, Column, Mark


def due_basis(side: Responsibility) -> str:
    """Where the date in force comes from."""
    if side.due_on is not None:
        return _t("核定时限")
    return _t("方案期限") if side.due_is_plans else _t("任务时限")


def _light(row: SideRow | DistrictRow) -> Mark:
    return mark(row.word)


def _basis(row: SideRow | DistrictRow) -> str:
    return due_basis(row.side)


NUMBER_OF_TASK = Column("task.number", _("序号"), format=WHOLE, width=6)
TITLE = Column("task.title", _("重点任务"), width=15)
SUMMARY = Column("task.summary", _("工作内容"), width=22)
SIDE = Column("side.side.name", _("所属方"), format=SHORT, width=9)
LEAD = Column("side.unit.name", _("牵头单位"), width=14)
LEADS = Column("leads", _("牵头单位"), width=14)
COOPERATING = Column("cooperating", _("责任（配合）单位"), width=20)
DUE = Column("side.due_on_in_force", _("完成时限"), format=DATE, width=13)
BASIS = Column("basis", _("时限依据"), format=SHORT, width=6, value=_basis)
PROGRESS = Column("progress", _("目前进展情况"), width=34)
PERCENT_DONE = Column("percent", _("完成进度"), format=PERCENT, width=7)
PROBLEMS = Column("report.problems", _("存在问题"), width=19)
NEXT_STEPS = Column("report.next_steps", _("下一步工作"), width=20)
COORDINATION = Column("needs_coordination", _("是否需要协调"), width=11)
LIGHT = Column("light", _("状态"), format=SHORT, width=11, value=_light)
REASON = Column("reason", _("状态说明"), width=15)
FILING = Column("filing", _("报送情况"), format=SHORT, width=9)
PERSON = Column("report.filled_by.name", _("责任人"), format=SHORT, width=9)
PHONE = Column("report.filled_by.phone", _("联系电话"), format=SHORT, width=13)
DAYS_LATE = Column("days_late", _("超期天数"), format=WHOLE, width=9)

FULL_ROW = (
    NUMBER_OF_TASK,
    TITLE,
    SUMMARY,
    LEADS,
    COOPERATING,
    DUE,
    BASIS,
    PROGRESS,
    PERCENT_DONE,
    PROBLEMS,
    NEXT_STEPS,
    COORDINATION,
    LIGHT,
    REASON,
    FILING,
    PERSON,
    PHONE,
)
WIDE_TITLE = dataclasses.replace(TITLE, width=30)
WIDE_LEAD = dataclasses.replace(LEAD, width=22)
WIDE_LIGHT = dataclasses.replace(LIGHT, width=16)
WIDE_BASIS = dataclasses.replace(BASIS, width=11)
COOPERATING_ROW = (
    NUMBER_OF_TASK,
    TITLE,
    SUMMARY,
    SIDE,
    LEAD,
    DUE,
    BASIS,
    PROGRESS,
    PERCENT_DONE,
    NEXT_STEPS,
    LIGHT,
    REASON,
)
OVERDUE_ROW = (
    NUMBER_OF_TASK,
    WIDE_TITLE,
    WIDE_LEAD,
    WIDE_LIGHT,
    DUE,
    WIDE_BASIS,
    DAYS_LATE,
    PERCENT_DONE,
    dataclasses.replace(PROBLEMS, width=26),
    dataclasses.replace(NEXT_STEPS, width=28),
    FILING,
)
DISTRICT_ROW = (
    Column("above.number", _("序号"), format=WHOLE, width=6),
    Column("above.title", _("重点任务"), width=28),
    Column("place", _("区县"), format=SHORT, width=12),
    Column("task.number", _("区县任务序号"), format=WHOLE, width=10),
    Column("task.title", _("区县任务"), width=34),
    Column("side.unit.name", _("区县牵头单位"), width=26),
    DUE,
    WIDE_BASIS,
    WIDE_LIGHT,
)
TARGET_ROW = (
    Column("target.order", _("序号"), format=WHOLE, width=6),
    Column("target.indicator.name", _("指标"), width=34),
    Column("belongs", _("归属"), format=SHORT, width=12),
    Column("target.year", _("目标年"), format=WHOLE, width=8),
    Column("value", _("目标值"), format=NUMBER, width=28, align="center"),
    Column("target.indicator.measure", _("计量单位"), format=SHORT, width=10),
    Column("target.comparator", _("文中表述"), width=20),
    Column("target.baseline_year", _("基准年"), format=WHOLE, width=8),
    Column("measured", _("最新监测值"), format=NUMBER, width=12, align="center"),
    Column("observation.period_text", _("监测时段"), format=SHORT, width=16),
)
FACT_ROW = (
    Column("section", _("类别"), format=SHORT, width=16),
    Column("item", _("项目"), width=20),
    Column("content", _("内容"), width=52),
    Column("note", _("说明"), width=56),
)
