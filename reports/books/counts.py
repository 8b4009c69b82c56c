"""Rows that count or set side by side what `rows` holds one by one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import cached_property

from reports.books.side_rows import SideRow
from tasks.models import Task
from tasks.states import LightWord
from tracker.lib.columns import Cell
from units.models import Jurisdiction, Unit

# The lights that have a column of their own; the others are counted together.
COUNTED = (
    LightWord.NORMAL,
    LightWord.DUE_SOON,
    LightWord.BEHIND,
    LightWord.FAR_BEHIND,
    LightWord.OVERDUE,
    LightWord.EXPIRED,
    LightWord.CLOSED,
    LightWord.NOT_STARTED,
)


@dataclass(frozen=True)
class UnitRow:
    """A lead unit's counts in a plan."""

    number: int
    side: Jurisdiction | None
    unit: Unit
    rows: Sequence[SideRow]

    @cached_property
    def _words(self) -> Counter[LightWord]:
        return Counter(row.word for row in self.rows)

    def of_word(self, word: LightWord) -> int:
        return self._words[word]

    @property
    def others(self) -> int:
        return sum(count for word, count in self._words.items() if word not in COUNTED)

    @property
    def tasks(self) -> int:
        return len(self.rows)

    @property
    def expected(self) -> int:
        return sum(row.is_expected for row in self.rows)

    @property
    def knows_filing(self) -> bool:
        return all(row.knows_filing for row in self.rows)

    @property
    def approved(self) -> int:
        return sum(row.is_approved for row in self.rows)

    @property
    def reported(self) -> Cell:
        return self._filed(sum(row.is_reported for row in self.rows))

    @property
    def returned(self) -> Cell:
        return self._filed(sum(row.is_returned for row in self.rows))

    @property
    def missing(self) -> Cell:
        return self._filed(sum(row.is_missing for row in self.rows))

    def _filed(self, count: int) -> Cell:
        return count if self.knows_filing else "—"


@dataclass(frozen=True)
class MatrixRow:
    """A task with each of its sides beside it."""

    task: Task
    sides: Sequence[SideRow | None]
