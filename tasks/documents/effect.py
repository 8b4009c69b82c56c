"""提醒效果 as a workbook: what came in when, and after which reminder, by unit."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tasks.services.effect import Effect, Line
from tracker.lib.columns import NUMBER, WHOLE, Column, Filled, Section, Sheet
from tracker.lib.excel import write_book
from units.models import User

COLUMNS = (
    Column("name", _("单位"), width=30),
    Column("line.expected", _("应报"), format=WHOLE, width=10),
    Column("line.early", _("截止前报送"), format=WHOLE, width=12),
    Column("line.on_day", _("截止当日报送"), format=WHOLE, width=12),
    Column("line.after", _("逾期后报送"), format=WHOLE, width=12),
    Column("line.later", _("关闭后补报"), format=WHOLE, width=12),
    Column("line.never", _("未报"), format=WHOLE, width=10),
    Column("line.told", _("提醒后报送"), format=WHOLE, width=12),
    Column("line.signer", _("告知审签人后报送"), format=WHOLE, width=12),
    Column("line.office", _("告知协调办公室后报送"), format=WHOLE, width=14),
    Column("line.since_first", _("首次提醒至报送（天，中位数）"), format=NUMBER, width=16),
    Column("line.since_last", _("末次提醒至报送（天，中位数）"), format=NUMBER, width=16),
)
EMPTY = _("本季度没有应报的进展。")


@dataclass(frozen=True)
class Row:
    """A unit, or the sum of a side or of all."""

    name: str
    line: Line


def step_label(step: int | None) -> str:
    """After which reminder, as a head of a column."""
    if step is None:
        return _t("未提醒")
    if step == 0:
        return _t("截止当日")
    words = {"n": abs(step)}
    return (_t("前%(n)d日") if step < 0 else _t("后%(n)d日")) % words


def rows_of(effect: Effect) -> Iterator[Row | Section]:
    """Side by side its units and its sum; the sum of all where there are several sides."""
    for side in effect.sides:
        yield Section(f"{side.side.jurisdiction.name}（{side.side.office.name}）")
        for unit in side.units:
            yield Row(unit.name, unit.line)
        yield Row(_t("小计"), side.line)
    if len(effect.sides) > 1:
        yield Row(_t("合计"), effect.line)


def _step_column(step: int | None, width: int) -> Column:
    def value(row: Any) -> int:
        number: int = row.line.steps.get(step, 0)
        return number

    name = "none" if step is None else str(step)
    return Column(f"step {name}", step_label(step), format=WHOLE, width=width, value=value)


def write(path: Path, effect: Effect, *, now: datetime.datetime, by: User) -> None:
    """Write the two sheets: when, and after which reminder last."""
    period = effect.period
    words = {"plan": period.plan.name, "period": period}
    title = _t("%(plan)s%(period)s提醒效果") % words
    # The day of the data stands in the last column: few columns are wide enough for it.
    width = max(11, 44 // max(1, len(effect.steps)))
    steps = (*COLUMNS[:2], *(_step_column(step, width) for step in effect.steps))
    sheets = (
        Sheet("came", _("报送时间"), COLUMNS, empty=EMPTY, sticky=1, filters=False),
        Sheet("steps", _("末次提醒"), steps, empty=EMPTY, sticky=1, filters=False),
    )
    notes = (
        _t("按首次报送的日期；截止日为%(day)s。") % {"day": period.due_on.isoformat()},
        _t("“前”“后”为距截止日的工作日数；“未提醒”指报送前没有提醒。中位数按自然日。"),
    )
    filled = [
        Filled(
            sheet,
            list(rows_of(effect)),
            heading=f"{title}·{sheet.title}",
            right=_t("数据截至：%(day)s") % {"day": now.date().isoformat()},
            notes=notes,
        )
        for sheet in sheets
    ]
    write_book(path, title, filled, made_at=now, author=str(by))
