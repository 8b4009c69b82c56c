"""The columns of one's own notices."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tasks.models import Notice
from tracker.lib.columns import DATE, SHORT, Cell, Column
from tracker.lib.lists import Head, ListOf, at, register


def _state(row: Any) -> Cell:
    if row.notice.settled:
        return _t("已办理")
    return _t("已读") if row.notice.was_read else _t("未读")


def _of_task(name: str) -> Any:
    def value(row: Any) -> Cell:
        task = row.notice.task
        return str(getattr(task, name) if name else task) if task else None

    return value


STATE = Column("state", _("状态"), format=SHORT, width=10, value=_state)
TASK = Column("task", _("任务"), width=36, value=_of_task(""))
NOTICES = (
    Head(
        Column("made_on", _("日期"), format=DATE, width=13, value=at("notice.made_on")),
        css="shrink",
    ),
    Head(
        Column("sentence", _("提醒")),
        fixed=True,
        parts=(Column("sentence", _("提醒"), width=60), STATE, TASK),
    ),
    Head(
        Column("due_on", format=DATE, width=13, value=at("notice.due_on")),
        Notice,
        css="shrink",
    ),
    Head(Column("plan", _("方案"), width=26, value=_of_task("plan")), shown=False),
    Head(
        Column("unit", _("单位"), width=24, value=lambda row: str(row.notice.unit or "")),
        shown=False,
    ),
)
NOTICE_LIST = register(ListOf("tasks:notices", _("提醒清单"), NOTICES))
