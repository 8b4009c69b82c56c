"""The columns of the list of findings."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tasks.models import Finding
from tracker.lib.columns import DATE, SHORT, Cell, Column
from tracker.lib.lists import Head, ListOf, at, register
from tracker.lib.text import listed
from tracker.lib.workdays import SHANGHAI


def _state(row: Any) -> Cell:
    words = [row.get_state_display()]
    if row.waits_for_office:
        words.append(_t("撤销办结待答复"))
    return listed(words)


def _day(name: str) -> Any:
    def value(row: Any) -> Cell:
        at = getattr(row, name)
        return at.astimezone(SHANGHAI).date() if at else None

    return value


PROBLEM = (
    Column("problem", _("发现问题"), width=44),
    Column("responsibility.task", _("任务"), width=34),
)
FINDINGS = (
    Head(Column("code", _("编号"), format=SHORT, width=13), css="shrink"),
    Head(Column("problem"), Finding, fixed=True, parts=PROBLEM),
    Head(Column("responsibility.unit", _("单位"), width=22)),
    Head(Column("responsibility.side", _("所属方"), width=10), css="shrink"),
    Head(Column("due_on", format=DATE, width=14), Finding, css="shrink"),
    Head(Column("state", format=SHORT, width=16, value=_state), Finding, css="shrink"),
    Head(Column("demand", width=40), Finding, shown=False),
    Head(Column("first_due_on", format=DATE, width=14), Finding, css="shrink", shown=False),
    Head(
        Column("issued_at", format=DATE, width=14, value=_day("issued_at")),
        Finding,
        css="shrink",
        shown=False,
    ),
    Head(
        Column("closed_at", format=DATE, width=14, value=_day("closed_at")),
        Finding,
        css="shrink",
        shown=False,
    ),
    Head(
        Column("plan", _("方案"), width=26, value=at("responsibility.task.plan.name")),
        shown=False,
    ),
    Head(
        Column("clause", _("条款"), width=18, value=at("responsibility.task.clause")),
        shown=False,
    ),
    Head(Column("issued_by", width=12), Finding, shown=False),
)
FINDING_LIST = register(ListOf("tasks:findings", _("督查意见"), FINDINGS))
