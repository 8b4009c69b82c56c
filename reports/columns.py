"""The columns of the books, each named once."""

import dataclasses
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from reports.books.side_rows import SideRow
from tracker.lib.columns import DATE, NUMBER, PERCENT, SHORT, WHOLE, Cell, Column

# A row's own words for its date and its light.
_due, _light, _light_and_reason = map(attrgetter, ("due", "mark", "mark_and_reason"))


def _lead_and_side(row: SideRow) -> str:
    """The unit, with the side beneath where its name does not say it."""
    unit, side = row.side.unit.name, row.side.side
    if side is None or side.name in unit:
        return unit
    return _t("%(unit)s\n（%(side)s）") % {"unit": unit, "side": side.name}


NUMBER_OF_TASK = Column("task.number", _("序号"), format=WHOLE, width=5)
TITLE = Column("task.title", _("重点任务"), width=11)
SUMMARY = Column("task.summary", _("工作内容"), width=18)
SIDE = Column("side.side.name", _("所属方"), format=SHORT, width=9)
LEAD = Column("side.unit.name", _("牵头单位"), width=14)
LEAD_OF_SIDE = Column("side.unit.name", _("牵头单位"), width=11, value=_lead_and_side)
LEADS = Column("leads", _("牵头单位"), width=11)
COOPERATING = Column("cooperating", _("责任（配合）单位"), width=18.5)
DUE = Column(
    "side.due_on_in_force",
    _("完成时限"),
    format=DATE,
    width=22.5,
    value=_due,
)
PROGRESS = Column("progress", _("目前进展情况"), width=34.5)
PERCENT_DONE = Column("percent", _("完成进度"), format=PERCENT, width=7)
PROBLEMS = Column("report.problems", _("存在问题"), width=13)
NEXT_STEPS = Column("report.next_steps", _("下一步工作"), width=13.5)
COORDINATION = Column("needs_coordination", _("是否需要协调"), width=8)
LIGHT = Column("light", _("状态"), format=SHORT, width=11, value=_light)
LIGHT_AND_REASON = Column("light", _("状态"), format=SHORT, width=13, value=_light_and_reason)
FILING = Column("filing", _("报送情况"), format=SHORT, width=10.5)
PERSON = Column("contact.name", _("责任人"), format=SHORT, width=8)
PHONE = Column("phone", _("联系电话"), format=SHORT, width=11.5)
DAYS_LATE = Column("days_late", _("超期天数"), format=WHOLE, width=9)

FULL_ROW = (
    NUMBER_OF_TASK,
    TITLE,
    SUMMARY,
    LEADS,
    COOPERATING,
    DUE,
    PROGRESS,
    PERCENT_DONE,
    PROBLEMS,
    NEXT_STEPS,
    COORDINATION,
    LIGHT_AND_REASON,
    FILING,
    PERSON,
    PHONE,
)
WIDE_TITLE = dataclasses.replace(TITLE, width=34)
WIDE_LEAD = dataclasses.replace(LEAD, width=24)
WIDE_LIGHT = dataclasses.replace(LIGHT, width=16)
WIDE_FILING = dataclasses.replace(FILING, width=16)
COOPERATING_ROW = (
    NUMBER_OF_TASK,
    dataclasses.replace(TITLE, width=15),
    dataclasses.replace(SUMMARY, width=22),
    SIDE,
    LEAD,
    DUE,
    dataclasses.replace(PROGRESS, width=44),
    dataclasses.replace(PERCENT_DONE, width=9),
    dataclasses.replace(NEXT_STEPS, width=22),
    dataclasses.replace(LIGHT_AND_REASON, width=15),
    dataclasses.replace(FILING, width=10),
)
OVERDUE_ROW = (
    NUMBER_OF_TASK,
    WIDE_TITLE,
    WIDE_LEAD,
    WIDE_LIGHT,
    DUE,
    DAYS_LATE,
    dataclasses.replace(PERCENT_DONE, width=9),
    dataclasses.replace(PROBLEMS, width=28),
    dataclasses.replace(NEXT_STEPS, width=30),
    dataclasses.replace(FILING, width=14),
)


def of_row(column: Column, **changed: Any) -> Column:
    """The same column of a line that holds a `row`."""

    def value(line: Any) -> Cell:
        return column.cell(line.row)

    return dataclasses.replace(column, path=f"row.{column.path}", value=value, **changed)


INSPECTED_ROW = (
    of_row(SIDE, width=9),
    of_row(NUMBER_OF_TASK),
    of_row(TITLE, width=21),
    of_row(LEAD, width=15),
    of_row(LIGHT, width=16),
    Column("first_due", _("首次时限"), format=DATE, width=14),
    Column("times_extended", _("延期次数"), format=WHOLE, width=7),
    of_row(DUE),
    of_row(DAYS_LATE, width=7),
    Column("band", _("超期时长"), format=SHORT, width=15, value=lambda line: str(line.band.label)),
    of_row(PERCENT_DONE, width=8),
    of_row(PROBLEMS, width=18),
    of_row(NEXT_STEPS, width=18),
    Column("finding_words", _("督查意见"), width=14),
    of_row(FILING, width=12),
)
FINDING_ROW = (
    Column("found.code", _("编号"), format=SHORT, width=13),
    Column("side.side.name", _("所属方"), format=SHORT, width=9),
    LEAD,
    NUMBER_OF_TASK,
    dataclasses.replace(TITLE, width=20),
    Column("found.problem", _("发现问题"), width=26),
    Column("found.demand", _("整改要求"), width=24),
    Column("found.issued_on", _("通知日期"), format=DATE, width=14),
    Column("found.first_due_on", _("首次整改期限"), format=DATE, width=14),
    Column("found.due_on", _("整改期限"), format=DATE, width=14),
    WIDE_LIGHT,
    Column("found.answer", _("整改反馈"), width=22),
    Column("found.closed_on", _("销号日期"), format=DATE, width=14),
)
DISTRICT_ROW = (
    Column("above.number", _("序号"), format=WHOLE, width=6),
    Column("above.title", _("重点任务"), width=28),
    Column("place", _("区县"), format=SHORT, width=12),
    Column("task.number", _("区县任务序号"), format=WHOLE, width=10),
    Column("task.title", _("区县任务"), width=34),
    Column("side.unit.name", _("区县牵头单位"), width=26),
    DUE,
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
    Column("result", _("达到情况"), format=SHORT, width=11),
    Column("measured", _("监测值"), format=NUMBER, width=12, align="center"),
    Column("observation.period_text", _("监测时段"), format=SHORT, width=16),
    Column("attainment.reason", _("说明"), width=30),
)
FACT_ROW = (
    Column("section", _("类别"), format=SHORT, width=17),
    Column("item", _("项目"), width=18),
    Column("number", _("项数"), format=WHOLE, width=7),
    Column("content", _("内容"), width=46),
    Column("note", _("说明"), width=50),
)
# Where a chart finds its labels and its figures.
FACT_ITEM, FACT_NUMBER = 1, 2
