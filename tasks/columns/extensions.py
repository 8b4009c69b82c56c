"""The columns of the list of requests for later dates."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tasks.models import Extension
from tracker.lib.columns import DATE, SHORT, Cell, Column
from tracker.lib.lists import Head, ListOf, at, register
from tracker.lib.workdays import SHANGHAI


def _day(name: str) -> Any:
    """A moment as its day."""

    def value(row: Extension) -> Cell:
        found: datetime.datetime | None = getattr(row, name)
        return found.astimezone(SHANGHAI).date() if found else None

    return value


def _approval(row: Extension) -> str:
    return f"{row.approving_body} {row.approval_number}".strip()


TASK = (
    Column("responsibility.task", _("任务"), width=44),
    Column("plan", _("方案"), width=26, value=at("responsibility.task.plan.name")),
)
UNTIL = (
    Column("new_due", format=DATE, width=14),
    Column("granted_due", format=DATE, width=14),
)
APPROVED = (Column("approving_body", width=22), Column("approval_number", width=22))
EXTENSIONS = (
    Head(Column("task", _("任务")), Extension, fixed=True, parts=TASK),
    Head(Column("responsibility.unit", _("牵头单位"), width=24)),
    Head(Column("from_due", format=DATE, width=14), Extension, css="shrink"),
    Head(
        Column(
            "new_due",
            _("新时限"),
            format=DATE,
            value=lambda row: row.granted_due or row.new_due,
        ),
        Extension,
        css="shrink",
        parts=UNTIL,
    ),
    Head(
        Column("state", format=SHORT, width=12, value=lambda row: row.get_state_display()),
        Extension,
        css="shrink",
    ),
    Head(Column("responsibility.side", _("所属方"), width=10), css="shrink", shown=False),
    Head(Column("reason", width=40), Extension, shown=False),
    Head(
        Column("asked_at", _("申请日期"), format=DATE, width=14, value=_day("asked_at")),
        css="shrink",
        shown=False,
    ),
    Head(
        Column("decided_at", _("审批日期"), format=DATE, width=14, value=_day("decided_at")),
        css="shrink",
        shown=False,
    ),
    Head(Column("decision_reason", width=36), Extension, shown=False),
    Head(
        Column("approval", _("批准机关和文号"), value=_approval),
        Extension,
        shown=False,
        parts=APPROVED,
    ),
)
EXTENSION_LIST = register(ListOf("tasks:extensions", _("延期记录"), EXTENSIONS))
