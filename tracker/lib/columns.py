"""Columns, sheets and books: declared once, they head web tables and make and read workbooks."""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.functional import Promise

Words = str | Promise
Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Format:
    """How a kind of value is written: Excel's number format, its alignment and its web text."""

    key: str
    number_format: str
    align: Align
    text: Callable[[Any], str] = str


def _percent(value: float | Decimal) -> str:
    return f"{value:g}%"


TEXT = Format("text", "@", "left")
SHORT = Format("short", "@", "center")
WHOLE = Format("whole", "0", "center")
# Not "#,##0.##", with which Excel writes a whole number with a point behind it.
NUMBER = Format("number", "General", "right", lambda value: f"{value:,}")
PERCENT = Format("percent", '0"%"', "center", _percent)
DATE = Format("date", "yyyy-mm-dd", "center", datetime.date.isoformat)


@dataclass(frozen=True, slots=True)
class Mark:
    """A light or a state in a cell: shape and word together, in its colour on its tint.

    `note` stands in a line of its own beneath.
    """

    word: str
    shape: str
    colour: str
    tint: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.shape} {self.word}\n{self.note}".strip()

    def __hash__(self) -> int:  # asked twice a row: that of all fields takes five times as long
        return hash(self.note or self.word)


@dataclass(frozen=True, slots=True)
class NotedDate:
    """A date with a word behind it: a real date in a cell, the word a part of its format."""

    day: datetime.date
    note: str = ""

    def __str__(self) -> str:
        return f"{self.day.isoformat()}{self.note}"

    @property
    def number_format(self) -> str:
        """Return Excel's format that shows both."""
        note = self.note.replace('"', "")
        return f'{DATE.number_format}"{note}"' if note else DATE.number_format


Cell = str | int | float | Decimal | datetime.date | Mark | NotedDate | None


@dataclass(frozen=True, slots=True)
class Section:
    """A line over the whole width between the rows of a table: what the rows below are."""

    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the way to its value, its head, and how it looks.

    `path` is the dotted way from the row to the value and the column's stable name; `value`
    replaces the way where the cell is computed. `label` may stay empty where the sheet's model
    has a field at the path: its verbose_name is the head. A column with `parse` can be read
    back from a filled-in form; without it the column is derived and ignored on import.
    """

    path: str
    label: Words = ""
    parse: Callable[[object], object] | None = None
    format: Format = TEXT
    width: float = 12
    align: Align | None = None
    value: Callable[[Any], Cell] | None = None

    @property
    def alignment(self) -> Align:
        """Return the column's own alignment, else its format's."""
        return self.align or self.format.align

    def head(self, model: type[Model] | None = None) -> str:
        """Return the head: the label, else the verbose_name of the model's field at the path."""
        if self.label:
            return str(self.label)
        if model is None:
            raise ValueError(f"Column {self.path!r} has no label and its sheet names no model.")
        return _verbose_name(model, self.path)

    def cell(self, row: Any) -> Cell:
        """Return the value for the row; None where a step of the path is None."""
        if self.value is not None:
            return self.value(row)
        value: Any = row
        for step in self.path.split("."):
            value = value.get(step) if isinstance(value, dict) else getattr(value, step)
            if value is None:
                return None
        return str(value) if isinstance(value, (Promise, Model)) else value

    def cells(self, rows: Sequence[Any]) -> list[Any]:
        """Return the values for rows of one type, all at once.

        What is lazy, or an object of a model, is not yet its words.
        """
        if self.value is not None:
            return list(map(self.value, rows))
        if isinstance(rows[0], dict):
            return self._step_by_step(rows)
        try:
            return list(map(operator.attrgetter(self.path), rows))
        except AttributeError:  # a step of the way is None, or a dictionary
            return self._step_by_step(rows)

    def _step_by_step(self, values: Sequence[Any]) -> list[Any]:
        for step in self.path.split("."):
            values = [
                None
                if value is None
                else value.get(step)
                if isinstance(value, dict)
                else getattr(value, step)
                for value in values
            ]
        return list(values)

    def text(self, row: Any) -> str:
        """Return the value for the row as a page shows it; empty for None."""
        value = self.cell(row)
        if value is None:
            return ""
        return str(value) if isinstance(value, (str, Mark, NotedDate)) else self.format.text(value)


def _verbose_name(model: type[Model], path: str) -> str:
    *way, last = path.split(".")
    for step in way:
        related = model._meta.get_field(step).related_model
        if not (isinstance(related, type) and issubclass(related, Model)):
            raise FieldDoesNotExist(f"{model.__name__}.{step} leads to no model.")
        model = related
    return str(getattr(model._meta.get_field(last), "verbose_name", last))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its tab, its columns, and how it prints.

    `heading` is the line in large type over the table (the tab's title where empty); `empty` the
    sentence that stands in a table without rows; `sticky` how many columns stay in view;
    `one_page` makes it smaller until it prints on one page; `grouped` joins a first column's cell
    with the empty ones beneath.
    """

    key: str
    title: Words
    columns: Sequence[Column]
    model: type[Model] | None = None
    heading: Words = ""
    empty: Words = ""
    paper: Literal["A4", "A3"] = "A4"
    sticky: int = 0
    filters: bool = True
    one_page: bool = False
    grouped: bool = False

    def heads(self) -> list[str]:
        """Return the head of each column."""
        return [column.head(self.model) for column in self.columns]

    def cells(self, row: Any) -> list[Cell]:
        """Return the value of each column for the row."""
        return [column.cell(row) for column in self.columns]

    def texts(self, row: Any) -> list[tuple[Column, str]]:
        """Return each column with its text for the row, as a web table shows it."""
        return [(column, column.text(row)) for column in self.columns]

    def importable(self) -> list[Column]:
        """Return the columns that a filled-in form may change."""
        return [column for column in self.columns if column.parse is not None]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook: its key in the API and on the command line, its title, and its sheets."""

    key: str
    title: Words
    sheets: Sequence[Sheet]

    def sheet(self, key: str) -> Sheet:
        """Return the sheet with the key."""
        return next(sheet for sheet in self.sheets if sheet.key == key)


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart beside a table, drawn from its own cells: counted from 0, labelled, no legend.

    `label` and `value` are the columns that it reads, `first` and `last` the rows of the table, all
    from 0; each bar has its own colour. It stands beside the rows from `since` to `until`.
    """

    title: str
    label: int
    value: int
    first: int
    last: int
    since: int
    until: int
    colours: Sequence[str]


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet with its rows, and the words around the table in this copy of it.

    Between the rows may stand a `Section`; a table with sections has no filter. Rows that come
    from an iterator are read once and not kept. `lead` is a sentence over the table.
    """

    sheet: Sheet
    rows: Iterable[Any]
    tab: str = ""
    heading: str = ""
    lead: str = ""
    left: str = ""
    right: str = ""
    foot: str = ""
    notes: Sequence[str] = ()
    charts: Sequence[Bars] = ()

    @property
    def tab_title(self) -> str:
        """Return the tab's name in this copy."""
        return self.tab or str(self.sheet.title)

    @property
    def head_line(self) -> str:
        """Return the line over the table in this copy."""
        return self.heading or str(self.sheet.heading) or str(self.sheet.title)
