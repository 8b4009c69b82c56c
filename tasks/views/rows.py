"""Tasks as a person may see them: lights for all, progress and reasons only where allowed."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from tasks import policy
from tasks.models import Responsibility, Task
from tasks.states import DONE_STATES, LightWord, ReportState
from units.models import User


@dataclass(frozen=True)
class SideCell:
    """One side of a task. `percent` counts only where `visible`; `waiting` is 已报待审."""

    side: Responsibility
    word: LightWord
    visible: bool
    percent: int | None = None
    reason: str = ""
    waiting: bool = False

    @property
    def is_done(self) -> bool:
        """Its date counts no more: handed in for checking, or ended."""
        return self.side.state in DONE_STATES


@dataclass(frozen=True)
class TaskRow:
    """A task in a list. `word` is None for a reference plan's task, which has no light."""

    task: Task
    word: LightWord | None
    reason: str = ""
    sides: list[SideCell] = field(default_factory=list)

    @property
    def open_sides(self) -> list[Responsibility]:
        """Sides whose date still counts: not handed in for checking, not ended."""
        return [cell.side for cell in self.sides if not cell.is_done]

    @property
    def is_done(self) -> bool:
        """No date counts any more, on any side."""
        return bool(self.sides) and not self.open_sides

    @property
    def due(self) -> datetime.date | None:
        """The nearest date that still counts; so the date and the light tell the same story."""
        dates = [day for side in self.open_sides if (day := side.due_on_in_force)]
        return min(dates, default=self.task.due_on_in_force)

    @property
    def due_is_plans(self) -> bool:
        """The date shown is the plan's end."""
        nearest = [side for side in self.open_sides if side.due_on_in_force == self.due]
        if not nearest:
            return self.task.due_is_plans
        return all(side.due_is_plans for side in nearest)


def rows_of(user: User, tasks: Iterable[Task], today: datetime.date) -> list[TaskRow]:
    """The rows of tasks read with `for_list`; a constant number of queries."""
    tasks = list(tasks)
    seen = set(
        policy.scope(user, "progress.view").filter(task__in=tasks).values_list("pk", flat=True)
    )
    waiting = set(
        policy.scope(user, "report.view")
        .filter(responsibility__task__in=tasks, state=ReportState.SUBMITTED)
        .values_list("responsibility_id", flat=True)
    )
    return [_row(task, seen, waiting, today) for task in tasks]


def _row(task: Task, seen: set[int], waiting: set[int], today: datetime.date) -> TaskRow:
    sides = [_side(side, seen, waiting, today) for side in task.leads]
    worst = min(sides, key=lambda cell: cell.word.rank, default=None)
    return TaskRow(
        task=task,
        word=worst.word if worst else None,
        reason=worst.reason if worst else "",
        sides=sides,
    )


def _side(
    side: Responsibility, seen: set[int], waiting: set[int], today: datetime.date
) -> SideCell:
    word = side.light_word(today)
    if side.pk not in seen:
        return SideCell(side, word, visible=False)
    return SideCell(
        side,
        word,
        visible=True,
        percent=side.latest_percent,
        reason=side.light_reason(today),
        waiting=side.pk in waiting,
    )
