"""The list of what is late as a workbook, for a meeting."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tasks.services.late import Band, LateKind
from tracker.lib.columns import DATE, WHOLE, Column, Filled, Sheet
from tracker.lib.excel import write_book
from units.models import User

SHEET = Sheet(
    "late",
    _("超期清单"),
    (
        Column("light", _("灯"), width=14, value=lambda row: light_of(row)),
        Column("side.task.plan.name", _("方案"), width=24),
        Column("side.task", _("任务"), width=40),
        Column("item", _("事项"), width=32),
        Column("side.unit.name", _("单位"), width=22),
        Column("side.side.name", _("所属方"), width=10),
        Column("facts.first", _("首次时限"), format=DATE, width=14),
        Column("due", _("现时限"), format=DATE, width=14),
        Column("days", _("超期天数"), format=WHOLE, width=10),
        Column("workdays", _("超期工作日"), format=WHOLE, width=10),
        Column("band", _("超期时长"), width=18, value=lambda row: band_of(row)),
        Column("facts.extensions", _("延期次数"), format=WHOLE, width=10),
        Column("facts.reminded.days", _("提醒天数"), format=WHOLE, width=10),
        Column("facts.reminded.names", _("提醒对象"), width=24),
        Column("facts.reminded.urged", _("发函次数"), format=WHOLE, width=10),
        Column("facts.reminded.called", _("电话催办次数"), format=WHOLE, width=10),
        Column("cell.percent", _("完成进度（%）"), format=WHOLE, width=10),
        Column("remark", _("备注"), width=16),
    ),
    empty=_("没有符合条件的事项。"),
    paper="A3",
    sticky=3,
)


def band_of(row: Any) -> str:
    """The band of the row's working days."""
    fits = (b for b in Band if b == Band.LONG or row.workdays <= int(b.value))
    return str(next(fits).label)


def light_of(row: Any) -> str:
    """The light in its word."""
    return str(row.cell.word.label) if row.cell.word else ""


def write(
    path: Path,
    sheets: Sequence[tuple[LateKind, Sequence[Any]]],
    *,
    whose: str,
    now: datetime.datetime,
    by: User,
) -> None:
    """Write a sheet for each kind; what the reader may not know is an empty cell."""
    headings = [_t("%(kind)s清单") % {"kind": kind.label} for kind, _rows in sheets]
    filled = [
        Filled(
            SHEET,
            rows,
            tab=str(kind.label),
            heading=heading,
            left=_t("范围：%(whose)s") % {"whose": whose},
            right=_t("数据截至：%(day)s") % {"day": now.date().isoformat()},
        )
        for heading, (kind, rows) in zip(headings, sheets, strict=True)
    ]
    title = headings[0] if len(headings) == 1 else _t("超期清单")
    write_book(path, title, filled, made_at=now, author=str(by))
