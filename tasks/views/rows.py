"""Tasks as a person may see them: lights for all, progress and reasons only where allowed."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from tasks import policy
from tasks.models import Responsibility, Task
from tasks.models.lights import STATE_ORDER, nearness
from tasks.states import DONE_STATES, LightWord, ReportState, TaskState
from units.models import User


@dataclass(frozen=True)
class SideCell:
    """One side of a task as a person may see it.

    `word` is None in a reference plan, whose sides have no light. `percent` counts only where
    `visible`; where it is not, `reason` is at most the state, which is open to all. `waiting` is
    待审核; only who is `close` (reads what is handed in) can tell 未报 from a report that waits
    for approval.
    """

    side: Responsibility
    word: LightWord | None
    visible: bool
    close: bool = False
    percent: int | None = None
    reason: str = ""
    waiting: bool = False

    @property
    def is_done(self) -> bool:
        """Its date counts no more: handed in for checking, or ended."""
        return self.side.state in DONE_STATES

    @property
    def done_word(self) -> str:
        """Why its date counts no more: 已办结, 已销号, 长期坚持; empty where it counts."""
        return str(self.side.get_state_display()) if self.is_done else ""


@dataclass(frozen=True)
class TaskRow:
    """A task in a list. `word` is None for a reference plan's task, which has no light.

    Light, reason and date are those of the worse and nearest of the sides `judged`: of all, or
    of those that a filter by side is about.
    """

    task: Task
    word: LightWord | None
    reason: str = ""
    sides: list[SideCell] = field(default_factory=list)
    judged: list[SideCell] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """No date counts any more, on any side judged."""
        return bool(self.judged) and all(cell.is_done for cell in self.judged)

    @property
    def done_word(self) -> str:
        """Why no date counts any more, by the side that is least far; empty where one does."""
        if not self.is_done:
            return ""
        least = min(self.judged, key=lambda cell: STATE_ORDER.index(TaskState(cell.side.state)))
        return least.done_word

    @property
    def nearest(self) -> Responsibility | Task:
        """Whose date is shown."""
        return min((cell.side for cell in self.judged), key=nearness, default=self.task)


def rows_of(
    user: User,
    tasks: Iterable[Task],
    today: datetime.date,
    judged: Collection[int] | None = None,
    *,
    reasons: bool = True,
) -> list[TaskRow]:
    """The rows of tasks read with `for_list` or `for_book`; a constant number of queries.

    `judged` are the ids of the sides that a filter by side is about.
    """
    led = [(task, task.leads) for task in tasks]
    sides = [side for _task, leads in led for side in leads]
    cells = cells_of(user, sides, today, reasons=reasons)
    return [_row(task, [cells[side.pk] for side in leads], judged) for task, leads in led]


def cells_of(
    user: User, sides: Iterable[Responsibility], today: datetime.date, *, reasons: bool = True
) -> dict[int, SideCell]:
    """Cells by the id of the side, read with `with_light`; a constant number of queries.

    Without `reasons` nothing says why: putting that into words takes as long as the light.
    """
    by_id = {side.pk: side for side in sides}

    def mine(verb: str) -> set[int]:
        return set(policy.scope(user, verb).filter(pk__in=by_id).values_list("pk", flat=True))

    seen, close = mine("progress.view"), mine("handed_in.view")
    waiting = set(
        policy.scope(user, "report.view")
        .filter(responsibility__in=by_id, state=ReportState.SUBMITTED)
        .values_list("responsibility_id", flat=True)
    )
    return {
        pk: SideCell(
            side,
            None if side.task.plan.is_reference else side.light_word(today),
            visible=pk in seen,
            close=pk in close,
            percent=side.latest_percent if pk in seen else None,
            reason=_reason(side, today, in_full=pk in seen) if reasons else "",
            waiting=pk in waiting,
        )
        for pk, side in by_id.items()
    }


def hides_progress(rows: Iterable[TaskRow]) -> bool:
    """Some side's progress is not shown to the reader: the list says once to whom it is."""
    sides = (cell for row in rows for cell in row.sides)
    return any(not cell.visible and cell.word is not None for cell in sides)


def _reason(side: Responsibility, today: datetime.date, *, in_full: bool) -> str:
    """In full where progress may be seen, which it tells; else only that the side is done."""
    if side.task.plan.is_reference:
        return ""
    if in_full:
        return side.light_reason(today)
    return str(side.get_state_display()) if side.state in DONE_STATES else ""


def _row(task: Task, sides: list[SideCell], judged: Collection[int] | None = None) -> TaskRow:
    about = [cell for cell in sides if judged is None or cell.side.pk in judged] or sides
    lit = [(cell.word.rank, n) for n, cell in enumerate(about) if cell.word]
    worst = about[min(lit)[1]] if lit else None
    return TaskRow(
        task=task,
        word=worst.word if worst else None,
        reason=worst.reason if worst else "",
        sides=sides,
        judged=about,
    )
