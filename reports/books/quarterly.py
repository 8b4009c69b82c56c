"""季度进展汇总表: for the coordinator, all lead units by side, who has reported, what is late."""

from collections.abc import Sequence

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from reports import columns
from reports.books import words
from reports.books.counts import COUNTED
from reports.books.matrices import changes_table, matrix_sheet, trend_table
from reports.books.parts import PlanPart, Table, fill_parts
from reports.books.rows import Fact
from reports.services.content import PlanQuarter, Sight
from reports.states import BookKey
from tasks.states import LightWord
from tracker.lib.columns import DATE, SHORT, WHOLE, Bars, Book, Column, Filled, Sheet
from units.models import Jurisdiction


def _word_column(word: LightWord) -> Column:
    return Column(
        f"word.{word.value}",
        word.label,
        format=WHOLE,
        width=9,
        value=lambda row: row.of_word(word),
    )


OVERVIEW = Sheet("overview", _("总体情况"), columns.FACT_ROW, filters=False, grouped=True)
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
        Column("quarters_missed", _("连续未报季度数"), format=WHOLE, width=10),
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
    _("逾期与督查事项"),
    (columns.SIDE, *columns.OVERDUE_ROW),
    heading=_("逾期、期满未办结和督查事项清单"),
    empty=_("没有逾期或期满未办结的任务，也没有未销号的督查事项。"),
    sticky=3,
)


BOOK = Book(BookKey.QUARTERLY, _("进展汇总表"), (OVERVIEW, UNITS, MISSING, PROGRESS, OVERDUE))


def fill(contents: Sequence[PlanQuarter], maker: str, sight: Sight, paper: str) -> list[Filled]:
    """Return the coordinator's sheets: a part for each plan."""
    return fill_parts(BOOK, contents, maker, sight, paper, _tables)


def _tables(part: PlanPart) -> list[Table]:
    facts = overview(part)
    return [
        Table(OVERVIEW, facts, charts=charts(part, facts), lead=lead(part)),
        units_table(part),
        missing_table(part),
        Table(matrix_sheet(part.places()), part.matrix()),
        trend_table(part),
        changes_table(part),
        Table(PROGRESS, part.rows(), [words.due_note(), words.light_note()]),
        Table(OVERDUE, part.overdue(), [words.late_note()]),
    ]


def units_table(part: PlanPart) -> Table:
    """The lead units with their counts, and what the counts mean."""
    rows = part.units()
    notes = [
        _t("注：1．“其他”为中止、长期坚持、结转。"),
        _t("　　2．应报不含已销号和上述各项，已有填报的除外；已报含待审核。"),
    ]
    if not all(row.knows_filing for row in rows):
        notes.append(_t("　　3．“—”：对方的报送情况在审核前不列出。"))
    return Table(UNITS, rows, notes)


def missing_table(part: PlanPart) -> Table:
    """Who has not reported."""
    notes = [
        _t("注：1．已退回的，重报截止日之后仍未重报才列入，截止日为重报截止日。"),
        _t("　　2．连续未报季度数含本季度；季度关闭后的补报不计为按期报送。"),
    ]
    return Table(MISSING, part.missing(), notes)


def overview(part: PlanPart) -> list[Fact]:
    """Return the lines of the overview: counts by light and of reports, each with its base."""
    return [*_by_side(part), *words.period_facts(part.content)]


def _by_side(part: PlanPart) -> list[Fact]:
    lines = []
    for place, rows in part.by_side():
        lines.append(Fact(side_name(place), _t("牵头任务"), number=len(rows)))
        lines += words.light_facts(rows)
        lines += words.filing_facts(rows)
    return lines


def lead(part: PlanPart) -> str:
    """How each side stands, a line each."""
    return "\n".join(words.standing(side_name(place), rows) for place, rows in part.by_side())


def side_name(place: Jurisdiction | None) -> str:
    """What stands over the lines of a side."""
    return place.name if place else _t("其他")


def charts(part: PlanPart, facts: Sequence[Fact]) -> list[Bars]:
    """The lights of each side, beside the lines that count them."""
    found, start = [], 0
    for place, rows in part.by_side():
        name = side_name(place)
        start = next(n for n, fact in enumerate(facts) if n >= start and fact.section == name)
        told = {"side": name, "n": len(rows)}
        title = _t("%(side)s牵头任务状态（共%(n)d项）") % told
        found.append(words.light_bars(facts, start, rows, title))
    return found
