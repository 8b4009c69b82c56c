"""What is read from a form that came back, and what it means beside the database."""

import enum
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from tasks.models import Contribution, Period, ProgressReport, Responsibility
from tasks.services.entry import Entry
from tasks.states import ReportKind
from tracker.lib.workdays import Quarter
from units.models import Unit

if TYPE_CHECKING:
    from reports.returns.line import Line

Said = str | int | bool | None


class Refused(ValueError):
    """A file that is not taken as a whole, with the sentence why and how to mend it."""


class Kind(enum.StrEnum):
    """Of which table a row is: 牵头任务 or 配合任务."""

    LEAD = "lead"
    PART = "part"

    __hash__ = str.__hash__  # Enum's own is a function in Python; keys of dicts are asked often


# Of these a large form has ten thousands: frozen ones take twice as long to make.
@dataclass(slots=True)
class KeyRow:
    """What a row of the form said when it was made.

    `version` is that of the report as the person saw it, 0 for none; `said` are the values of the
    cells to fill, in the order of their columns.
    """

    kind: Kind
    side: int
    period: int
    version: int
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Key:
    """What the form carries of itself, signed: whose it is, of which quarter, what stood there."""

    unit: int
    quarter: Quarter
    made: str
    rows: Mapping[tuple[Kind, int], KeyRow] = field(default_factory=dict)


@dataclass(slots=True)
class ReadCell:
    """A cell as it came back: where it stands, its raw text, and its value or what is wrong.

    `error` is a sentence: what, and how to mend it. `is_blank` cells say nothing.
    """

    sheet: str
    address: str
    raw: str
    value: Said = None
    error: str = ""

    @property
    def is_blank(self) -> bool:
        return self.raw == ""


class Origin(Protocol):
    """Where rows came from: makes of a row what is not made of each."""

    def title(self, row: "ReadRow") -> str:
        """What stands as the task's name."""

    def cells(self, row: "ReadRow") -> Mapping[str, ReadCell]:
        """The cells."""


@dataclass(slots=True, eq=False)
class ReadRow:
    """A row as it came back. `side` is the id that it carries, None where that is lost.

    `said` are the values of its fields in the order of their columns, where all of these are there
    and none is wrong or odd: such rows, which nearly all are, have cells made only when somebody
    asks. `due` is the date of 完成时限, only looked at; None where there is none.
    """

    kind: Kind
    sheet: str
    number: int
    side: int | None
    task: int | None
    said: tuple[Said, ...] | None
    due: str | None
    origin: Origin
    raw: Any
    made: Mapping[str, ReadCell] | None = None

    @property
    def title(self) -> str:
        return self.origin.title(self)

    @property
    def cells(self) -> Mapping[str, ReadCell]:
        """By field; a column that was taken away says nothing. Beside them stands `due`."""
        if self.made is None:
            self.made = self.origin.cells(self)
        return self.made

    def __eq__(self, other: object) -> bool:
        """Whether both say the same, wherever they came from."""
        return isinstance(other, ReadRow) and self._told() == other._told()

    def _told(self) -> tuple[Any, ...]:
        about = (self.kind, self.sheet, self.number, self.side, self.task, self.title)
        return *about, self.due, self.cells


@dataclass(frozen=True)
class Returned:
    """A form that came back. Without `key` its unit and quarter are what its heading says.

    `words` are the texts around the tables by sheet, in which unit and plan are named; `notes` are
    sentences on what was passed over in reading (extra sheets and columns), for the preview.
    """

    key: Key | None
    quarter: Quarter | None
    words: Mapping[str, Sequence[str]]
    rows: Sequence[ReadRow]
    notes: Sequence[str] = ()


class Change(enum.StrEnum):
    """What a cell, or a row, would do."""

    WRONG = "wrong"  # cannot be taken; `note` says why
    MEANWHILE = "meanwhile"  # entered on line since the form was made
    CHANGED = "changed"
    NEW = "new"
    UNCHANGED = "unchanged"


