"""Lights: computed, never stored. Each rule stands here twice, for a row and for SQL.

A property test holds the two together. Percent is that of the latest approved report.
"""

import datetime
from typing import TYPE_CHECKING, TypeVar

from django.db.models import (
    Case,
    DateField,
    F,
    Func,
    IntegerField,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest, Least, NullIf
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.models.progress import ProgressReport
from tasks.states import (
    DONE_STATES,
    LightWord,
    PlanStatus,
    ReportState,
    Role,
    TaskState,
)
from tracker.lib.workdays import Quarter, add_workdays

if TYPE_CHECKING:
    from tasks.models.tasks import Responsibility, ResponsibilityQuerySet

Sides = TypeVar("Sides", bound="ResponsibilityQuerySet")

SOON_WORKDAYS = 7
BEHIND_POINTS = 10

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


def soon_limit(today: datetime.date) -> datetime.date:
    """A date up to this one is 临期."""
    return add_workdays(today, SOON_WORKDAYS)


# --- a row -----------------------------------------------------------------------------------


def word_of(side: "Responsibility", percent: int | None, today: datetime.date) -> LightWord:
    """The word of one side's light, in a plan that is issued: a draft's tasks have none."""
    state = TaskState(side.state)
    if state in WORD_OF_ENDED:
        return WORD_OF_ENDED[state]
    due = side.due_on_in_force
    if due is not None and due < today:
        return LightWord.EXPIRED if side.due_is_plans else LightWord.OVERDUE
    if due is not None and due <= soon_limit(today):
        return LightWord.DUE_SOON
    if state == TaskState.NOT_STARTED:
        return LightWord.NOT_STARTED
    expected = side.task.plan.expected_percent(due, today)
    # Counted from dates alone, so never worse than yellow.
    if expected is not None and expected - (percent or 0) >= BEHIND_POINTS:
        return LightWord.BEHIND
    return LightWord.NORMAL


def reason_of(side: "Responsibility", percent: int | None, today: datetime.date) -> str:
    """Why the light says what it says, in words."""
    word = word_of(side, percent, today)
    due = side.due_on_in_force
    state = TaskState(side.state)
    if state in DONE_STATES:
        if state == TaskState.COMPLETED:
            return _("已办结，待销号")
        return str(state.label)
    done = _("尚无已审核进度") if percent is None else _("完成%(percent)d%%") % {"percent": percent}
    if due is None:
        return done
    if word in (LightWord.EXPIRED, LightWord.OVERDUE):
        days = (today - due).days
        text = (
            ngettext("%(done)s，方案期满已%(days)d天", "%(done)s，方案期满已%(days)d天", days)
            if word == LightWord.EXPIRED
            else ngettext("%(done)s，超过时限%(days)d天", "%(done)s，超过时限%(days)d天", days)
        )
        return text % {"done": done, "days": days}
    if word == LightWord.DUE_SOON:
        return _("%(done)s，%(day)s到期") % {"done": done, "day": date_format(due, "Y-m-d")}
    expected = side.task.plan.expected_percent(due, today)
    if expected is None:
        return done
    gap = expected - (percent or 0)
    if gap > 0:
        text = ngettext(
            "%(done)s，落后序时进度%(gap)d个百分点（按时间推算）",
            "%(done)s，落后序时进度%(gap)d个百分点（按时间推算）",
            gap,
        )
        return text % {"done": done, "gap": gap}
    return _("%(done)s，达到序时进度（按时间推算）") % {"done": done}


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
    return sides.annotate(percent=Subquery(latest))


class Days(Func):
    """`Days(a, b)`: whole days from b to a. PostgreSQL: date - date is an integer."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def _points_behind(today: datetime.date) -> Combinable:
    """序时进度 by dates less percent; null where the plan has no start."""
    start = F("task__plan__starts_on")
    elapsed = Days(Cast(Value(today), DateField()), start)
    expected = elapsed * Value(100) / NullIf(Days(F("due"), start), Value(0))
    return Greatest(Value(0), Least(Value(100), expected)) - Coalesce(F("percent"), Value(0))


def side_light(sides: Sides, today: datetime.date, upto: Quarter | None) -> Sides:
    own_date = Q(due_on__isnull=False) | Q(task__due_on__isnull=False)
    ended = [When(state=state, then=Value(word.rank)) for state, word in WORD_OF_ENDED.items()]
    return (
        side_percent(side_due(sides), upto)
        .annotate(points_behind=_points_behind(today))
        .annotate(
            light_rank=Case(
                When(
                    Q(role=Role.COOPERATING) | Q(task__plan__status=PlanStatus.DRAFT),
                    then=Value(None),
                ),
                *ended,
                When(own_date, due__lt=today, then=Value(LightWord.OVERDUE.rank)),
                When(due__lt=today, then=Value(LightWord.EXPIRED.rank)),
                When(due__lte=soon_limit(today), then=Value(LightWord.DUE_SOON.rank)),
                When(state=TaskState.NOT_STARTED, then=Value(LightWord.NOT_STARTED.rank)),
                # Counted from dates alone, so never worse than yellow.
                When(
                    task__plan__starts_on__lt=F("due"),
                    points_behind__gte=BEHIND_POINTS,
                    then=Value(LightWord.BEHIND.rank),
                ),
                default=Value(LightWord.NORMAL.rank),
                output_field=IntegerField(null=True),
            )
        )
    )
