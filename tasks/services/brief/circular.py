"""通报（代拟稿）: what an office may issue about its own side's quarter; a draft, people issue it.

Units of the other side, central bodies and enterprises are never named: they are asked by letter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tasks.services.brief.making import Brief
from tasks.services.brief.rows import BEHIND, Line
from tasks.services.matrix import Filing
from tasks.states import LATE_WORDS, LightWord, TaskState
from units.states import UnitKind

DONE = (TaskState.COMPLETED, TaskState.CLOSED, TaskState.STANDING)
SET_ASIDE = (TaskState.SUSPENDED, TaskState.CARRIED)


@dataclass(frozen=True)
class Named:
    """A unit that is suggested to be named, with the tasks for which."""

    unit: str
    lines: Sequence[Line]

    @property
    def numbers(self) -> list[int]:
        return sorted({line.side.task.number for line in self.lines})


@dataclass(frozen=True)
class Circular:
    """The figures of the own side, and whom to name for what."""

    brief: Brief

    @property
    def lines(self) -> list[Line]:
        return self.brief.own.lines

    @property
    def done(self) -> list[Line]:
        """已完成."""
        return [line for line in self.lines if line.state in DONE]

    @property
    def set_aside(self) -> list[Line]:
        """中止 and 结转."""
        return [line for line in self.lines if line.state in SET_ASIDE]

    @property
    def late(self) -> list[Line]:
        """逾期 and 期满未办结."""
        return [line for line in self.lines if line.word in LATE_WORDS]

    @property
    def behind(self) -> list[Line]:
        """欠进度."""
        return [line for line in self._going if line.word in BEHIND or line.is_unbegun]

    @property
    def on_pace(self) -> list[Line]:
        """达进度."""
        slow = {line.side.pk for line in self.behind}
        return [line for line in self._going if line.side.pk not in slow]

    @property
    def _going(self) -> list[Line]:
        """Neither done, nor set aside, nor late."""
        ended = (*DONE, *SET_ASIDE)
        return [x for x in self.lines if x.state not in ended and x.word not in LATE_WORDS]

    def named_late(self, word: LightWord) -> list[Named]:
        """Units with tasks past their own date, or past the plan's."""
        return by_unit(line for line in self.late if line.word == word)

    @property
    def named_behind(self) -> list[Named]:
        return by_unit(self.behind)

    @property
    def named_missing(self) -> list[Named]:
        """Units that have not reported."""
        return by_unit(self.brief.own.with_filing(Filing.MISSING))

    @property
    def named_returned(self) -> list[Named]:
        """Units whose reports were sent back and are not in again."""
        return by_unit(self.brief.own.with_filing(Filing.RETURNED))

    @property
    def unnamed(self) -> list[str]:
        """Central bodies and enterprises with something to mend: for a letter."""
        slow = [*self.late, *self.behind, *self.brief.own.with_filing(Filing.MISSING)]
        return list(dict.fromkeys(x.side.unit.name for x in slow if _is_central(x)))


def by_unit(lines: Iterable[Line]) -> list[Named]:
    """In 机构序列; whom nobody names is left out."""
    found: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda x: (x.side.unit.order, x.side.task.number)):
        if not _is_central(line):
            found.setdefault(line.side.unit.name, []).append(line)
    return [Named(unit, some) for unit, some in found.items()]


def _is_central(line: Line) -> bool:
    return UnitKind(line.side.unit.kind).is_central
