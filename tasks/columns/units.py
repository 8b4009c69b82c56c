"""The columns of the list of units."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tracker.lib.columns import DATE, SHORT, WHOLE, Cell, Column
from tracker.lib.lists import Head, ListOf, at, register
from tracker.lib.text import listed


def _place(row: Any) -> Cell:
    return str(row.unit.jurisdiction or _("中央单位"))


def _lights(row: Any) -> Cell:
    return listed(f"{word.light.shape} {word.label} {n}" for word, n in row.figures.lights)


def _kind(row: Any) -> Cell:
    return str(row.unit.get_kind_display())


def _successor(row: Any) -> Cell:
    return str(row.unit.successor or "")


NAME = (
    Column("place", _("辖区"), width=14, value=_place),
    Column("unit", _("单位"), width=30),
)
UNITS = (
    Head(Column("unit", _("单位")), fixed=True, css="title", parts=NAME),
    Head(
        Column("kind", _("性质"), format=SHORT, width=16, value=_kind),
        css="nowrap",
    ),
    Head(Column("sides", _("协调办公室"), width=34, value=lambda row: listed(row.sides))),
    Head(Column("figures.leads", _("牵头"), format=WHOLE, width=9), css="number"),
    Head(Column("lights", _("牵头事项的灯"), width=40, value=_lights)),
    Head(Column("figures.cooperates", _("配合"), format=WHOLE, width=13), css="number"),
    Head(Column("figures.people", _("账号"), format=WHOLE, width=11)),
    Head(
        Column("successor", _("承接单位"), width=26, value=_successor),
        shown=False,
    ),
    Head(
        Column(
            "succeeded_on",
            _("承接日期"),
            format=DATE,
            width=13,
            value=at("unit.succeeded_on"),
        ),
        css="nowrap",
        shown=False,
    ),
)
UNIT_LIST = register(ListOf("tasks:units", _("单位清单"), UNITS))
