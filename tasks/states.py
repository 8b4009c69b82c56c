"""The words of the tasks app, with their colours and legal moves."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("征求意见稿")
    ISSUED = "issued", _("已印发")


class Role(models.TextChoices):
    LEAD = "lead", _("牵头")
    COOPERATING = "cooperating", _("配合")


class TaskState(models.TextChoices):
    """Where one side of a task stands; held by its lead responsibility."""

    NOT_STARTED = "not_started", _("未启动")
    IN_PROGRESS = "in_progress", _("推进中")
    COMPLETED = "completed", _("已办结")
    CLOSED = "closed", _("已销号")
    STANDING = "standing", _("长期坚持")
    CARRIED = "carried", _("结转")
    SUSPENDED = "suspended", _("中止")

    @property
    def is_ended(self) -> bool:
        """Nothing is due any more."""
        return self in ENDED_STATES


ENDED_STATES = (
    TaskState.CLOSED,
    TaskState.STANDING,
    TaskState.CARRIED,
    TaskState.SUSPENDED,
)
# States in which the date no longer makes a side late: ended, or handed in for checking.
DONE_STATES = (*ENDED_STATES, TaskState.COMPLETED)

TASK_MOVES: Mapping[TaskState, frozenset[TaskState]] = {
    TaskState.NOT_STARTED: frozenset(
        {TaskState.IN_PROGRESS, TaskState.STANDING, TaskState.CARRIED, TaskState.SUSPENDED}
    ),
    TaskState.IN_PROGRESS: frozenset(
        {TaskState.COMPLETED, TaskState.STANDING, TaskState.CARRIED, TaskState.SUSPENDED}
    ),
    TaskState.COMPLETED: frozenset({TaskState.CLOSED, TaskState.IN_PROGRESS}),
    TaskState.CLOSED: frozenset({TaskState.IN_PROGRESS}),
    TaskState.STANDING: frozenset({TaskState.IN_PROGRESS}),
    TaskState.CARRIED: frozenset({TaskState.IN_PROGRESS}),
    TaskState.SUSPENDED: frozenset({TaskState.IN_PROGRESS}),
}


class PeriodState(models.TextChoices):
    OPEN = "open", _("填报中")
    CLOSED = "closed", _("已关闭")


class ReportState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SIGNED = "signed", _("已审签")
    SUBMITTED = "submitted", _("待审核")
    APPROVED = "approved", _("已审核")
    RETURNED = "returned", _("已退回")


REPORT_MOVES: Mapping[ReportState, frozenset[ReportState]] = {
    ReportState.DRAFT: frozenset({ReportState.SIGNED, ReportState.SUBMITTED}),
    ReportState.SIGNED: frozenset({ReportState.SUBMITTED, ReportState.DRAFT}),
    ReportState.SUBMITTED: frozenset({ReportState.APPROVED, ReportState.RETURNED}),
    ReportState.RETURNED: frozenset({ReportState.DRAFT, ReportState.SUBMITTED}),
    ReportState.APPROVED: frozenset(),
}
# Handed in: counts as reported.
REPORTED_STATES = (ReportState.SUBMITTED, ReportState.APPROVED)
# Known to the office: what it sent back, too, until the unit writes on.
HANDED_IN_STATES = (*REPORTED_STATES, ReportState.RETURNED)
# Still in the unit's hands.
EDITABLE_STATES = (ReportState.DRAFT, ReportState.RETURNED)
# What a returned report goes through on its way back to the office.
MENDING_STATES = (ReportState.DRAFT, ReportState.SIGNED)


class ReportKind(models.TextChoices):
    REGULAR = "regular", _("正常填报")
    LATE = "late", _("补报")
    BACKFILL = "backfill", _("补录")


class TargetKind(models.TextChoices):
    QUANTIFIED = "quantified", _("定量")
    QUALITATIVE = "qualitative", _("定性")
    MILESTONE = "milestone", _("节点")
    FREQUENCY = "frequency", _("频次")


class Operator(models.TextChoices):
    """How a value is held against the target's."""

    REACH = "reach", _("达到")
    AT_LEAST = "at_least", _("以上")
    AT_MOST = "at_most", _("以下")
    ABOUT = "about", _("左右")
    BEFORE = "before", _("期限前")
    FALL = "fall", _("下降")
    EXACTLY = "exactly", _("等于")
    BETWEEN = "between", _("区间")
    WORDS = "words", _("文字表述")


class Basis(models.TextChoices):
    """What span an observed value speaks of."""

    PERIOD = "本期", _("本期")
    CUMULATIVE = "累计", _("累计")
    POINT = "时点", _("时点")
    FORECAST = "预计", _("预计")
    ANNUAL = "年度", _("年度")


class ObservationState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审核")
    APPROVED = "approved", _("已审核")
    RETURNED = "returned", _("已退回")


