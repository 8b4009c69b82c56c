"""季度进展汇总表: for the coordinator, all lead units by side, who has reported, what is late."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from reports import columns
from reports.books import words
from reports.books.counts import COUNTED, MatrixRow, UnitRow
from reports.books.rows import Fact, SideRow, mark
from reports.services.content import PlanQuarter, Sight
from reports.states import BookKey
from tasks.models import Task
from tasks.states import LightWord
from tracker.lib.columns import (
    DATE,
    PERCENT,
    SHORT,
    WHOLE,
    Book,
    Cell,
    Column,
    Filled,
    Section,
    Sheet,
)
from units.models import Jurisdiction, Unit


def _word_column(word: LightWord) -> Column:
    return Column(
        f"word.{word.value}",
        word.label,
        format=WHOLE,
        width=9,
        value=lambda row: row.of_word(word),
    )


OVERVIEW = Sheet("overview", _("总体情况"), columns.FACT_ROW, filters=False)
UNITS = Sheet(
    "units",
    _("牵头单位"),
    (
        Column("number", _("序号"), format=WHOLE, width=6),
        Column("side.name", _("所属方"), format=SHORT, width=12),
        Column("unit.name", _("牵头单位"), width=30),
        Column("tasks", _("牵头任务"), format=WHOLE, width=9),
        *map(_word_column, COUNTED),
        Column("others", _("其他"), format=WHOLE, width=9),
        Column("expected", _("应报"), format=WHOLE, width=9),
        Column("reported", _("已报"), format=WHOLE, width=9),
        Column("approved", _("已审核"), format=WHOLE, width=9),
        Column("returned", _("已退回"), format=WHOLE, width=9),
        Column("missing", _("未报"), format=WHOLE, width=9),
    ),
    heading=_("牵头单位任务状态和报送情况"),
    empty=_("本方案没有牵头单位。"),
    sticky=3,
)
MISSING = Sheet(
    "missing",
    _("未报名单"),
    (
        columns.SIDE,
        Column("side.unit.name", _("牵头单位"), width=34),
        columns.NUMBER_OF_TASK,
        Column("task.title", _("重点任务"), width=56),
        Column("filing_due", _("报送截止日"), format=DATE, width=16),
        columns.WIDE_FILING,
    ),
    heading=_("未报送单位和任务名单"),
    empty=_("本季度应报的任务均已报送。"),
    sticky=2,
)
PROGRESS = Sheet(
    "progress",
    _("进展汇总"),
    [columns.LEAD_OF_SIDE if column is columns.LEADS else column for column in columns.FULL_ROW],
    heading=_("重点任务进展情况汇总表"),
    empty=_("本方案没有任务。"),
    sticky=2,
)
OVERDUE = Sheet(
    "overdue",
    _("逾期事项"),
    (columns.SIDE, *columns.OVERDUE_ROW),
    heading=_("逾期及期满未办结事项清单"),
    empty=_("没有逾期或期满未办结的任务。"),
    sticky=3,
)


Table = tuple[Sheet, Sequence[object]]


def matrix_sheet(sides: Sequence[Jurisdiction | None]) -> Sheet:
    """Return the sheet of tasks by sides: three columns for each side that the plan has."""
    return Sheet(
        "matrix",
        _("任务一览"),
        (
            columns.NUMBER_OF_TASK,
            Column("task.action.title", _("行动"), width=24),
            Column("task.title", _("重点任务"), width=34),
            *(column for place, side in enumerate(sides) for column in _of_side(place, side)),
        ),
        heading=_("重点任务各方进展一览表"),
        empty=_("本方案没有任务。"),
        sticky=3,
    )


def _of_side(place: int, side: Jurisdiction | None) -> list[Column]:
    name = side.name if side else ""

    def lead(row: MatrixRow) -> Cell:
        found = row.sides[place]
        return found.side.unit.name if found else None

    def percent(row: MatrixRow) -> Cell:
        found = row.sides[place]
        return found.percent if found else None

    def light(row: MatrixRow) -> Cell:
        found = row.sides[place]
        return mark(found.word) if found else None

    return [
        Column(f"{place}.lead", _t("%(side)s牵头单位") % {"side": name}, width=22, value=lead),
        Column(
            f"{place}.percent",
            _t("%(side)s完成进度") % {"side": name},
            format=PERCENT,
            width=10,
            value=percent,
        ),
        Column(
            f"{place}.light",
            _t("%(side)s状态") % {"side": name},
            format=SHORT,
            width=15,
            value=light,
        ),
    ]


BOOK = Book(BookKey.QUARTERLY, _("进展汇总表"), (OVERVIEW, UNITS, MISSING, PROGRESS, OVERDUE))


@dataclass(frozen=True)
class PlanPart:
    """A whole plan in the quarter, as one reader may see it."""

    content: PlanQuarter
    sight: Sight

    def rows(self) -> list[SideRow]:
        """The sides of which the reader may know how far they are."""
        rows = (SideRow(self.content, side, self.sight) for side in self.content.sides)
        return [row for row in rows if row.is_known]

    def places(self) -> list[Jurisdiction | None]:
        """Every side that leads, by code."""
        found = {row.side.side for row in self.rows()}
        return sorted(found, key=lambda place: place.code if place else "")

    def units(self) -> list[UnitRow]:
        units = self.content.lead_units(self.sight)
        by_unit: dict[Unit, list[SideRow]] = {unit: [] for unit in units}
        for row in self.rows():
            by_unit[row.side.unit].append(row)
        return [
            UnitRow(number, rows[0].side.side, unit, rows)
            for number, (unit, rows) in enumerate(by_unit.items(), 1)
        ]

    def missing(self) -> list[SideRow]:
        """Never handed in, or sent back and not handed in again by the day that was set."""
        rows = [row for row in self.rows() if row.is_missing or row.is_redo_late]
        order = {unit: place for place, unit in enumerate(self.content.lead_units(self.sight))}
        return sorted(rows, key=lambda row: order[row.side.unit])

    def overdue(self) -> list[SideRow | Section]:
        return words.late_rows(self.rows())

    def matrix(self) -> list[MatrixRow]:
        places = self.places()
        by_task: dict[Task, dict[Jurisdiction | None, SideRow]] = {}
        for row in self.rows():
            by_task.setdefault(row.task, {})[row.side.side] = row
        return [
            MatrixRow(task, [sides.get(place) for place in places])
            for task, sides in by_task.items()
        ]


def fill(contents: Sequence[PlanQuarter], maker: str, sight: Sight, paper: str) -> list[Filled]:
    """Return the coordinator's sheets: a part for each plan."""
    return [
        filled
        for content in contents
        for filled in part_of(
            content,
            _tables(PlanPart(content, sight)),
            title=str(BOOK.title),
            maker=maker,
            paper=paper,
            tab_mark=words.plan_mark(content, len(contents)),
        )
    ]


