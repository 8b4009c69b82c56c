"""The columns of 记录: those of the log, without the machine and the outcome."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tracker.lib.columns import Column
from tracker.lib.lists import Head, ListOf, register
from units.columns import LOG, NUMBER

RECORDS = (
    *(head for head in LOG if head.key != "source"),
    Head(Column("source", _("来源"), width=10), shown=False),
    Head(replace(NUMBER, format=NUMBER.format), shown=False),
)
RECORD_LIST = register(ListOf("tasks:records", pgettext_lazy("several", "记录"), RECORDS))
