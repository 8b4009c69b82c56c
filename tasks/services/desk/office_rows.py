"""What an office's desk shows: sides, units, persons."""

import datetime
from collections import Counter
from dataclasses import dataclass, field

from tasks.models import Period, PlanSide, Responsibility
from tasks.services.desk.officer import Duty
from tasks.states import LATE_WORDS, LightWord
from tracker.lib.figures import percent_of
from tracker.lib.workdays import Quarter
from units.models import Unit, User


@dataclass(frozen=True)
class Missing:
    """A unit that has not reported all of its tasks: none of `sides` has ever been handed in.

    `reminded_on` is the last day on which anybody was reminded of one of them.
    """

    unit: Unit
    sides: list[Responsibility]
    people: list[User] = field(default_factory=list)
    reminded_on: datetime.date | None = None


@dataclass(frozen=True)
class UnitRow:
    """A unit's lead rows on one side. What is expected is reported, returned, or missing.

    On time is what was first handed in by the quarter's day.
    """

    unit: Unit
    people: list[User]
    expected: int
    reported: int
    on_time: int
    returned: int
    missing: int
    words: Counter[LightWord]

    @property
    def late(self) -> int:
        return self.reported - self.on_time

    @property
    def open(self) -> int:
        """Still in the unit's hands."""
        return self.returned + self.missing

    @property
    def lights(self) -> list[tuple[LightWord, int]]:
        return [(word, self.words[word]) for word in LightWord if self.words[word]]


@dataclass(frozen=True)
class PersonRow:
    """What a person has open, together with the others of the unit."""

    person: User | None  # None: the unit has nobody who reports
    units: list[UnitRow]

    @property
    def open(self) -> int:
        return sum(row.open for row in self.units)

    @property
    def returned(self) -> int:
        return sum(row.returned for row in self.units)


@dataclass(frozen=True)
class SideOverview:
    """One side of a plan as its office sees it.

    `words` counts lights of its lead rows, as of `day`: of what was approved by then. `next` is
    the quarter that opens next, with its first day, where none is open.
    """

    side: PlanSide
    period: Period | None
    day: datetime.date
    units: list[UnitRow]
    sent_back: list[Duty]
    missing: list[Missing]
    words: Counter[LightWord]
    next: tuple[Quarter, datetime.date] | None = None

    @property
    def expected(self) -> int:
        return sum(row.expected for row in self.units)

    @property
    def reported(self) -> int:
        return sum(row.reported for row in self.units)

    @property
    def on_time(self) -> int:
        return sum(row.on_time for row in self.units)

    @property
    def late(self) -> int:
        return self.reported - self.on_time

    @property
    def percent(self) -> int:
        return percent_of(self.reported, self.expected)

    @property
    def unreported(self) -> int:
        return sum(row.missing for row in self.units)

    @property
    def not_in(self) -> int:
        """未报 and 已退回, as the list of tasks counts 季度未报."""
        return self.unreported + len(self.sent_back)

    @property
    def lights(self) -> list[tuple[LightWord, int]]:
        """Counts worst first; 逾期 and 期满未办结 always, others where there are any."""
        return [(w, self.words[w]) for w in LightWord if w in LATE_WORDS or self.words[w]]

    @property
    def persons(self) -> list[PersonRow]:
        """Who has how much open, most first; units without anybody first of all."""
        rows: dict[int, PersonRow] = {}
        nobody = [PersonRow(None, [row]) for row in self.units if row.open and not row.people]
        for unit in self.units:
            for person in unit.people if unit.open else []:
                rows.setdefault(person.pk, PersonRow(person, [])).units.append(unit)
        return nobody + sorted(rows.values(), key=lambda row: (-row.open, str(row.person)))
