"""The columns of the books, each named once."""

import dataclasses
import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from reports.services.content import PlanQuarter, Sight
from tasks.models import Observation, ProgressReport, Responsibility, Target, Task
from tasks.models.indicators import plain
from tasks.states import Light, LightWord, ReportKind, ReportState, TaskState
from tracker.lib.columns import DATE, NUMBER, PERCENT, SHORT, WHOLE, Cell, Column, Mark
from units.models import Unit

# The same as in pages and mails (look.md): colour of the words, tint of the ground.
COLOURS = {
    Light.GREEN: ("#2E7D32", "#EDF6EE"),
    Light.YELLOW: ("#B26A00", "#FFF6E8"),
    Light.RED: ("#C62828", "#FDEEEE"),
    Light.BLUE: ("#1F5FBF", "#EBF2FC"),
    Light.GREY: ("#6B7280", "#F7F8F9"),
}


def mark(word: LightWord) -> Mark:
    """The light with its word, as a cell shows it."""
    return Mark(str(word.label), word.light.shape, *COLOURS[word.light])


def due_basis(side: Responsibility) -> str:
    """Where the date in force comes from."""
    if side.due_on is not None:
        return _t("核定时限")
    return _t("方案期限") if side.due_is_plans else _t("任务时限")


@dataclass(frozen=True)
class SideRow:
    """One side of a task in a quarter, as one reader may see it."""

    content: PlanQuarter
    side: Responsibility
    sight: Sight

    @property
    def task(self) -> Task:
        return self.side.task

    @property
    def is_known(self) -> bool:
        """Whether the reader may know how far this side is, or that nothing was reported."""
        return self.side.pk in self.sight.sides

    @property
    def told(self) -> ProgressReport | None:
        """The report that is known to be in, its text perhaps not for this reader."""
        return self.content.reports.get(self.side.pk) if self.is_known else None

    @property
    def report(self) -> ProgressReport | None:
        """The report that was handed in, where this reader may read it."""
        report = self.told
        may_read = report is not None and report.is_reported and report.pk in self.sight.reports
        return report if may_read else None

    @property
    def is_reported(self) -> bool:
        return self.told is not None and self.told.is_reported

    @property
    def is_expected(self) -> bool:
        """Whether a report is due: the task goes on, or a report is in all the same."""
        return self.is_reported or not TaskState(self.side.state).is_ended

    @property
    def word(self) -> LightWord:
        return self.side.light_word(self.content.day)

    @property
    def reason(self) -> str | None:
        return self.side.light_reason(self.content.day) if self.is_known else None

    @property
    def leads(self) -> str:
        return "、".join(lead.unit.name for lead in self.content.leads_of(self.side.task_id))

    @property
    def cooperating(self) -> str:
        parts = self.content.cooperating.get(self.side.task_id, ())
        return "、".join(part.unit.name for part in parts)

    @property
    def percent(self) -> Cell:
        if not self.is_known:
            return None
        if self.report is not None:
            return self.report.percent
        if self.is_reported:
            return _t("待审核")
        return _t("未报") if self.is_expected else "—"

    @property
    def filing(self) -> str | None:
        """Whether the quarter's report is in, and how."""
        if not self.is_known:
            return None
        report = self.told
        if report is None or not (report.is_reported or report.pk in self.sight.reports):
            return _t("未报") if self.is_expected else _t("无须填报")
        if report.kind == ReportKind.REGULAR or report.state == ReportState.RETURNED:
            return str(report.get_state_display())
        kind, state = report.get_kind_display(), report.get_state_display()
        return _t("%(state)s（%(kind)s）") % {"state": state, "kind": kind}

    @property
    def progress(self) -> str | None:
        if self.report is None:
            return None
        if self.report.no_news:
            return _t("本季度无新进展：%(reason)s") % {"reason": self.report.progress}
        return self.report.progress

    @property
    def needs_coordination(self) -> str | None:
        if self.report is None:
            return None
        return self.report.coordination or _t("否")

    @property
    def days_late(self) -> int | None:
        due = self.side.due_on_in_force
        return (self.content.day - due).days if due else None


@dataclass(frozen=True)
class DistrictRow:
    """A district's task beneath a joint one: what, who, how it stands, and nothing of its text."""

    above: Task
    task: Task
    side: Responsibility
    day: datetime.date

    @property
    def place(self) -> str:
        return self.task.plan.jurisdiction.name if self.task.plan.jurisdiction else ""

    @property
    def word(self) -> LightWord:
        return self.side.light_word(self.day)


@dataclass(frozen=True)
class TargetRow:
    """A target of a plan, for the unit that reads it, with the latest measured value."""

    target: Target
    unit: Unit | None
    observation: Observation | None

    @property
    def belongs(self) -> str:
        if self.unit is not None and self.target.unit_id == self.unit.pk:
            return _t("本单位测算")
        if self.target.task is not None:
            return _t("任务%(number)d") % {"number": self.target.task.number}
        return _t("方案总体")

    @property
    def value(self) -> Cell:
        if self.target.value is not None and self.target.value_max is None:
            return self.target.value
        if self.target.value is not None and self.target.value_max is not None:
            return f"{plain(self.target.value)}–{plain(self.target.value_max)}"
        return self.target.words or self.target.comparator

    @property
    def measured(self) -> Cell:
        seen = self.observation
        if seen is None:
            return _t("无数据")
        return seen.value if seen.value is not None else seen.category


@dataclass(frozen=True)
class Fact:
    """A line of a cover: under its section, an item and what is to be said of it."""

    section: str
    item: Cell
    content: Cell
    note: str = ""


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
