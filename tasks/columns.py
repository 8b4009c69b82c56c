"""Heads of the web tables: a column's label is the model's, named once; sorting and width here."""

from dataclasses import dataclass, replace

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from tasks.models import Responsibility, Target, Task
from tracker.lib.columns import Column


@dataclass(frozen=True)
class Head:
    """A head of a web table. `sort` is the key of `?ordering=`; `css` a class of parts.css."""

    column: Column
    model: type[Model] | None = None
    sort: str = ""
    css: str = ""
    span: int = 1

    @property
    def label(self) -> str:
        return self.column.head(self.model)


LIGHT = Column("light", _("灯"))
LEADS = Column("leads", _("牵头单位及完成进度"))
DAYS_LATE = Column("days_late", _("超期天数"))
WORKDAYS_LATE = Column("workdays_late", _("超期工作日"))
PERCENT = Column("percent", _("完成进度"))
REMINDED = Column("reminded", _("提醒"))

TASKS = (
    Head(Column("number"), Task, sort="number", css="number shrink"),
    Head(LIGHT, sort="light", css="shrink"),
    Head(Column("title"), Task, sort="title", css="title"),
    Head(LEADS, span=2),
    Head(Column("due_on"), Task, sort="due_on", css="shrink"),
)
# The same columns where the document's order stays.
TASKS_IN_ORDER = tuple(replace(head, sort="") for head in TASKS)
LATE = (
    Head(LIGHT, css="shrink"),
    Head(Column("task"), Responsibility, css="title"),
    Head(Column("unit"), Responsibility),
    Head(Column("side"), Responsibility, css="shrink"),
    Head(Column("due_on", _("完成时限")), css="shrink"),
    Head(DAYS_LATE, css="number shrink"),
    Head(WORKDAYS_LATE, css="number shrink"),
    Head(REMINDED),
    Head(PERCENT, css="shrink"),
)
TARGETS = (
    Head(Column("order"), Target, css="number col-xs"),
    Head(Column("indicator"), Target),
    Head(Column("place_name"), Target, css="col-m"),
    Head(Column("year"), Target, css="col-s"),
    Head(Column("value"), Target),
    Head(Column("unit"), Target, css="col-m"),
    Head(Column("attained", _("达到情况")), css="col-l"),
)