OBSERVATION_MOVES: Mapping[ObservationState, frozenset[ObservationState]] = {
    ObservationState.DRAFT: frozenset({ObservationState.SUBMITTED}),
    ObservationState.SUBMITTED: frozenset({ObservationState.APPROVED, ObservationState.RETURNED}),
    ObservationState.RETURNED: frozenset({ObservationState.DRAFT}),
    ObservationState.APPROVED: frozenset(),
}
OBSERVATION_HANDED_IN = (
    ObservationState.SUBMITTED,
    ObservationState.APPROVED,
    ObservationState.RETURNED,
)
OBSERVATION_EDITABLE = (ObservationState.DRAFT, ObservationState.RETURNED)


class Light(models.TextChoices):
    RED = "red", _("红")
    YELLOW = "yellow", _("黄")
    GREEN = "green", _("绿")
    GREY = "grey", _("灰")
    BLUE = "blue", _("蓝")

    @property
    def shape(self) -> str:
        return {"red": "■", "yellow": "▲", "green": "●", "grey": "○", "blue": "◆"}[self.value]


class Attained(models.TextChoices):
    """Whether a target is reached; computed, never stored."""

    ATTAINED = "attained", pgettext_lazy("of a target", "达到")
    MISSED = "missed", _("未达到")
    NO_DATA = "no_data", _("无数据")


class LightWord(models.TextChoices):
    """What a light says, worst first; a task shows the worse of its sides."""

    OVERDUE = "overdue", _("逾期")
    EXPIRED = "expired", _("期满未办结")
    FAR_BEHIND = "far_behind", _("严重滞后")
    BEHIND = "behind", _("滞后")
    DUE_SOON = "due_soon", _("临期")
    NORMAL = "normal", _("正常")
    NOT_STARTED = "not_started", _("未启动")
    SUSPENDED = "suspended", _("中止")
    STANDING = "standing", _("长期坚持")
    CARRIED = "carried", _("结转")
    CLOSED = "closed", _("已销号")

    @property
    def light(self) -> Light:
        return LIGHT_OF_WORD[self]

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(LightWord).index(self)

    @property
    def short_label(self) -> Any:
        """For where there is little room."""
        return SHORT_WORDS.get(self, self.label)


SHORT_WORDS: Mapping[str, Any] = {
    LightWord.EXPIRED: pgettext_lazy("in a narrow cell", "期满未办结"),
    LightWord.NOT_STARTED: pgettext_lazy("in a narrow cell", "未启动"),
    LightWord.STANDING: pgettext_lazy("in a narrow cell", "长期坚持"),
}


LIGHT_OF_WORD: Mapping[LightWord, Light] = {
    LightWord.OVERDUE: Light.RED,
    LightWord.EXPIRED: Light.RED,
    LightWord.FAR_BEHIND: Light.RED,
    LightWord.BEHIND: Light.YELLOW,
    LightWord.DUE_SOON: Light.YELLOW,
    LightWord.NORMAL: Light.GREEN,
    LightWord.NOT_STARTED: Light.GREY,
    LightWord.SUSPENDED: Light.GREY,
    LightWord.STANDING: Light.GREY,
    LightWord.CARRIED: Light.GREY,
    LightWord.CLOSED: Light.BLUE,
}
LATE_WORDS = (LightWord.OVERDUE, LightWord.EXPIRED)


class NoticeState(models.TextChoices):
    QUEUED = "queued", _("待发送")
    SENT = "sent", _("已发送")
    DROPPED = "dropped", _("不再需要")


class DigestState(models.TextChoices):
    QUEUED = "queued", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    DEAD = "dead", _("发送失败")


class ContributionState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已反馈")
    TAKEN = "taken", _("已采纳")
    RETURNED = "returned", _("已退回")


CONTRIBUTION_MOVES: Mapping[ContributionState, frozenset[ContributionState]] = {
    ContributionState.DRAFT: frozenset({ContributionState.SUBMITTED}),
    ContributionState.SUBMITTED: frozenset(
        {ContributionState.TAKEN, ContributionState.RETURNED, ContributionState.DRAFT}
    ),
    ContributionState.RETURNED: frozenset({ContributionState.DRAFT}),
    ContributionState.TAKEN: frozenset(),
}


class MilestoneState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PROPOSED = "proposed", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    CLAIMED = "claimed", _("完成待核")
    MET = "met", _("已完成")
    DROPPED = "dropped", _("已取消")


