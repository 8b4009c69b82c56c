"""The columns of letters that were sent, and of telephone calls."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tracker.lib.columns import DATE, SHORT, WHOLE, Cell, Column
from tracker.lib.lists import Head, ListOf, at, register
from tracker.lib.workdays import SHANGHAI


def _day(moment: Any) -> Cell:
    return moment.astimezone(SHANGHAI).date() if moment else None


def _signed(row: Any) -> Cell:
    return _day(row.part.signed_at)


def _sent(row: Any) -> Cell:
    return _day(row.part.urge.made_at)


def _lines(row: Any) -> Cell:
    """What was asked, a line each."""
    done = _t("（现已办理）")
    return "\n".join(line.text + ("" if line.is_open else done) for line in row.lines)


def _state(row: Any) -> Cell:
    if row.part.is_answered:
        return _t("已回复")
    return _t("已签收") if row.part.is_signed else _t("待签收")


def _late(row: Any) -> Cell:
    return _t("逾期未回复") if row.late else None


UNIT = (
    Column("part.unit.name", _("单位"), width=24),
    Column("kind", _("函件"), width=12, value=lambda row: row.part.get_kind_display()),
)
STATE = (
    Column("state", _("签收情况"), format=SHORT, width=12, value=_state),
    Column("late", _("逾期"), format=SHORT, width=12, value=_late),
    Column("signed_on", _("签收日期"), format=DATE, width=13, value=_signed),
    Column("answer", _("回复"), width=36, value=at("part.answer")),
)
URGES = (
    Head(Column("code", _("编号"), format=SHORT, width=14, value=at("part.code")), css="shrink"),
    Head(Column("unit", _("单位")), css="col-m", fixed=True, parts=UNIT),
    Head(Column("lines", _("事项"), width=60, value=_lines), css="title"),
    Head(
        Column("sent_on", _("发出"), format=DATE, width=13, value=_sent),
        css="shrink",
    ),
    Head(
        Column("answer_by", _("回复期限"), format=DATE, width=13, value=at("part.urge.answer_by")),
        css="shrink",
    ),
    Head(Column("state", _("签收和回复")), parts=STATE),
    Head(
        Column("office", _("协调办公室"), width=24, value=lambda row: str(row.part.urge.office)),
        shown=False,
    ),
    Head(Column("days", _("已发出天数"), format=WHOLE, width=11), css="number", shown=False),
)
URGE_LIST = register(ListOf("tasks:urges", _("函件签收情况"), URGES))


def _moment(row: Any) -> Cell:
    return str(row.call.made_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"))


BY = (
    Column("made_by", _("记录人"), width=12, value=lambda row: str(row.call.made_by or "")),
    Column("office", _("协调办公室"), width=24, value=lambda row: str(row.call.office)),
)
CALLS = (
    Head(Column("made_at", _("通话时间"), format=SHORT, width=18, value=_moment), css="shrink"),
    Head(Column("unit", _("单位"), width=24, value=at("call.unit.name")), fixed=True),
    Head(Column("text", _("事项"), width=60), css="title"),
    Head(Column("line", _("通话记要"), width=50, value=at("call.line"))),
    Head(Column("made_by", _("记录人")), parts=BY),
)
CALL_LIST = register(ListOf("tasks:calls", _("电话催办记录"), CALLS))
