"""The rows of the books beside those of `side_rows`: what a line of each table knows."""

import datetime
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _t

from reports.books.side_rows import due_of, mark
from tasks.columns import marks
from tasks.models import Observation, Responsibility, Target, Task
from tasks.models.attainment import Attainment
from tasks.models.phrases import plain
from tracker.lib.columns import Cell, Mark, NotedDate
from units.models import Unit


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
    def mark(self) -> Mark:
        return mark(self.side.light_word(self.day))

    @property
    def due(self) -> NotedDate | None:
        return due_of(self.side, get_language())


@dataclass(frozen=True)
class TargetRow:
    """A target of a plan, for the unit that reads it, and whether it is reached."""

    target: Target
    unit: Unit | None
    attainment: Attainment

    @property
    def result(self) -> Mark:
        return marks.mark(str(self.attainment.result.label), self.attainment.light)

    @property
    def observation(self) -> Observation | None:
        return self.attainment.observation

    @property
    def belongs(self) -> str:
        if self.unit is not None and self.target.unit_id == self.unit.pk:
            return _t("本单位测算")
        if self.unit is None and self.target.unit is not None:
            return self.target.unit.name
        if self.target.task is not None:
            return _t("任务%(number)d") % {"number": self.target.task.number}
        return _t("方案总体")

    @property
    def value(self) -> Cell:
        if self.target.value is not None and self.target.value_max is None:
            return self.target.value
        if self.target.value is not None and self.target.value_max is not None:
            return f"{plain(self.target.value)}–{plain(self.target.value_max)}"
        return self.target.category or self.target.words or self.target.comparator

    @property
    def measured(self) -> Cell:
        seen = self.observation
        if seen is None:
            return None
        return seen.value if seen.value is not None else seen.category


@dataclass(frozen=True)
class Fact:
    """A line of a cover: under its section, an item, how many, and what is to be said of it."""

    section: str
    item: Cell
    content: Cell = ""
    note: str = ""
    number: int | None = None
