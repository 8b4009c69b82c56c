"""The columns of the list of tasks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tasks.columns.marks import light_mark, progress
from tasks.models import Task
from tasks.states import TaskState
from tracker.lib.columns import DATE, PERCENT, SHORT, WHOLE, Cell, Column, NotedDate
from tracker.lib.lists import Head, ListOf, at, register
from tracker.lib.text import listed


def _side(place: int) -> Any:
    def value(row: Any) -> Cell:
        return row.sides[place].side.unit.name if len(row.sides) > place else None

    return value


def _progress(place: int) -> Any:
    def value(row: Any) -> Cell:
        return progress(row.sides[place]) if len(row.sides) > place else None

    return value


def _due(row: Any) -> Cell:
    day = row.nearest.due_on_in_force
    if day is None:
        return None
    return NotedDate(day, str(_("（方案期限）")) if row.nearest.due_is_plans else "")


def _state(row: Any) -> Cell:
    state = row.task.state
    return str(TaskState(state).label) if state else None


LIGHT = Column("light", _("灯"), format=SHORT, width=15, value=lambda row: light_mark(row.word))
LEADS = Column("leads", _("牵头单位及完成进度"))
SIDES = (
    Column("lead_1", _("牵头单位一"), width=22, value=_side(0)),
    Column("percent_1", _("完成进度一"), format=PERCENT, width=13, value=_progress(0)),
    Column("lead_2", _("牵头单位二"), width=22, value=_side(1)),
    Column("percent_2", _("完成进度二"), format=PERCENT, width=13, value=_progress(1)),
)
TITLE = (
    Column("title", _("任务"), width=44, value=at("task.title")),
    Column("plan_name", _("方案"), width=26, value=at("task.plan.name")),
)
NUMBER = Column("number", format=WHOLE, width=7, value=at("task.number"))
DUE = Column("due_on", format=DATE, width=28, value=_due)

TASKS = (
    Head(NUMBER, Task, sort="number", css="number shrink", fixed=True),
    Head(LIGHT, sort="light", css="shrink"),
    Head(Column("title"), Task, sort="title", css="title", fixed=True, parts=TITLE),
    Head(LEADS, span=2, parts=SIDES),
    Head(DUE, Task, sort="due_on", css="shrink"),
    Head(Column("state", _("状态"), format=SHORT, value=_state), sort="state", shown=False),
    Head(Column("reason", _("灯的依据"), width=34), shown=False),
    Head(
        Column("action", _("行动"), width=24, value=at("task.action.title")),
        shown=False,
    ),
    Head(Column("clause", _("条款"), width=18, value=at("task.clause")), shown=False),
    Head(Column("summary", _("概要"), width=50, value=at("task.summary")), shown=False),
    Head(
        Column(
            "cooperating",
            _("配合单位"),
            width=36,
            value=lambda row: listed(part.unit.name for part in row.task.cooperating),
        ),
        shown=False,
    ),
    Head(
        Column(
            "implements",
            _("落实的任务"),
            width=30,
            value=lambda row: listed(
                f"{one.plan.name} {one.number}. {one.title}" for one in row.task.implements.all()
            ),
        ),
        shown=False,
    ),
)
TASK_LIST = register(ListOf("tasks:list", _("任务清单"), TASKS))
