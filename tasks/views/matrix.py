"""The matrix of tasks and quarters."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks import policy
from tasks.filters.matrix import BY_ACTION, MatrixFilter
from tasks.models import Period, Plan, Responsibility, Task
from tasks.services import matrix
from tasks.services.matrix import Matrix, Row
from tasks.services.matrix_shapes import Filing
from tasks.services.notices import report_subject
from tasks.services.urge_things import MOST_TICKED
from tasks.states import LATE_WORDS, LightWord
from tasks.views.filter_bar import FilterBar
from tracker.lib import workdays
from tracker.lib.htmx import render_page_or_part
from tracker.lib.pages import page_of
from units.models import Jurisdiction, Unit, User
from units.web import person

OWED = (Filing.MISSING, Filing.RETURNED)  # may be urged
ROWS_SHOWN = 200  # sides of tasks on a page; totals are of all


class MatrixBar(FilterBar):
    always = ("plan", "side", "unit", "first", "last")
    elsewhere = ("group",)
    plan: Plan | None = None

    def narrow(self) -> None:
        """The plan's sides, the units that lead in it, its quarters."""
        self.plan = self.filters.plan_chosen()
        fields = self.form.fields
        if self.plan is None:
            return
        leads = Responsibility.objects.leads().filter(task__plan=self.plan)
        fields["side"].queryset = Jurisdiction.objects.filter(pk__in=leads.values("side"))
        fields["unit"].queryset = Unit.objects.filter(pk__in=leads.values("unit"))
        periods: Any = self.plan.periods
        quarters = [period.as_quarter for period in periods.order_by("year", "quarter")]
        for name, anything in (("first", _("近8个季度")), ("last", _("最近"))):
            choices = [("", anything)] + [(str(q), q.label) for q in reversed(quarters)]
            fields[name].widget = forms.Select(choices=choices)
        data = self.form.data.copy()
        data.setdefault("plan", self.plan.code)
        self.form.data = data


@dataclass(frozen=True)
class TaskRows:
    """A task with its sides, one beneath the other."""

    task: Task
    rows: list[Row]


@dataclass(frozen=True)
class Group:
    """An action, or a unit, with its tasks."""

    title: str
    tasks: list[TaskRows]


@dataclass(frozen=True)
class Foot:
    """A row of totals: a light's word, or a count in words."""

    label: str
    figures: list[str]
    word: LightWord | None = None


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """One plan's tasks by quarter; `?group=unit` puts them by unit."""
    user, today = person(request), workdays.today()
    filters = MatrixFilter(request.GET, Responsibility.objects.leads(), request=request)
    bar = MatrixBar(filters)
    plan = bar.plan
    context: dict[str, Any] = {"form": filters.form, "bar": bar, "plan": plan, "today": today}
    context["may_urge"] = policy.reviews(user)
    context["most_ticked"] = MOST_TICKED
    if bar.valid and plan is not None:
        whole, periods = _built(user, plan, filters, today)
        shown = page_of(whole.rows, request, ROWS_SHOWN)
        context |= {
            "opening": None if periods else matrix.next_opening(plan, today),
            "page": shown,
            "periods": periods,
            "period_heads": whole.heads,
            "groups": _groups(shown, by_unit=filters.by_unit),
            "group": filters.given.get("group") or BY_ACTION,
            "feet": _feet(whole),
            "words": _words(whole),
        }
    return render_page_or_part(request, "tasks/matrix.html", "tasks/_matrix.html", context)


def _built(
    user: User, plan: Plan, filters: MatrixFilter, today: datetime.date
) -> tuple[Matrix, list[Period]]:
    order = ("unit__order", "unit", "task__number") if filters.by_unit else ("task__number",)
    sides = filters.qs.filter(task__plan=plan).order_by(*order, "order")
    periods = matrix.periods_of(plan, *filters.quarters)
    return matrix.build(user, plan, sides, periods, today), periods


def keys_to_urge(request: HttpRequest, query: QueryDict) -> list[str]:
    """The reports that are missing or returned, of all rows that the filters choose."""
    filters = MatrixFilter(query, Responsibility.objects.leads(), request=request)
    bar = MatrixBar(filters)
    if not bar.valid or bar.plan is None:
        return []
    whole, _periods = _built(person(request), bar.plan, filters, workdays.today())
    return [
        report_subject(row.side.pk, cell.period.code)
        for row in whole.rows
        for cell in row.cells
        if row.close and not cell.kept and not cell.period.closed_on and cell.filing in OWED
    ]


def _groups(rows: Iterable[Row], *, by_unit: bool) -> list[Group]:
    def title(row: Row) -> str:
        return str(row.side.unit if by_unit else row.side.task.action)

    return [
        Group(
            name,
            [
                TaskRows(sides[0].side.task, sides)
                for _key, some in groupby(of_group, key=lambda row: row.side.task_id)
                if (sides := list(some))
            ],
        )
        for name, of_group in groupby(rows, key=title)
    ]


def _words(whole: Matrix) -> list[LightWord]:
    """The words that occur, for the legend, worst first; 逾期 and 期满未办结 always."""
    found = {cell.word for row in whole.rows for cell in row.cells}
    return [word for word in LightWord if word in found or word in LATE_WORDS]


def _feet(whole: Matrix) -> list[Foot]:
    """Totals by quarter: lights, then reports as far as the reader is told."""
    totals = whole.totals
    feet = [
        Foot(str(word.label), [str(total.words[word]) for total in totals], word)
        for word in _words(whole)
    ]
    if any(row.close for row in whole.rows):
        # 已审核 is told of both sides, the others of the reader's own alone.
        own = any(total.expected_close != total.expected for total in totals)
        labels = (
            (_("已报（本方）"), _("已退回（本方）"), _("未报（本方）"))
            if own
            else (_("已报"), _("已退回"), _("未报"))
        )
        feet.append(Foot(labels[0], [f"{t.reported}/{t.expected_close}" for t in totals]))
        feet.append(Foot(labels[1], [str(t.returned) for t in totals]))
        feet.append(Foot(labels[2], [str(t.missing) for t in totals]))
    if any(row.visible for row in whole.rows):
        feet.append(Foot(_("已审核"), [f"{t.approved}/{t.expected}" for t in totals]))
    return feet
