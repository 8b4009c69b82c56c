"""Tables whose columns depend on the plan: tasks by sides, tasks by quarters."""

from collections.abc import Sequence

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from reports import columns
from reports.books.counts import MatrixRow
from reports.books.parts import PlanPart, Table
from reports.books.side_rows import SideRow, mark
from tasks.states import LightWord
from tracker.lib.columns import PERCENT, SHORT, Cell, Column, Format, Section, Sheet
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction

QUARTER_WIDTH = 16
CHANGE = Format("change", "+0;-0;0", "center", lambda value: f"{value:+d}")


def matrix_sheet(sides: Sequence[Jurisdiction | None]) -> Sheet:
    """Return the sheet of tasks by sides: three columns for each side that the plan has."""
    return Sheet(
        "matrix",
        _("任务一览"),
        (
            columns.NUMBER_OF_TASK,
            Column("task.action.title", _("行动"), width=29),
            columns.WIDE_TITLE,
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
        return found.mark if found else None

    return [
        Column(f"{place}.lead", _t("%(side)s牵头单位") % {"side": name}, width=24, value=lead),
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
            width=16,
            value=light,
        ),
    ]


# --- tasks by quarters ----------------------------------------------------------------------------


def trend_table(part: PlanPart) -> Table:
    """The light of each side in this quarter and in those before, the newest at the right."""
    return Table(trend_sheet(part), part.rows(), [_t("注：封存的季度按封存时的状态列示。")])


def trend_sheet(part: PlanPart) -> Sheet:
    """Return the sheet: a column for each quarter."""
    quarters = [past.quarter for past in part.content.past]
    return Sheet(
        "trend",
        _("季度走势"),
        (
            columns.NUMBER_OF_TASK,
            columns.WIDE_TITLE,
            columns.SIDE,
            columns.WIDE_LEAD,
            *(_of_quarter(place, quarter) for place, quarter in enumerate(quarters)),
            Column(
                "light", str(part.content.quarter), format=SHORT, width=QUARTER_WIDTH, value=_now
            ),
        ),
        heading=_("重点任务各季度状态"),
        empty=_("本方案没有任务。"),
        sticky=4,
    )


def _of_quarter(place: int, quarter: Quarter) -> Column:
    def light(row: SideRow) -> Cell:
        then = row.past[place]
        return mark(then.word) if then else None

    return Column(f"past.{place}", str(quarter), format=SHORT, width=QUARTER_WIDTH, value=light)


def _now(row: SideRow) -> Cell:
    return row.mark


# --- against the quarter before -------------------------------------------------------------------

# From the worst to the best; 中止, 长期坚持 and 结转 are no longer pursued, whatever they were.
ORDER = (
    LightWord.OVERDUE,
    LightWord.EXPIRED,
    LightWord.FAR_BEHIND,
    LightWord.BEHIND,
    LightWord.DUE_SOON,
    LightWord.NOT_STARTED,
    LightWord.NORMAL,
    LightWord.SUSPENDED,
    LightWord.STANDING,
    LightWord.CARRIED,
    LightWord.CLOSED,
)


def _gain(row: SideRow) -> Cell:
    then, now = row.last, row.side.latest_percent
    if then is None or then.percent is None or now is None:
        return None
    return now - then.percent


def _then_light(row: SideRow) -> Cell:
    return mark(row.last.word) if row.last else None


def _then_percent(row: SideRow) -> Cell:
    return row.last.percent if row.last else None


CHANGES = Sheet(
    "changes",
    _("环比变化"),
    (
        columns.NUMBER_OF_TASK,
        columns.WIDE_TITLE,
        columns.SIDE,
        columns.WIDE_LEAD,
        Column("last.word", _("上季度状态"), format=SHORT, width=16, value=_then_light),
        Column("light", _("本季度状态"), format=SHORT, width=16, value=_now),
        Column("last.percent", _("上季度进度"), format=PERCENT, width=10, value=_then_percent),
        Column("percent", _("本季度进度"), format=PERCENT, width=10),
        Column("gain", _("增减（百分点）"), format=CHANGE, width=10, value=_gain),
        columns.WIDE_FILING,
    ),
    heading=_("与上季度相比的变化"),
    empty=_("没有上季度的数据，或与上季度相比没有变化。"),
    sticky=2,
)


def changes_table(part: PlanPart) -> Table:
    """What changed since the quarter before: worse, better, and only the progress."""
    known = [(row, row.last) for row in part.rows()]
    compared = [(row, then) for row, then in known if then is not None]
    worse = [r for r, then in compared if ORDER.index(r.word) < ORDER.index(then.word)]
    better = [r for r, then in compared if ORDER.index(r.word) > ORDER.index(then.word)]
    moved = [r for r, then in compared if r.word == then.word and _gain(r)]
    heads = (
        (_t("一、状态变差：共%(n)d项"), worse),
        (_t("二、状态好转、办结或不再推进：共%(n)d项"), better),
        (_t("三、状态未变、进度有变化：共%(n)d项"), moved),
    )
    lines: list[object] = []
    for head, rows in heads:
        lines += [Section(head % {"n": len(rows)}), *rows]
    same = len(compared) - len(worse) - len(better) - len(moved)
    note = _t("注：另有%(n)d项状态、进度均无变化。") % {"n": same}
    return Table(CHANGES, lines if worse or better or moved else [], [note])
