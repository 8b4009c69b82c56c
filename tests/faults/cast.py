"""A small plan of two sides, its people, and what they have read of it."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from tasks.models import Period, PlanSide, ProgressReport, Responsibility, Target, Task
from tests.factories import (
    NOW,
    TODAY,
    JurisdictionFactory,
    MembershipFactory,
    PeriodFactory,
    PlanFactory,
    ResponsibilityFactory,
    TargetFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from units.models import User

Key = tuple[type[Model], int]


@dataclass
class Cast:
    """Two tasks with a lead and a helper on each side, and everybody who has to do with them.

    `sides` are the leads: two of Chongqing (0, 2) and two of Sichuan (1, 3), where reports are
    signed. The people of Sichuan have a 2 behind their name.
    """

    sides: list[Responsibility]
    helpers: list[Responsibility]
    plan_sides: list[PlanSide]
    period: Period
    target: Target
    later: Task  # into which a task can be carried
    people: dict[str, User]
    read: dict[Key, int] = field(default_factory=dict)  # the versions last read

    @classmethod
    def make(cls) -> "Cast":
        plan = joint_plan()
        plan_sides = list(plan.sides.select_related("office").order_by("order"))
        units = [UnitFactory(), UnitFactory(sichuan=True, signs_reports=True)]
        aides = [UnitFactory(), UnitFactory(sichuan=True)]
        tasks = [TaskFactory(plan=plan) for _each in range(2)]
        due = TODAY + datetime.timedelta(days=60)
        people = {"stranger": officer(UnitFactory())}
        for mark, unit, aide, side in zip(("", "2"), units, aides, plan_sides, strict=True):
            people |= {
                f"officer{mark}": officer(unit),
                f"signer{mark}": MembershipFactory(unit=unit, signer=True).user,
                f"coord{mark}": coordinator(side.office),
                f"insp{mark}": inspector(JurisdictionFactory(sichuan=bool(mark))),
                f"helper{mark}": officer(aide),
            }
        return cls(
            sides=[
                ResponsibilityFactory(task=task, unit=unit, not_started=True, due_on=due)
                for task in tasks
                for unit in units
            ],
            helpers=[
                ResponsibilityFactory(task=task, unit=aide, cooperating=True)
                for task in tasks
                for aide in aides
            ],
            plan_sides=plan_sides,
            period=PeriodFactory(plan=plan),
            target=TargetFactory(plan=plan, unit=units[0]),
            later=_later_task(),
            people=people,
        )

    def of_side(self, place: int) -> list[User]:
        """Whom a side has: who fills in and signs, its office, its inspector, who helps."""
        return [user for name, user in self.people.items() if name.endswith("2") == bool(place % 2)]


def _later_task() -> Task:
    plan = PlanFactory(starts_on=datetime.date(2031, 1, 1), ends_on=datetime.date(2035, 12, 31))
    task: Task = TaskFactory(plan=plan)
    return task


@dataclass(frozen=True)
class Try:
    """One attempt: by whom, on which side, with which numbers and words; what it rests on."""

    cast: Cast
    by: User
    place: int
    percent: int | None
    words: str
    seen: dict[Key, int] = field(default_factory=dict)

    @property
    def side(self) -> Responsibility:
        return self.cast.sides[self.place]

    @property
    def now(self) -> dict[str, Any]:
        return {"by": self.by, "now": NOW}

    @property
    def day(self) -> datetime.date:
        """A day that follows the percentage."""
        return TODAY + datetime.timedelta(days=self.percent or 0)

    def latest(self, rows: Any) -> Any:
        """The newest of the rows, as of the version that was last read."""
        found = rows.order_by("-pk").first()
        if found is None:
            raise Nothing
        return self.as_read(found)

    def as_read(self, found: Any) -> Any:
        """The row with the version that was last read; the attempt rests on it."""
        key = (type(found), found.pk)
        found.version = self.seen[key] = self.cast.read.get(key, found.version)
        return found

    def report(self) -> ProgressReport | None:
        """The side's report of the quarter, as last read."""
        rows = ProgressReport.objects.filter(responsibility=self.side, period=self.cast.period)
        found = rows.first()
        return self.as_read(found) if found else None

    def version_of_report(self) -> int:
        """The version last read; 0 for a report that is not there yet."""
        report = self.report()
        return report.version if report else 0


class Nothing(Exception):
    """There is nothing on which to try the move."""


Move = Callable[[Try], Any]
