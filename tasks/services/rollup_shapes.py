"""What roll-ups are made of: lines of counts, groups of lines, and what is counted."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks.services.seals import Seal
from tasks.states import LightWord, ReportState, TaskState
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction

WORDS = list(LightWord)


class By(models.TextChoices):
    """What lines are gathered by."""

    PLAN = "plan", _("按方案")
    ACTION = "action", _("按行动")
    SIDE = "side", _("按所属方")
    UNIT = "unit", _("按牵头单位")
    JURISDICTION = "jurisdiction", _("按单位所在地")


class Kind(models.TextChoices):
    """Tasks that several sides have together, and those of one place."""

    JOINT = "joint", _("联合任务")
    PLACE = "place", _("本地任务")


@dataclass
class Line:
    """Counts over the sides of one line. What the reader may not know of is counted apart."""

    side: Jurisdiction | None = None
    kind: Kind | None = None
    sides: int = 0
    words: Counter[LightWord] = field(default_factory=Counter)
    states: Counter[TaskState] = field(default_factory=Counter)
    told: int = 0  # of these the reader knows what is approved
    close: int = 0  # and of these what is handed in
    expected: int = 0
    approved: int = 0
    submitted: int = 0
    sent_back: int = 0
    expected_close: int = 0
    figures: int = 0
    points: int = 0

    def add(self, found: "Found") -> None:
        """Count one more group of sides."""
        n, approved = found.number, found.filing == ReportState.APPROVED
        submitted = found.filing == ReportState.SUBMITTED
        due = n if approved or submitted or not found.state.is_ended else 0
        self.sides += n
        if found.word is not None:
            self.words[found.word] += n
        self.states[found.state] += n
        if not found.told:
            return
        self.told += n
        self.figures += found.figures
        self.points += found.points
        self.expected += due
        self.approved += n * approved
        if found.close:
            self.close += n
            self.expected_close += due
            self.submitted += n * submitted
            self.sent_back += n * (found.filing == ReportState.RETURNED)

    @property
    def knows_filing(self) -> bool:
        """Whether the reader learns of all that is counted what was handed in."""
        return self.close == self.told > 0

    @property
    def reported(self) -> int | None:
        """已报, 待审核 included; None where that is not the reader's to know."""
        return self.approved + self.submitted if self.knows_filing else None

    @property
    def returned(self) -> int | None:
        return self.sent_back if self.knows_filing else None

    @property
    def mean(self) -> Decimal | None:
        """The mean of what is approved, to a tenth; None over several sides or without figures."""
        if self.kind is None or not self.figures:
            return None
        tenth = Decimal(self.points) / self.figures
        return tenth.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

    @property
    def without(self) -> int:
        """Sides left out of the mean: nothing is approved yet."""
        return self.told - self.figures

    @property
    def hidden(self) -> int:
        """Sides left out of it: their progress is not the reader's to know."""
        return self.sides - self.told


@dataclass(frozen=True)
class Group:
    """An action, plan, side, unit or place, with a line for each side and kind of task."""

    row: Any  # None for what has no side or place
    lines: list[Line]
    total: Line


@dataclass(frozen=True)
class Rollup:
    by: By
    quarter: Quarter
    groups: list[Group]
    lines: list[Line]  # of everything
    total: Line
    seals: list[Seal] = field(default_factory=list)  # of plans whose quarter is closed and kept

    @property
    def sealed(self) -> set[int]:
        """The plans of which the figures are those of the closing, by id."""
        return {seal.period.plan_id for seal in self.seals}

    @property
    def words(self) -> list[LightWord]:
        """The words that occur, worst first."""
        return [word for word in WORDS if self.total.words[word]]

    @property
    def states(self) -> list[TaskState]:
        return [state for state in TaskState if self.total.states[state]]


@dataclass(frozen=True)
class Found:
    """A row of a grouped query. `name` is that of a unit, where a closing kept it."""

    key: int | None
    side: int | None
    joint: bool
    word: LightWord | None
    state: TaskState
    told: bool
    close: bool
    filing: str
    number: int
    figures: int
    points: int
    name: str = ""
