"""What is on record of a side beside its reports: later dates, and what an inspector found."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _t

from reports.books.side_rows import SideRow
from tasks.columns import marks
from tasks.models import Responsibility, Task
from tasks.services.late import Band
from tasks.services.side_matters import Found, Granted, Matters
from tasks.states import FindingState, Light
from tracker.lib.columns import Cell, Mark, NotedDate
from tracker.lib.workdays import workdays_between


@dataclass(frozen=True)
class Said:
    """What a finding says where other rows have a report."""

    problems: str
    next_steps: str


@dataclass(frozen=True)
class FindingRow:
    """督查意见 on a side: a line beside what is late, and one of the inspector's list."""

    row: SideRow
    found: Found

    @property
    def side(self) -> Responsibility:
        return self.row.side

    @property
    def task(self) -> Task:
        return self.row.task

    @property
    def is_overdue(self) -> bool:
        return self.found.is_overdue(self.row.content.day)

    @property
    def mark(self) -> Mark:
        """Its state, red once it is late."""
        light = Light.BLUE if self.found.state == FindingState.CLOSED else Light.YELLOW
        if self.found.state == FindingState.WITHDRAWN:
            light = Light.GREY
        label = str(self.found.state.label)
        if self.is_overdue:
            light, label = Light.RED, _t("整改逾期")
        return marks.mark(label, light)

    @property
    def due(self) -> NotedDate:
        return NotedDate(self.found.due_on)

    @property
    def days_late(self) -> int | None:
        return (self.row.content.day - self.found.due_on).days if self.is_overdue else None

    @property
    def percent(self) -> Cell:
        return self.row.percent

    @property
    def report(self) -> Said:
        asked = [self.found.demand]
        if self.found.answer:
            asked.append(_t("整改反馈：%(text)s") % {"text": self.found.answer})
        return Said(self.found.problem, "\n".join(asked))

    @property
    def filing(self) -> str:
        return self.found.code


@dataclass(frozen=True)
class LateRow:
    """A side of an inspector's list: since when it is late, and what was done about it."""

    row: SideRow

    @property
    def _matters(self) -> Matters:
        return self.row.content.matters.get(self.row.side.pk, Matters())

    @property
    def extensions(self) -> list[Granted] | None:
        """延期: those that the reader may see; None where that is not the reader's."""
        if not self.row.is_known:
            return None
        return [one for one in self._matters.extensions if one.id in self.row.sight.extensions]

    @property
    def times_extended(self) -> int | None:
        """How often a later date was granted."""
        return None if self.extensions is None else len(self.extensions)

    @property
    def first_due(self) -> datetime.date | None:
        """The date before the first extension."""
        return self.extensions[0].from_due if self.extensions else self.row.side.due_on_in_force

    @property
    def workdays_late(self) -> int:
        """Working days since the date."""
        due = self.row.side.due_on_in_force
        return workdays_between(due, self.row.content.day) if due else 0

    @property
    def band(self) -> Band:
        """超期时长."""
        late = self.workdays_late
        return next(one for one in Band if one == Band.LONG or late <= int(one.value))

    @property
    def finding_words(self) -> str:
        """Which findings there are, and how they stand."""
        return "\n".join(f"{one.found.code}\n{one.mark.word}" for one in findings_of(self.row))


def findings_of(row: SideRow) -> list[FindingRow]:
    """督查意见 on the side that the reader may see."""
    matters = row.content.matters.get(row.side.pk, Matters())
    return [FindingRow(row, one) for one in matters.findings if one.id in row.sight.findings]
