"""Who is told what on a day, and why, as a workbook."""

import datetime
from pathlib import Path

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tasks.reminders.preview import Preview
from tasks.reminders.rules import named
from tracker.lib.columns import DATE, WHOLE, Column, Filled, Sheet
from tracker.lib.excel import write_book
from units.models import User

TOLD = Sheet(
    "told",
    _("提醒清单"),
    (
        Column("notice.recipient", _("接收人"), width=16),
        Column("unit", _("单位"), width=24),
        Column("rule", _("规则"), width=16),
        Column("sentence", _("提醒内容"), width=60),
        Column("notice.due_on", _("到期日"), format=DATE, width=14),
        Column("notice.step", _("步骤（工作日）"), format=WHOLE, width=12),
        Column("because", _("原因"), width=36),
        Column("state", _("状态"), width=12),
    ),
    empty=_("这一天没有符合条件的提醒。"),
    paper="A3",
    sticky=2,
)
UNTOLD = Sheet(
    "untold",
    _("未告知"),
    (
        Column("unit", _("单位"), width=24),
        Column("rule", _("规则"), width=16, value=lambda row: named(row.rule) if row.rule else ""),
        Column("subject", _("事项"), width=50),
        Column("due_on", _("到期日"), format=DATE, width=14),
        Column("reason", _("原因"), width=40),
    ),
    empty=_("没有无人可告知的事项。"),
    paper="A3",
)


def write(path: Path, found: Preview, *, now: datetime.datetime, by: User) -> None:
    """Write what is told, and what nobody is told."""
    title = _t("%(day)s提醒清单") % {"day": found.day.isoformat()}
    right = _t("数据截至：%(day)s") % {"day": now.date().isoformat()}
    filled = [Filled(TOLD, list(found), heading=title, right=right)]
    if found.untold:
        heading = _t("%(day)s未告知的事项") % {"day": found.day.isoformat()}
        filled.append(Filled(UNTOLD, found.untold, heading=heading, right=right))
    write_book(path, title, filled, made_at=now, author=str(by))
