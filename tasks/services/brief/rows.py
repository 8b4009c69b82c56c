"""What a brief is made of: sides of tasks as they stood, counts by side, what asks for help."""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from tasks.models import ProgressReport, Responsibility
from tasks.models.schedule import expected_of
from tasks.services.matrix import REPORTED, Filing
from tasks.states import LATE_WORDS, LightWord, ReportState, TaskState
from tracker.lib.workdays import ONE_DAY, Quarter
from units.models import Jurisdiction

# Apart from each other everywhere, in the order of the page. Of what has not begun only those
# rows are late that the schedule has left behind: their light is grey all the same.
LATE_KINDS = (
    LightWord.OVERDUE,
    LightWord.EXPIRED,
    LightWord.FAR_BEHIND,
    LightWord.BEHIND,
    LightWord.NOT_STARTED,
)
BEHIND = (LightWord.FAR_BEHIND, LightWord.BEHIND)
# The columns of lights in the table of sides; together they are all tasks of a side.
LIGHTS: tuple[tuple[Any, tuple[LightWord, ...]], ...] = (
    (LightWord.NORMAL.label, (LightWord.NORMAL,)),
    (LightWord.DUE_SOON.label, (LightWord.DUE_SOON,)),
    # Together: the page has no room for another column, and the next part tells them apart.
    (LightWord.BEHIND.label, (LightWord.BEHIND, LightWord.FAR_BEHIND)),
    (LightWord.OVERDUE.label, (LightWord.OVERDUE,)),
    (LightWord.EXPIRED.label, (LightWord.EXPIRED,)),
    (LightWord.CLOSED.label, (LightWord.CLOSED,)),
    (
        pgettext_lazy("lights", "其他"),
        (LightWord.NOT_STARTED, LightWord.SUSPENDED, LightWord.STANDING, LightWord.CARRIED),
    ),
)


def late_label(kind: LightWord) -> Any:
    """What a kind of `LATE_KINDS` is called on the page."""
    return _("未启动且落后") if kind == LightWord.NOT_STARTED else kind.label


@dataclass(frozen=True)
class Line:
    """A side of a task as it stood on the day. What the reader may not know is None."""

    side: Responsibility
    day: datetime.date
    word: LightWord
    state: TaskState
    told: bool  # the percentage, or that there is none
    late_before: bool = False  # past its date already on the day of the quarter before
    filing: Filing | None = None
    expected: bool = False
    close: bool = False
    behind_since: Quarter | None = None

    @property
    def percent(self) -> int | None:
        return self.side.latest_percent if self.told else None

    @property
    def is_late_twice(self) -> bool:
        return self.word in LATE_WORDS and self.late_before

    @property
    def due(self) -> datetime.date | None:
        return self.side.due_on_in_force

    @property
    def late_since(self) -> datetime.date | None:
        """The first day after the date; 滞后 has no day of its own."""
        return self.due + ONE_DAY if self.due and self.word in LATE_WORDS else None

    @property
    def _gap(self) -> int:
        expected = expected_of(self.side, self.day)
        return max(0, expected.percent - (self.side.latest_percent or 0)) if expected else 0

    @property
    def gap(self) -> int | None:
        """Points behind the schedule, of milestones or counted from the dates."""
        return self._gap if self.told else None

    @property
    def is_unbegun(self) -> bool:
        """未启动且落后: it has not begun, and by its schedule it should have."""
        enough = self._gap >= self.side.task.plan.behind_points
        return self.word == LightWord.NOT_STARTED and enough

    @property
    def since_words(self) -> str:
        """Since when it is late; or by how much it is behind, and since which quarter."""
        if self.late_since is not None:
            days = (self.day - self.late_since).days + 1
            return ngettext("%(since)s起，已%(days)d天", "%(since)s起，已%(days)d天", days) % {
                "since": date_format(self.late_since, "Y-m-d"),
                "days": days,
            }
        if self.gap is None:
            expected = expected_of(self.side, self.day)
            by_milestones = expected is not None and expected.by_milestones
            return _("落后年度节点") if by_milestones else _("按时间推算滞后")
        words = ngettext("差%(gap)d个百分点", "差%(gap)d个百分点", self.gap) % {"gap": self.gap}
        if self.behind_since is None:
            return words
        return _("%(quarter)s起，%(words)s") % {"quarter": self.behind_since.label, "words": words}

    @property
    def order(self) -> tuple[datetime.date, int, int]:
        """The oldest first, then the least far, as far as the reader knows."""
        known = -1 if self.percent is None else self.percent
        return self.due or datetime.date.max, known if self.told else 101, self.side.task.number


@dataclass
class SideFigures:
    """Counts over the lead rows of a side. Reports count where the reader is told of them."""

    place: Jurisdiction | None  # None: of no side
    own: bool
    lines: list[Line] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def words(self) -> Counter[LightWord]:
        return Counter(line.word for line in self.lines)

    @property
    def states(self) -> Counter[TaskState]:
        return Counter(line.state for line in self.lines)

    @property
    def lights(self) -> list[int]:
        """The figures of the columns `LIGHTS`."""
        words = self.words
        return [sum(words[word] for word in some) for _label, some in LIGHTS]

    @property
    def stages(self) -> list[tuple[TaskState, int]]:
        states = self.states
        return [(state, states[state]) for state in TaskState if states[state]]

    @property
    def is_close(self) -> bool:
        """The reader knows what is handed in."""
        return any(line.close for line in self.lines)

    @property
    def is_told(self) -> bool:
        """The reader knows at least what is approved."""
        return any(line.told for line in self.lines)

    @property
    def expected(self) -> int:
        return sum(line.expected and line.told for line in self.lines)

    @property
    def reported(self) -> int:
        return self._filed(*REPORTED)

    @property
    def approved(self) -> int:
        return self._filed(Filing.APPROVED)

    @property
    def waiting(self) -> int:
        return self._filed(Filing.WAITING)

    @property
    def returned(self) -> int:
        return self._filed(Filing.RETURNED)

    @property
    def missing(self) -> int:
        return self._filed(Filing.MISSING)

    def with_word(self, word: LightWord) -> list[Line]:
        """Its rows at this light, in the order of the page."""
        return sorted((x for x in self.lines if x.word == word), key=lambda x: x.order)

    def late_as(self, kind: LightWord) -> list[Line]:
        """Its rows of one of `LATE_KINDS`."""
        rows = self.with_word(kind)
        return [x for x in rows if x.is_unbegun] if kind == LightWord.NOT_STARTED else rows

    def with_filing(self, filing: Filing) -> list[Line]:
        """Its rows whose report stands so."""
        return [line for line in self.lines if line.filing == filing and line.expected]

    def _filed(self, *filings: Filing) -> int:
        return sum(line.filing in filings and line.expected for line in self.lines)


@dataclass(frozen=True)
class Ask:
    """A report that asks for coordination."""

    report: ProgressReport
    own: bool  # of the side whose brief it is

    @property
    def is_waiting(self) -> bool:
        return self.report.state == ReportState.SUBMITTED

    @property
    def text(self) -> str:
        return " ".join(self.report.coordination.split())
