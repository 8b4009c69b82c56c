"""序时进度: what a side should have reached by a day. For a row and for SQL, which agree.

With confirmed milestones it is a step: the percent of the latest due on or before the day, 0
before the first. Without any it is counted from the dates, and marked as that.
"""

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest, JSONObject, Least, NullIf

from tasks.models.milestones import Milestone
from tasks.models.settings import SOON_CHOICES
from tasks.states import LightWord
from tracker.lib.workdays import add_workdays

if TYPE_CHECKING:
    from tasks.models.duties import Responsibility


@dataclass(frozen=True)
class Step:
    """By this day, so many percent."""

    due_on: datetime.date
    percent: int


@dataclass(frozen=True)
class Expected:
    """What should be reached, and which milestone says so: the last due, or the first to come."""

    percent: int
    step: Step | None = None  # None: counted from the dates

    @property
    def by_milestones(self) -> bool:
        return self.step is not None


def steps_of(side: "Responsibility") -> list[Step]:
    """The confirmed milestones, earliest first; of a row from a list without a query."""
    known: Any = side.__dict__.get("milestone_steps")
    if known is None:
        rows = Milestone.objects.scheduled().filter(responsibility=side.pk).order_by("due_on", "pk")
        return [Step(row.due_on, row.percent) for row in rows]
    return [Step(datetime.date.fromisoformat(row["on"]), row["percent"]) for row in known]


def expected_of(side: "Responsibility", day: datetime.date) -> Expected | None:
    """序时进度 on the day; None where there is neither a milestone nor the dates for it."""
    steps = steps_of(side)
    if steps:
        reached = [step for step in steps if step.due_on <= day]
        return Expected(reached[-1].percent, reached[-1]) if reached else Expected(0, steps[0])
    percent = side.task.plan.expected_percent(side.due_on_in_force, day)
    return None if percent is None else Expected(percent)


def soon_limit(side: "Responsibility", today: datetime.date) -> datetime.date:
    """A date up to this one is 临期."""
    return add_workdays(today, side.task.plan.soon_workdays)


# --- SQL, of rows that have `due` and `percent` -------------------------------------------------


def _own() -> Any:
    return Milestone.objects.scheduled().filter(responsibility=OuterRef("pk")).order_by()


def milestone_steps() -> ArraySubquery:
    """What `steps_of` reads."""
    step = JSONObject(on=F("due_on"), percent=F("percent"))
    return ArraySubquery(_own().order_by("due_on", "pk").values(step=step))


class Bucket(Func):
    """`Bucket(points, Bounds(yellow, red))`: the rank of 正常, 滞后 or 严重滞后; null for null.

    One function, so that the points, which are looked for in two tables, are looked for once.
    """

    _ranks = ",".join(
        str(word.rank) for word in (LightWord.NORMAL, LightWord.BEHIND, LightWord.FAR_BEHIND)
    )
    template = f"(ARRAY[{_ranks}])[width_bucket(%(expressions)s) + 1]"
    output_field = IntegerField()


class Bounds(Func):
    """Where the ranks of a `Bucket` begin."""

    template = "ARRAY[%(expressions)s]::int[]"
    output_field = ArrayField(IntegerField())


def rank_by_milestones(today: datetime.date) -> Bucket:
    """正常, 滞后 or 严重滞后 by the milestone in force; null where none is due yet."""
    reached = _own().filter(due_on__lte=today).order_by("-due_on").values("percent")[:1]
    points = Subquery(reached, output_field=IntegerField()) - Coalesce(F("percent"), Value(0))
    red = F("task__plan__far_behind_points") + Value(1)
    return Bucket(points, Bounds(F("task__plan__behind_points"), red))


def rank_by_dates(today: datetime.date) -> Case:
    """正常 or 滞后, for a row of which no milestone is due yet: with one to come, 正常."""
    return Case(
        When(
            Q(behind_dates__gte=F("task__plan__behind_points")) & ~Exists(_own()),
            then=LightWord.BEHIND.rank,
        ),
        default=LightWord.NORMAL.rank,
        output_field=IntegerField(),
    )


class Days(Func):
    """`Days(a, b)`: whole days from b to a. PostgreSQL: date - date is an integer."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def points_by_dates(today: datetime.date) -> Combinable:
    """Points behind the way from the plan's start to the date in force; null without them."""
    start = F("task__plan__starts_on")
    elapsed = Days(Cast(Value(today), DateField()), start)
    expected = elapsed * Value(100) / NullIf(Days(F("due"), start), Value(0))
    percent = Coalesce(F("percent"), Value(0))
    behind = Greatest(Value(0), Least(Value(100), expected)) - percent
    return Case(
        When(task__plan__starts_on__lt=F("due"), then=behind), output_field=IntegerField(null=True)
    )


def is_due_soon(today: datetime.date) -> Q:
    """临期, by the working days of each plan."""
    limits = [
        When(task__plan__soon_workdays=days, then=Value(add_workdays(today, days)))
        for days, _label in SOON_CHOICES
    ]
    return Q(due__lte=Case(*limits, output_field=DateField()))
