"""The columns of targets and of observations."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tasks.columns.marks import mark
from tasks.models import Observation, Target
from tracker.lib.columns import DATE, NUMBER, SHORT, WHOLE, Cell, Column
from tracker.lib.lists import Head, ListOf, at, register


def _of(name: str) -> Any:
    """A text of the row's target."""
    return lambda row: str(getattr(row.target, name) or "")


def _year(row: Any) -> Cell:
    return row.target.year or _t("未定年份")


def _basis(row: Any) -> Cell:
    """The observation on which the answer rests."""
    seen = row.attainment.observation
    return f"{seen.figure} {seen.period_text} {seen.get_basis_display()}" if seen else None


def _result(row: Any) -> Cell:
    return mark(str(row.attainment.result.label), row.attainment.light)


ATTAINED = (
    Column("attained", _("达到情况"), format=SHORT, width=14, value=_result),
    Column("basis", _("依据的监测值"), width=30, value=_basis),
    Column("attainment.reason", _("说明"), width=36),
)
TARGETS = (
    Head(
        Column("order", format=WHOLE, width=7, value=at("target.order")),
        Target,
        css="number col-xs",
    ),
    Head(
        Column("indicator", width=34, value=_of("indicator")),
        Target,
        fixed=True,
        parts=(
            Column("indicator", width=34, value=_of("indicator")),
            Column("plan", _("方案"), width=26, value=at("target.plan.name")),
        ),
    ),
    Head(Column("place_name", width=16, value=_of("where")), Target, css="col-m"),
    Head(Column("year", format=WHOLE, width=10, value=_year), Target, css="col-s"),
    Head(Column("value", width=22, value=_of("promise")), Target),
    Head(Column("unit", width=24, value=_of("unit")), Target, css="col-m"),
    Head(Column("attained", _("达到情况")), css="col-l", parts=ATTAINED),
    Head(
        Column("baseline_year", format=WHOLE, width=10, value=at("target.baseline_year")),
        Target,
        css="col-s",
        shown=False,
    ),
    Head(Column("clause", _("条款"), width=18, value=_of("clause")), shown=False),
    Head(
        Column("number", _("目标数值"), format=NUMBER, width=14, value=at("target.value")),
        shown=False,
    ),
    Head(
        Column("measure", _("计量单位"), width=12, value=at("target.indicator.measure")),
        shown=False,
    ),
    Head(Column("task", _("任务"), width=30, value=_of("task")), shown=False),
    Head(Column("note", width=30, value=_of("note")), Target, shown=False),
)
TARGET_LIST = register(ListOf("tasks:targets", _("目标清单"), TARGETS))


OBSERVATIONS = (
    Head(
        Column("indicator", width=34, value=lambda row: str(row.indicator)),
        Observation,
        css="title",
        fixed=True,
    ),
    Head(Column("figure", _("监测值"), width=20), css="col-m"),
    Head(Column("where", _("地域"), width=16), css="col-s"),
    Head(Column("period_text", width=18), Observation, css="col-m"),
    Head(
        Column("basis", format=SHORT, width=10, value=lambda row: row.get_basis_display()),
        Observation,
        css="col-s",
    ),
    Head(Column("origin", _("来源"), width=36)),
    Head(
        Column("state", _("状态"), format=SHORT, value=lambda row: row.get_state_display()),
        css="col-m",
    ),
    Head(Column("value", _("数值"), format=NUMBER, width=14), css="number col-s", shown=False),
    Head(
        Column("measure", _("计量单位"), width=12, value=at("indicator.measure")),
        css="col-s",
        shown=False,
    ),
    Head(Column("starts_on", format=DATE, width=13), Observation, css="col-s", shown=False),
    Head(Column("ends_on", format=DATE, width=13), Observation, css="col-s", shown=False),
    Head(Column("filer", _("填报单位"), width=24), css="col-m", shown=False),
    Head(Column("note", width=30), Observation, shown=False),
)
OBSERVATION_LIST = register(ListOf("tasks:observations", _("监测值"), OBSERVATIONS))
