"""The columns of the list of what is late."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tasks import policy
from tasks.columns.marks import light_mark, progress
from tasks.models import Responsibility
from tasks.services.late import Band
from tracker.lib.columns import DATE, PERCENT, SHORT, WHOLE, Cell, Column
from tracker.lib.lists import Head, ListOf, at, register


def band_of(row: Any) -> str:
    """The band of the row's working days."""
    fits = (b for b in Band if b == Band.LONG or row.workdays <= int(b.value))
    return str(next(fits).label)


def _light(row: Any) -> Cell:
    return light_mark(row.cell.word)


LIGHT = Column(
    "light", _("灯"), format=SHORT, width=14, value=lambda row: light_mark(row.cell.word)
)
TASK = (
    Column("side.task.plan.name", _("方案"), width=24),
    Column("side.task", _("任务"), width=40),
    Column("item", _("事项"), width=32),
)
# The second takes the name that the kind of row has for its date.
DUE = (
    Column("facts.first", _("首次时限"), format=DATE, width=14),
    Column("due", _("现时限"), format=DATE, width=14),
    Column("facts.extensions", _("延期次数"), format=WHOLE, width=12),
    Column("remark", _("备注"), width=16),
)
REMINDED = (
    Column("facts.reminded.days", _("提醒天数"), format=WHOLE, width=12),
    Column("facts.reminded.names", _("提醒对象"), width=24),
    Column("facts.reminded.urged", _("发函次数"), format=WHOLE, width=12),
    Column("facts.reminded.called", _("电话催办次数"), format=WHOLE, width=10),
)
PROGRESS = Column(
    "percent", _("完成进度"), format=PERCENT, width=12, value=lambda row: progress(row.cell)
)
LATE = (
    Head(LIGHT, css="shrink", fixed=True),
    Head(Column("task"), Responsibility, css="title", fixed=True, parts=TASK),
    Head(Column("unit", width=22, value=at("side.unit.name")), Responsibility),
    Head(
        Column("side", width=10, value=lambda row: str(row.side.side or "")),
        Responsibility,
        css="shrink",
    ),
    Head(Column("due_on", _("完成时限")), css="shrink", parts=DUE),
    Head(Column("days", _("超期天数"), format=WHOLE, width=12), css="number shrink"),
    Head(Column("workdays", _("超期工作日"), format=WHOLE, width=11), css="number shrink"),
    # Told of own units, sides and places only.
    Head(Column("reminded", _("提醒")), parts=REMINDED, whose=policy.has_part),
    Head(PROGRESS, css="shrink"),
    Head(Column("band", _("超期时长"), width=18, value=band_of), shown=False),
    Head(Column("clause", _("条款"), width=18, value=at("side.task.clause")), shown=False),
    Head(Column("reason", _("灯的依据"), width=34, value=at("cell.reason")), shown=False),
)
LATE_LIST = register(ListOf("tasks:overdue", _("超期清单"), LATE, verb="overdue.export"))
