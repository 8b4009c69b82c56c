"""What the matrix is made of: cells, rows, and the totals of quarters."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tasks.models import Period, Plan, Responsibility, SnapshotRow
from tasks.services.seals import Seal
from tasks.states import SHORT_WORDS, LightWord, TaskState


class Filing(models.TextChoices):
    """How a quarter's report stands, as far as the reader is told."""

    APPROVED = "approved", _("已审核")
    WAITING = "waiting", _("待审核")
    RETURNED = "returned", _("已退回")
    MISSING = "missing", _("未报")
    UNKNOWN = "unknown", _("尚无已审核进展")  # missing or not approved: not told which
    NOT_ASKED = "not_asked", _("无须填报")


REPORTED = (Filing.APPROVED, Filing.WAITING)
# What stands in a cell, where there is little room, if not the word itself; the title says it all.
SHORT: dict[str, Any] = {
    **SHORT_WORDS,
    Filing.MISSING: pgettext_lazy("in a narrow cell", "未报"),
    Filing.UNKNOWN: "—",
    Filing.NOT_ASKED: pgettext_lazy("in a narrow cell", "无须填报"),
}


@dataclass(frozen=True)
class Cell:
    """A side in a quarter. `filing` is None for who may not know it; so is `percent`.

    A report is expected of a side that has not ended, or that reported all the same. `late` is
    a 补报 that came in after the closing; the rest stays as the snapshot's row, `kept`, has it.
    """

    period: Period
    word: LightWord
    url: str
    expected: bool
    filing: Filing | None = None
    percent: int | None = None
    late: bool = False
    kept: SnapshotRow | None = None
    state: TaskState = TaskState.IN_PROGRESS

    @property
    def unit_then(self) -> str:
        """Of a closed quarter the name of the unit that led then; else empty."""
        return self.kept.unit_name if self.kept else ""

    @property
    def short_word(self) -> Any:
        return SHORT.get(self.word, self.word.label)

    @property
    def short_filing(self) -> Any:
        return SHORT.get(self.filing, self.filing.label) if self.filing else ""


@dataclass(frozen=True)
class Row:
    """A side of a task, and its cells in the order of the quarters."""

    side: Responsibility
    visible: bool
    close: bool
    cells: list[Cell]

    @property
    def words(self) -> list[tuple[LightWord, Any, int]]:
        """How often it stood at each light, worst first, with the word that a cell has room for."""
        counted = Counter(cell.word for cell in self.cells)
        return [(w, SHORT.get(w, w.label), counted[w]) for w in LightWord if counted[w]]

    @property
    def units_then(self) -> list[tuple[str, list[Period]]]:
        """Who led in closed quarters under another name than today's leading unit's."""
        found: dict[str, list[Period]] = {}
        for cell in self.cells:
            if cell.unit_then not in ("", self.side.unit.name):
                found.setdefault(cell.unit_then, []).append(cell.period)
        return list(found.items())

    @property
    def expected(self) -> int:
        return sum(cell.expected for cell in self.cells)

    @property
    def approved(self) -> int:
        return sum(cell.filing == Filing.APPROVED for cell in self.cells)


@dataclass
class Total:
    """A quarter over all rows. Reports count over the rows of which the reader is told."""

    period: Period
    words: Counter[LightWord] = field(default_factory=Counter)
    expected: int = 0  # of these rows `approved` reads
    approved: int = 0
    expected_close: int = 0  # and of these `reported`, `returned`, `missing`
    filings: Counter[Filing] = field(default_factory=Counter)

    @property
    def reported(self) -> int:
        return sum(self.filings[filing] for filing in REPORTED)

    @property
    def returned(self) -> int:
        return self.filings[Filing.RETURNED]

    @property
    def missing(self) -> int:
        return self.filings[Filing.MISSING]


@dataclass(frozen=True)
class Matrix:
    plan: Plan
    periods: list[Period]
    rows: list[Row]
    seals: list[Seal] = field(default_factory=list)

    @property
    def heads(self) -> list[tuple[Period, Seal | None]]:
        """The quarters, with the mark of those that are closed and kept."""
        seals = {seal.period.pk: seal for seal in self.seals}
        return [(period, seals.get(period.pk)) for period in self.periods]

    @property
    def totals(self) -> list[Total]:
        totals = [Total(period) for period in self.periods]
        for row in self.rows:
            for total, cell in zip(totals, row.cells, strict=True):
                total.words[cell.word] += 1
                if row.visible and cell.expected:
                    total.expected += 1
                    total.approved += cell.filing == Filing.APPROVED
                if row.close and cell.expected and cell.filing:
                    total.expected_close += 1
                    total.filings[cell.filing] += 1
        return totals
