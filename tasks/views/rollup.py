"""汇总: sides of tasks counted by plan, action, side, unit or place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks.filters.rollup import RollupFilter
from tasks.models import Action, Period, Plan, PlanSide, Responsibility
from tasks.services import rollup
from tasks.services.periods import latest_open_quarter
from tasks.services.rollup import By, Group, Line, Rollup
from tasks.views.filter_bar import QUARTERS_OFFERED, FilterBar
from tracker.lib import workdays
from tracker.lib.htmx import render_page_or_part
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Unit
from units.web import person


class RollupBar(FilterBar):
    always = ("plan", "side", "quarter")
    elsewhere = ("by",)

    def narrow(self) -> None:
        """Sides of plans, and quarters that are periods."""
        plan, sides = self.cleaned.get("plan"), PlanSide.objects.all()
        if plan is not None:
            sides = sides.filter(plan=plan)
        fields = self.form.fields
        fields["side"].queryset = Jurisdiction.objects.filter(pk__in=sides.values("jurisdiction"))
        rows = Period.objects.order_by("-year", "-quarter").values_list("year", "quarter")
        quarters = [Quarter(*row) for row in rows.distinct()[:QUARTERS_OFFERED]]
        fields["quarter"].widget = forms.Select(
            choices=[("", _("最近开放的"))] + [(str(q), q.label) for q in quarters]
        )


@dataclass(frozen=True)
class Figure:
    """A count, and the list of what it counts where there is one."""

    number: int
    url: str = ""


@dataclass(frozen=True)
class Row:
    """A line in the order of the table's columns."""

    line: Line
    words: list[Figure]
    states: list[Figure]


@dataclass(frozen=True)
class Rows:
    """A group with its lines; a last one for all of them, where there are several."""

    label: str
    about: str
    url: str
    rows: list[Row]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`?by=` plan, action, side, unit or jurisdiction."""
    user, today = person(request), workdays.today()
    filters = RollupFilter(request.GET, Responsibility.objects.leads(), request=request)
    bar = RollupBar(filters)
    by = By(filters.given.get("by") or By.PLAN) if bar.valid else By.PLAN
    context: dict[str, Any] = {
        "form": filters.form,
        "bar": bar,
        "by": by,
        "choices": By.choices,
        "today": today,
    }
    if bar.valid:
        plan = filters.given.get("plan")
        made = rollup.build(
            user,
            by,
            today=today,
            quarter=filters.given.get("quarter") or latest_open_quarter(today),
            plan=plan,
            place=filters.given.get("side"),
        )
        context |= {
            "rollup": made,
            "groups": [_rows(made, group, plan) for group in made.groups],
            "whole": [_row(made, line, None, None) for line in _with_total(made.lines, made.total)],
        }
    return render_page_or_part(request, "tasks/rollup.html", "tasks/_rollup.html", context)


def _with_total(lines: Sequence[Line], total: Line) -> list[Line]:
    return [*lines, total] if len(lines) > 1 else list(lines)


def _rows(made: Rollup, group: Group, plan: Plan | None) -> Rows:
    label, about, url = _head(group.row)
    lines = _with_total(group.lines, group.total)
    return Rows(label, about, url, [_row(made, line, group, plan) for line in lines])


def _head(row: Any) -> tuple[str, str, str]:
    """What a group is called, what it belongs to, where it stands."""
    match row:
        case None:
            return _("不属任何一方"), "", ""
        case Plan():
            return row.name, "", reverse("tasks:plan", args=[row.code])
        case Action():
            return str(row), row.plan.name, ""
        case Unit():
            return row.name, "", reverse("tasks:unit", args=[row.pk])
    return str(row.name), "", ""


def _row(made: Rollup, line: Line, group: Group | None, plan: Plan | None) -> Row:
    asked = _asked(made, line, group, plan)
    return Row(
        line,
        [_figure(line.words[word], asked, light=word.value) for word in made.words],
        [_figure(line.states[state], asked, state=state.value) for state in made.states],
    )


def _asked(
    made: Rollup, line: Line, group: Group | None, plan: Plan | None
) -> dict[str, str] | None:
    """The task list's filters that find exactly these sides; None where none do.

    The list tells of today, so of a closed quarter's figures it has none.
    """
    row = group.row if group else None
    if isinstance(row, Plan | Action):
        plan = row if isinstance(row, Plan) else row.plan
    if plan is None or line.side is None or plan.pk in made.sealed:
        return None
    if not isinstance(row, Plan | Action | Unit):
        return None
    asked = {"plan": plan.code, "jurisdiction": line.side.code}
    if isinstance(row, Action):
        asked["action"] = str(row.pk)
    if isinstance(row, Unit):
        asked["lead_unit"] = str(row.pk)
    return asked


def _figure(number: int, asked: dict[str, str] | None, **more: str) -> Figure:
    if not number or asked is None:
        return Figure(number)
    return Figure(number, f"{reverse('tasks:list')}?{urlencode({**asked, **more})}")
