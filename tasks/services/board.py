"""The board for a wall screen: a plan's lights, its tasks as shapes, what is late.

It holds what everyone logged in may see, and percentages only where this reader may.
"""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tasks import policy
from tasks.models import Action, Plan, Responsibility, Task
from tasks.states import LATE_WORDS, LightWord
from units.models import User
from units.services import audit

LATE_ON_A_PAGE = 8
WORDS = list(LightWord)


@dataclass(frozen=True)
class Tile:
    """A task with the lights of its sides."""

    task: Task
    sides: list[tuple[str, LightWord]]

    @property
    def worst(self) -> LightWord:
        return min((word for _name, word in self.sides), key=lambda word: word.rank)


@dataclass(frozen=True)
class Late:
    """A side past its date. `told` is whether the reader may know how far it is."""

    side: Responsibility
    word: LightWord
    due: datetime.date
    days: int
    told: bool

    @property
    def percent(self) -> int | None:
        return self.side.latest_percent if self.told else None


@dataclass(frozen=True)
class Board:
    plan: Plan
    actions: list[tuple[Action, list[Tile]]]
    late: list[Late]

    @property
    def lights(self) -> list[tuple[LightWord, int]]:
        """Tasks by light, worst first; 逾期 and 期满未办结 always, others where there are any."""
        words = Counter(tile.worst for _action, tiles in self.actions for tile in tiles)
        return [(word, words[word]) for word in LightWord if word in LATE_WORDS or words[word]]

    @property
    def heads(self) -> tuple[str, ...]:
        """Whose shape is which, from left to right; empty where that is not the same in all."""
        tiles = [tile.sides for _action, tiles in self.actions for tile in tiles]
        found = {tuple(name for name, _word in sides) for sides in tiles if len(sides) > 1}
        return found.pop() if len(found) == 1 else ()

    @property
    def total(self) -> int:
        return sum(len(tiles) for _action, tiles in self.actions)

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.late) // LATE_ON_A_PAGE))

    def page(self, number: int) -> list[Late]:
        """Late sides of a page, counted from 1."""
        return self.late[(number - 1) * LATE_ON_A_PAGE : number * LATE_ON_A_PAGE]


def build(user: User, plan: Plan, today: datetime.date) -> Board:
    """The board of a plan today; a constant number of queries."""
    rows: Any = Responsibility.objects.leads().filter(
        task__plan=plan, task__in=policy.scope(user, "task.view").values("pk")
    )
    sides: list[Any] = list(
        rows.with_light(today)
        .select_related("task__action", "unit", "side")
        .order_by("task__action__number", "task__number", "order")
    )
    for side in sides:
        side.task.plan = plan
    told = set(
        policy.scope(user, "progress.view").filter(task__plan=plan).values_list("pk", flat=True)
    )
    return Board(plan, _actions(sides), _late(sides, told, today))


def _actions(sides: Iterable[Any]) -> list[tuple[Action, list[Tile]]]:
    found = []
    for _key, of_action in groupby(sides, key=lambda side: side.task.action_id):
        tiles = []
        for _number, some in groupby(of_action, key=lambda side: side.task_id):
            of_task = list(some)
            names = [(_side_name(side), WORDS[side.light_rank]) for side in of_task]
            tiles.append(Tile(of_task[0].task, names))
        found.append((tiles[0].task.action, tiles))
    return found


def _side_name(side: Responsibility) -> str:
    return side.side.name if side.side else side.unit.name


def _late(sides: Iterable[Any], told: set[int], today: datetime.date) -> list[Late]:
    """逾期 before 期满未办结, the oldest first."""
    found = [
        Late(side, WORDS[side.light_rank], side.due, (today - side.due).days, side.pk in told)
        for side in sides
        if WORDS[side.light_rank] in LATE_WORDS
    ]
    return sorted(found, key=lambda late: (late.word.rank, late.due, late.side.task.number))


def record_wall(plan: Plan, *, by: User) -> None:
    """Note that the person's session has become a wall screen's."""
    audit.record("board.wall", plan, by=by)