MILESTONE_MOVES: Mapping[MilestoneState, frozenset[MilestoneState]] = {
    MilestoneState.DRAFT: frozenset({MilestoneState.PROPOSED, MilestoneState.DROPPED}),
    MilestoneState.PROPOSED: frozenset({MilestoneState.CONFIRMED, MilestoneState.DRAFT}),
    MilestoneState.CONFIRMED: frozenset({MilestoneState.CLAIMED, MilestoneState.DROPPED}),
    MilestoneState.CLAIMED: frozenset({MilestoneState.MET, MilestoneState.CONFIRMED}),
    MilestoneState.MET: frozenset({MilestoneState.CONFIRMED}),
    MilestoneState.DROPPED: frozenset(),
}
# Not confirmed yet: the lead's, and what waits for the office.
MILESTONE_BEFORE = (MilestoneState.DRAFT, MilestoneState.PROPOSED)
# Confirmed by the office: these make the schedule.
SCHEDULE_STATES = (MilestoneState.CONFIRMED, MilestoneState.CLAIMED, MilestoneState.MET)
# Confirmed and not yet done: these can be late.
MILESTONE_OPEN = (MilestoneState.CONFIRMED, MilestoneState.CLAIMED)


class ExtensionState(models.TextChoices):
    ASKED = "asked", _("待审批")
    GRANTED = "granted", _("已批准")
    REFUSED = "refused", _("未批准")
    WITHDRAWN = "withdrawn", _("已撤回")


EXTENSION_MOVES: Mapping[ExtensionState, frozenset[ExtensionState]] = {
    ExtensionState.ASKED: frozenset(
        {ExtensionState.GRANTED, ExtensionState.REFUSED, ExtensionState.WITHDRAWN}
    ),
    ExtensionState.GRANTED: frozenset(),
    ExtensionState.REFUSED: frozenset(),
    ExtensionState.WITHDRAWN: frozenset(),
}


class EndingKind(models.TextChoices):
    """How one side of a task ends."""

    COMPLETED = "completed", _("办结")
    STANDING = "standing", _("长期坚持")
    CARRIED = "carried", _("结转")
    SUSPENDED = "suspended", _("中止")


# Where an accepted ending leads; a claim of 办结 alone changes the state at once, to COMPLETED.
STATE_OF_ENDING: Mapping[EndingKind, TaskState] = {
    EndingKind.COMPLETED: TaskState.CLOSED,
    EndingKind.STANDING: TaskState.STANDING,
    EndingKind.CARRIED: TaskState.CARRIED,
    EndingKind.SUSPENDED: TaskState.SUSPENDED,
}


class EndingState(models.TextChoices):
    CLAIMED = "claimed", _("待核定")
    ACCEPTED = "accepted", _("已核定")
    REFUSED = "refused", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")
    REVOKED = "revoked", _("已撤销")


ENDING_MOVES: Mapping[EndingState, frozenset[EndingState]] = {
    EndingState.CLAIMED: frozenset(
        {EndingState.ACCEPTED, EndingState.REFUSED, EndingState.WITHDRAWN}
    ),
    EndingState.ACCEPTED: frozenset({EndingState.REVOKED}),
    EndingState.REFUSED: frozenset(),
    EndingState.WITHDRAWN: frozenset(),
    EndingState.REVOKED: frozenset(),
}


class Outcome(models.TextChoices):
    """终期评估: what became of one side of a task."""

    REACHED = "reached", _("完成")
    PARTLY = "partly", _("部分完成")
    NOT = "not", _("未完成")


class FindingState(models.TextChoices):
    ISSUED = "issued", _("待整改")
    CONTESTED = "contested", _("申辩待复核")
    ANSWERED = "answered", _("已反馈待核")
    CLOSED = "closed", _("已销号")
    WITHDRAWN = "withdrawn", _("已撤销")


FINDING_MOVES: Mapping[FindingState, frozenset[FindingState]] = {
    FindingState.ISSUED: frozenset(
        {FindingState.CONTESTED, FindingState.ANSWERED, FindingState.WITHDRAWN}
    ),
    FindingState.CONTESTED: frozenset({FindingState.ISSUED, FindingState.WITHDRAWN}),
    FindingState.ANSWERED: frozenset({FindingState.CLOSED, FindingState.ISSUED}),
    FindingState.CLOSED: frozenset(),
    FindingState.WITHDRAWN: frozenset(),
}
FINDING_OPEN = (FindingState.ISSUED, FindingState.CONTESTED, FindingState.ANSWERED)


class FindingStepKind(models.TextChoices):
    ISSUE = "issue", _("整改通知")
    CONTEST = "contest", _("申辩")
    UPHOLD = "uphold", _("复核维持")
    WITHDRAW = "withdraw", _("复核撤销")
    ANSWER = "answer", _("整改反馈")
    REJECT = "reject", _("反馈退回")
    CLOSE = "close", _("销号")
    EXTEND = "extend", _("调整整改期限")
    OFFICE = "office", _("协调办公室答复")


# After these steps it is for the unit to put things right.
FINDING_ASKS = (
    FindingStepKind.ISSUE,
    FindingStepKind.UPHOLD,
    FindingStepKind.REJECT,
    FindingStepKind.EXTEND,
)


class OfficeAnswer(models.TextChoices):
    """What the office says to a proposal to revoke 办结."""

    WAITING = "waiting", _("待答复")
    AGREED = "agreed", _("同意撤销办结")
    DECLINED = "declined", _("不同意撤销办结")
