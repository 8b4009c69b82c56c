"""A plan's part of a book that sums up whole plans: its rows as one reader may see them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext as _t

from reports.books import words
from reports.books.counts import MatrixRow, UnitRow
from reports.books.matters import FindingRow
from reports.books.side_rows import SideRow, rows_of
from reports.services.content import PlanQuarter, Sight
from tracker.lib.columns import Bars, Book, Filled, Section, Sheet
from tracker.lib.text import day_text
from units.models import Jurisdiction


@dataclass(frozen=True)
class Table:
    """A sheet with its rows, the sentence above, the notes beneath and the charts beside."""

    sheet: Sheet
    rows: Sequence[object]
    notes: Sequence[str] = ()
    charts: Sequence[Bars] = ()
    lead: str = ""


@dataclass(frozen=True)
class PlanPart:
    """A whole plan in the quarter, as one reader may see it."""

    content: PlanQuarter
    sight: Sight

    def rows(self) -> Sequence[SideRow]:
        """The sides of which the reader may know how far they are."""
        return self._rows

    @cached_property  # several lists and counts ask for the same rows
    def _rows(self) -> Sequence[SideRow]:
        known = (side for side in self.content.sides if side.pk in self.sight.sides)
        return rows_of(self.content, known, self.sight)

    def places(self) -> list[Jurisdiction | None]:
        """Every side that leads, by code."""
        return [place for place, _rows in self.by_side()]

    def by_side(self) -> Sequence[tuple[Jurisdiction | None, Sequence[SideRow]]]:
        """The rows of each side."""
        return self._by_side

    @cached_property
    def _by_side(self) -> Sequence[tuple[Jurisdiction | None, Sequence[SideRow]]]:
        found: dict[int | None, list[SideRow]] = {}
        for row in self.rows():
            found.setdefault(row.side.side_id, []).append(row)
        places = [(rows[0].side.side, rows) for rows in found.values()]
        return sorted(places, key=lambda one: one[0].code if one[0] else "")

    def units(self) -> list[UnitRow]:
        """Every lead unit with its rows."""
        units = self.content.lead_units(self.sight)
        by_unit: dict[int, list[SideRow]] = {unit.pk: [] for unit in units}
        for row in self.rows():
            by_unit[row.side.unit_id].append(row)
        return [
            UnitRow(number, by_unit[unit.pk][0].side.side, unit, by_unit[unit.pk])
            for number, unit in enumerate(units, 1)
        ]

    def missing(self) -> list[SideRow]:
        """Never handed in, or sent back and not handed in again by the day that was set."""
        rows = [row for row in self.rows() if row.is_missing or row.is_redo_late]
        order = {unit.pk: n for n, unit in enumerate(self.content.lead_units(self.sight))}
        return sorted(rows, key=lambda row: order[row.side.unit_id])

    def overdue(self) -> list[SideRow | FindingRow | Section]:
        """What is late, 逾期 and 期满未办结 apart, and 督查事项."""
        return words.late_rows(self.rows())

    def matrix(self) -> list[MatrixRow]:
        """Each task with its sides beside it."""
        places = self.places()
        by_task: dict[int, dict[int | None, SideRow]] = {}
        for row in self.rows():
            by_task.setdefault(row.side.task_id, {})[row.side.side_id] = row
        keys = [place.pk if place else None for place in places]
        return [
            MatrixRow(next(iter(sides.values())).task, [sides.get(key) for key in keys])
            for sides in by_task.values()
        ]


def fill_parts(
    book: Book,
    contents: Sequence[PlanQuarter],
    maker: str,
    sight: Sight,
    paper: str,
    tables: Callable[[PlanPart], Sequence[Table]],
) -> list[Filled]:
    """Return the sheets of every plan of the book that `maker` puts together, perhaps nobody."""
    filled = []
    for content in contents:
        left = _t("编制单位：%(office)s") % {"office": maker} if maker else ""
        right = _t("数据截至：%(day)s") % {"day": day_text(content.day)}
        mark = words.plan_mark(content, len(contents))
        for table in tables(PlanPart(content, sight)):
            sheet = table.sheet
            heading = words.in_quarter(content, sheet.heading or book.title)
            filled.append(
                Filled(
                    words.on_paper(sheet, paper),
                    table.rows,
                    tab=f"{sheet.title}{mark}",
                    heading=heading,
                    lead=table.lead,
                    left=left,
                    right=right,
                    notes=table.notes,
                    charts=table.charts,
                )
            )
    return filled
