"""The columns of what was handed out, and of whom to call."""

import datetime
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tracker.lib.columns import DATE, SHORT, Cell, Column
from tracker.lib.lists import Head, ListOf, at, register
from tracker.lib.text import listed
from tracker.lib.workdays import SHANGHAI


def _of(name: str) -> Any:
    """What stands in the 交办; a moment as its day."""

    def value(row: Any) -> Cell:
        found: Any = getattr(row.assignment, name, None)
        if isinstance(found, datetime.datetime):
            return found.astimezone(SHANGHAI).date()
        return found if found is None or isinstance(found, datetime.date) else str(found)

    return value


def _state(row: Any) -> Cell:
    if row.assignment is None:
        return _t("未交办")
    if row.assignment.signed_at:
        return _t("已签收")
    return _t("逾期未签收") if row.late else _t("待签收")


TASK = (
    Column("number", _("序号"), format=SHORT, width=7, value=at("duty.task.number")),
    Column("title", _("任务"), width=40, value=at("duty.task.title")),
    Column("plan", _("方案"), width=24, value=at("duty.task.plan.name")),
)
GIVEN = (
    Column("assigned_at", _("交办日期"), format=DATE, width=13, value=_of("assigned_at")),
    Column("assigned_by", _("交办人"), width=12, value=_of("assigned_by")),
    Column("note", _("交办说明"), width=28, value=_of("note")),
)
SIGNED = (
    Column("state", _("签收情况"), format=SHORT, width=12, value=_state),
    Column("sign_by", _("签收期限"), format=DATE, width=13, value=_of("sign_by")),
    Column("signed_at", _("签收日期"), format=DATE, width=13, value=_of("signed_at")),
    Column("signed_by", _("签收人"), width=12, value=_of("signed_by")),
    Column("changes", _("交办后的改动"), width=24, value=lambda row: listed(row.changes)),
)
LIAISON = (
    Column("liaison", _("联络员"), width=12, value=at("duty.liaison")),
    Column("phone", _("联系电话"), width=16, value=at("duty.phone")),
)
ASSIGNMENTS = (
    Head(Column("task", _("任务")), fixed=True, parts=TASK),
    Head(Column("unit", _("单位"), width=24, value=lambda row: str(row.duty.unit))),
    Head(
        Column(
            "role", _("角色"), format=SHORT, width=13, value=lambda row: row.duty.get_role_display()
        ),
        css="shrink",
    ),
    Head(Column("assigned", _("交办")), parts=GIVEN),
    Head(Column("signed", _("签收")), parts=SIGNED),
    Head(Column("liaison", _("联络员")), parts=LIAISON),
)
ASSIGNMENT_LIST = register(ListOf("tasks:assignments", _("交办与签收"), ASSIGNMENTS))


def _field(name: str) -> Any:
    return lambda line: getattr(line["row"], name)


DUTY = (
    Column("title", _("任务"), width=44, value=lambda line: str(line["row"].task)),
    Column("plan", _("方案"), width=26, value=lambda line: line["row"].task.plan.name),
)
CONTACTS = (
    Head(Column("unit", _("单位"), width=26, value=lambda line: str(line["row"].unit)), fixed=True),
    Head(Column("task", _("任务")), parts=DUTY),
    Head(
        Column(
            "role",
            _("角色"),
            format=SHORT,
            width=13,
            value=lambda line: line["row"].get_role_display(),
        )
    ),
    Head(Column("leader", _("责任领导"), width=16, value=_field("leader"))),
    Head(Column("division", _("责任处室"), width=20, value=_field("division"))),
    Head(Column("liaison", _("联络员"), width=16, value=_field("liaison"))),
    Head(Column("phone", _("联系电话"), width=20)),
)
CONTACT_LIST = register(ListOf("tasks:contacts", _("责任联系人"), CONTACTS))
