"""Lights: computed, never stored. Each rule stands here twice, for a row and for SQL.

A property test holds the two together. Percent is that of the latest approved report; what it
is held against stands in schedule.py. docs/decisions/0022 says why the rules come in this order.
"""

import datetime
from typing import TYPE_CHECKING, TypeVar

from django.db.models import (
    Case,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.models import schedule
from tasks.models.progress import ProgressReport
from tasks.states import (
    DONE_STATES,
    LightWord,
    PlanStatus,
    ReportState,
    Role,
    TaskState,
)
from tracker.lib.workdays import Quarter

if TYPE_CHECKING:
    from tasks.models.duties import Responsibility, ResponsibilityQuerySet

Sides = TypeVar("Sides", bound="ResponsibilityQuerySet")

# Least far first: a task is as far as the side that is least far.
STATE_ORDER = [
    TaskState.NOT_STARTED,
    TaskState.IN_PROGRESS,
    TaskState.COMPLETED,
    TaskState.SUSPENDED,
    TaskState.CARRIED,
    TaskState.STANDING,
    TaskState.CLOSED,
]
WORD_OF_ENDED = {
    TaskState.CLOSED: LightWord.CLOSED,
    TaskState.STANDING: LightWord.STANDING,
    TaskState.CARRIED: LightWord.CARRIED,
    TaskState.SUSPENDED: LightWord.SUSPENDED,
    TaskState.COMPLETED: LightWord.NORMAL,
}


# --- a row -----------------------------------------------------------------------------------


def word_of(side: "Responsibility", percent: int | None, today: datetime.date) -> LightWord:
    """The word of one side's light, in a plan that is issued: a draft's tasks have none."""
    state = TaskState(side.state)
    if state in WORD_OF_ENDED:
        return WORD_OF_ENDED[state]
    due, plan = side.due_on_in_force, side.task.plan
    if due is not None and due < today:
        return LightWord.EXPIRED if side.due_is_plans else LightWord.OVERDUE
    expected = schedule.expected_of(side, today)
    gap = expected.percent - (percent or 0) if expected else 0
    # What is counted from dates alone is never worse than yellow.
    if expected and expected.by_milestones and gap > plan.far_behind_points:
        return LightWord.FAR_BEHIND
    if due is not None and due <= schedule.soon_limit(side, today):
        return LightWord.DUE_SOON
    if state == TaskState.NOT_STARTED:
        return LightWord.NOT_STARTED
    return LightWord.BEHIND if gap >= plan.behind_points else LightWord.NORMAL


def reason_of(
    side: "Responsibility",
    percent: int | None,
    today: datetime.date,
    word: LightWord | None = None,
) -> str:
    """Why the light says what it says, in words; `word` is what `word_of` has said, if asked."""
    word = word or word_of(side, percent, today)
    due = side.due_on_in_force
    state = TaskState(side.state)
    if state in DONE_STATES:
        if state == TaskState.COMPLETED:
            return _("已办结，待销号")
        return str(state.label)
    done = _("尚无已审核进度") if percent is None else _("完成%(percent)d%%") % {"percent": percent}
    if word in (LightWord.EXPIRED, LightWord.OVERDUE) and due is not None:
        days = (today - due).days
        text = (
            ngettext("%(done)s，方案期满已%(days)d天", "%(done)s，方案期满已%(days)d天", days)
            if word == LightWord.EXPIRED
            else ngettext("%(done)s，超过时限%(days)d天", "%(done)s，超过时限%(days)d天", days)
        )
        return text % {"done": done, "days": days}
    if word == LightWord.DUE_SOON and due is not None:
        return _("%(done)s，%(day)s到期") % {"done": done, "day": date_format(due, "Y-m-d")}
    expected = schedule.expected_of(side, today)
    return done if expected is None else _against(expected, done, percent or 0, today)


def _against(expected: schedule.Expected, done: str, percent: int, today: datetime.date) -> str:
    """What is done beside what should be, and who says what should be."""
    words: dict[str, str | int] = {"done": done, "gap": expected.percent - percent}
    ahead = expected.percent <= percent
    step = expected.step
    if step is None:
        if ahead:
            return _("%(done)s，达到序时进度（按时间推算）") % words
        return (
            ngettext(
                "%(done)s，落后序时进度%(gap)d个百分点（按时间推算）",
                "%(done)s，落后序时进度%(gap)d个百分点（按时间推算）",
                expected.percent - percent,
            )
            % words
        )
    words |= {"day": date_format(step.due_on, "Y-m-d"), "percent": step.percent}
    if step.due_on > today:
        return _("%(done)s（首个节点%(day)s应达%(percent)d%%）") % words
    if ahead:
        return _("%(done)s，达到序时进度（节点%(day)s应达%(percent)d%%）") % words
    return (
        ngettext(
            "%(done)s，落后序时进度%(gap)d个百分点（节点%(day)s应达%(percent)d%%）",
            "%(done)s，落后序时进度%(gap)d个百分点（节点%(day)s应达%(percent)d%%）",
            expected.percent - percent,
        )
        % words
    )


def nearness(side: "Responsibility") -> tuple[bool, datetime.date, bool]:
    """Sorts the sides of a task: not done first, then by date, a date of its own first."""
    due = side.due_on_in_force or datetime.date.max
    return side.state in DONE_STATES, due, side.due_is_plans


# --- SQL ---------------------------------------------------------------------------------------


def state_rank() -> Case:
    return Case(
        *(When(state=state, then=Value(n)) for n, state in enumerate(STATE_ORDER)),
        output_field=IntegerField(),
    )


def side_due(sides: Sides) -> Sides:
    return sides.annotate(due=Coalesce(F("due_on"), F("task__due_on"), F("task__plan__ends_on")))


def side_late(sides: Sides, today: datetime.date) -> Sides:
    """Past the date in force and not done. A draft's dates bind nobody."""
    past = side_due(sides).filter(role=Role.LEAD, due__lt=today)
    return past.filter(task__plan__status=PlanStatus.ISSUED).exclude(state__in=DONE_STATES)


def least(sides: "ResponsibilityQuerySet", name: str) -> Subquery:
    """The least of an annotation among the sides of one task; null where there are none."""
    found = sides.order_by().values("task").annotate(least=Min(name))
    return Subquery(found.values("least"))


def nearest_first(sides: Sides) -> Sides:
    """In the order of `nearness`, with `due` and `due_plans`."""
    return (
        side_due(sides)
        .annotate(is_done=Q(state__in=DONE_STATES), due_plans=Q(due_on=None) & Q(task__due_on=None))
        .order_by("is_done", "due", "due_plans")
    )


def side_percent(sides: Sides, upto: Quarter | None) -> Sides:
    reports = ProgressReport.objects.filter(
        responsibility=OuterRef("pk"), state=ReportState.APPROVED, percent__isnull=False
    )
    if upto is not None:
        reports = reports.upto(upto)
    latest = reports.newest_first().values("percent")[:1]
    return sides.annotate(percent=Subquery(latest), milestone_steps=schedule.milestone_steps())


def side_light(sides: Sides, today: datetime.date, upto: Quarter | None) -> Sides:
    own_date = Q(due_on__isnull=False) | Q(task__due_on__isnull=False)
    ended = [When(state=state, then=Value(word.rank)) for state, word in WORD_OF_ENDED.items()]
    return (
        side_percent(side_due(sides), upto)
        .alias(behind_dates=schedule.points_by_dates(today))
        .alias(by_milestones=schedule.rank_by_milestones(today))
        .annotate(
            light_rank=Case(
                When(
                    Q(role=Role.COOPERATING) | Q(task__plan__status=PlanStatus.DRAFT),
                    then=Value(None),
                ),
                *ended,
                When(own_date, due__lt=today, then=Value(LightWord.OVERDUE.rank)),
                When(due__lt=today, then=Value(LightWord.EXPIRED.rank)),
                When(
                    Q(state=TaskState.NOT_STARTED) | schedule.is_due_soon(today),
                    then=Case(
                        When(
                            by_milestones=LightWord.FAR_BEHIND.rank,
                            then=Value(LightWord.FAR_BEHIND.rank),
                        ),
                        When(schedule.is_due_soon(today), then=Value(LightWord.DUE_SOON.rank)),
                        default=Value(LightWord.NOT_STARTED.rank),
                    ),
                ),
                # What is counted from dates alone is never worse than yellow.
                default=Coalesce(F("by_milestones"), schedule.rank_by_dates(today)),
                output_field=IntegerField(null=True),
            )
        )
    )