def _tables(part: PlanPart) -> list[Table]:
    return [
        (OVERVIEW, overview(part)),
        (UNITS, part.units()),
        (MISSING, part.missing()),
        (matrix_sheet(part.places()), part.matrix()),
        (PROGRESS, part.rows()),
        (OVERDUE, part.overdue()),
    ]


def part_of(
    content: PlanQuarter,
    tables: Sequence[Table],
    *,
    title: str,
    maker: str,
    paper: str,
    tab_mark: str,
) -> list[Filled]:
    """Return a plan's sheets of a book that `maker` puts together; unnamed where it is empty."""
    left = _t("编制单位：%(office)s") % {"office": maker} if maker else ""
    right = _t("数据截至：%(day)s") % {"day": words.day_text(content.day)}
    return [
        Filled(
            words.on_paper(sheet, paper),
            rows,
            tab=f"{sheet.title}{tab_mark}",
            heading=words.in_quarter(content, sheet.heading or title),
            left=left,
            right=right,
            notes=_notes(sheet, rows),
        )
        for sheet, rows in tables
    ]


def _notes(sheet: Sheet, rows: Sequence[object]) -> list[str]:
    if sheet is UNITS:
        notes = [
            _t("注：1．“其他”为中止、长期坚持、结转。"),
            _t("　　2．应报不含已销号和上述各项，已有填报的除外；已报含待审核。"),
        ]
        if any(isinstance(row, UnitRow) and not row.knows_filing for row in rows):
            notes.append(_t("　　3．“—”：对方的报送情况在审核前不列出。"))
        return notes
    if sheet is MISSING:
        return [_t("注：已退回的，重报截止日之后仍未重报才列入，截止日为重报截止日。")]
    if sheet is PROGRESS:
        return [words.due_note(), words.light_note()]
    if sheet is OVERDUE:
        return [words.late_note()]
    return []


def overview(part: PlanPart) -> list[Fact]:
    """Return the lines of the overview: counts by light and of reports, each with its base."""
    return [*words.period_facts(part.content), *_by_side(part)]


def _by_side(part: PlanPart) -> list[Fact]:
    lines = []
    for place in part.places():
        rows = [row for row in part.rows() if row.side.side == place]
        counts = Counter(row.word for row in rows)
        lines.append(Fact(place.name if place else _t("其他"), _t("牵头任务"), words.count(rows)))
        lines += [
            Fact("", mark(word), words.share(counts[word], len(rows)), words.numbers_of(rows, word))
            for word in LightWord
            if counts[word]
        ]
        lines += words.filing_facts(rows)
    return lines