class CellChange(NamedTuple):
    """A cell beside the database.

    `was` is what stood there when the form was made (None: not known), `now` what stands on line,
    `said` what the sheet says, `taken` what applying would store. With `clash` all three differ:
    the sheet's word goes only with the person's consent; until then `taken` is `now`.
    """

    name: str
    label: str
    cell: ReadCell | None
    change: Change
    was: Said
    now: Said
    said: Said
    taken: Said
    note: str = ""

    @property
    def clash(self) -> bool:
        return self.change is Change.MEANWHILE and self.said not in (self.now, self.was)


class Teller(Protocol):
    """Makes of a row that was compared as a whole what somebody asks for."""

    def cells(self) -> Sequence[CellChange]:
        """Its cells beside the database."""

    def entry(self) -> Entry | None:
        """What it would store; None of a part."""


@dataclass(slots=True)
class RowChange:
    """A row beside the database: what to store is `entry` (牵头) or `text` (配合).

    `line` is what it was found to be about; `missing` are sentences on what a report still lacks
    to be handed in; `to_confirm` that it was found by its number alone. Of a row without anything
    wrong, odd or entered meanwhile `tell` makes cells and entry when somebody asks for them.
    """

    row: ReadRow
    kind: Kind
    change: Change
    line: "Line | None" = None
    content: Entry | None = None
    text: str | None = None
    to_confirm: bool = False
    note: str = ""
    missing: Sequence[str] = ()
    told: Sequence[CellChange] = ()
    tell: Teller | None = None

    @property
    def cells(self) -> Sequence[CellChange]:
        """Its cells beside the database; none where the row as a whole is wrong."""
        if not self.told and self.tell is not None:
            self.told = self.tell.cells()
        return self.told

    @property
    def entry(self) -> Entry | None:
        if self.content is None and self.tell is not None:
            self.content = self.tell.entry()
        return self.content

    @property
    def side(self) -> Responsibility | None:
        return self.line.side if self.line else None

    @property
    def period(self) -> Period | None:
        return self.line.period if self.line else None

    @property
    def stored(self) -> ProgressReport | Contribution | None:
        return self.line.stored if self.line else None

    @property
    def version(self) -> int:
        """That of the row on line, which the services ask for."""
        return self.line.version if self.line else 0

    @property
    def filed_as(self) -> ReportKind:
        return self.line.filed_as if self.line else ReportKind.REGULAR

    @property
    def writes(self) -> bool:
        """Whether applying it stores anything, clashing cells left as they are on line."""
        if self.tell is not None:
            return self.change is not Change.UNCHANGED
        return self.change is not Change.WRONG and any(cell.taken != cell.now for cell in self.told)

    @property
    def clashes(self) -> bool:
        return any(cell.clash for cell in self.told) if self.tell is None else False


@dataclass(frozen=True)
class Comparison:
    """A form beside the database, for one person: applied whole, or not at all.

    `by_office` says that a coordinator enters it for the unit (代填, with `proxy.enter`), which is
    for 牵头 rows alone.
    """

    unit: Unit
    quarter: Quarter
    rows: Sequence[RowChange]
    by_office: bool = False
    to_confirm: Sequence[str] = ()
    notes: Sequence[str] = ()

    @property
    def counts(self) -> Mapping[Change, int]:
        """How many rows of each."""
        return Counter(row.change for row in self.rows)

    @property
    def wrong_cells(self) -> list[tuple[ReadCell, str]]:
        """Cells that cannot be taken, with the sentence; for the list and the marked copy."""
        return [
            (cell.cell, cell.note)
            for row in self.rows
            if row.change is Change.WRONG
            for cell in row.cells
            if cell.change is Change.WRONG and cell.cell is not None
        ]

    @property
    def can_apply(self) -> bool:
        """Nothing is wrong."""
        return not any(row.change is Change.WRONG for row in self.rows)

    @property
    def writes(self) -> bool:
        return any(row.writes for row in self.rows)

    @property
    def filed_as(self) -> list[ReportKind]:
        """补报, 补录: as what rows that write are filed where that is not the usual way."""
        found = {row.filed_as for row in self.rows if row.writes or row.clashes}
        return [kind for kind in ReportKind if kind in found - {ReportKind.REGULAR}]
