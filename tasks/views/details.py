"""The page of one task: its story in one look, and its history."""

import datetime
from typing import Any

from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tasks import columns, policy
from tasks.models import Responsibility, Task
from tasks.models.attainment import attainments
from tasks.services import contributions, desk, story
from tasks.services.history import History
from tasks.services.tally import tally
from tasks.states import LightWord
from tasks.views import endings, extensions
from tasks.views.assignment_board import block_of
from tasks.views.findings import panel_of as findings_of
from tasks.views.lists import in_order
from tasks.views.rows import hides_progress, rows_of
from tracker.lib import workdays
from tracker.lib.pages import page_of
from units.models import User
from units.policy import standing
from units.web import person

QUARTERS_AT_FIRST = 6
HISTORY = "history"


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The story; with `?tab=history` the history."""
    user, today = person(request), workdays.today()
    visible: Any = policy.scope(user, "task.view")
    task: Task = get_object_or_404(visible.for_list(today), pk=pk)
    shows_history = request.GET.get("tab") == HISTORY
    context = {
        "today": today,
        "task": task,
        "tab": HISTORY if shows_history else "",
        "may_edit": policy.can(user, "plan.edit", task.plan),
        **_to_fill(user, task, today),
    }
    if shows_history:
        (row,) = rows_of(user, [task], today)
        context |= {"row": row, **_history(request, user, task)}
    else:
        context |= _story(request, task, visible, today)
    return render(request, "tasks/detail.html", context)


def _to_fill(user: User, task: Task, today: datetime.date) -> dict[str, Any]:
    """What the person's units still have to report of the task; only they are asked for it."""
    duties: list[desk.Duty] = []
    if _reports_for(user, task.leads):
        duties = desk.duties(user, today)
    parts: list[contributions.Part] = []
    if _reports_for(user, task.cooperating):
        parts = contributions.parts(user, today)
    return {
        "duties": [d for d in duties if d.side.task_id == task.pk and d.is_open],
        "parts": [part for part in parts if part.side.task_id == task.pk],
    }


def _history(request: HttpRequest, user: User, task: Task) -> dict[str, Any]:
    history = History(user, task)
    page = page_of(history.entries(), request)
    return {"page": page, "told": history.tell(page.object_list)}


def _reports_for(user: User, sides: list[Responsibility]) -> bool:
    who = standing(user)
    return who.superuser or any(side.unit_id in who.reporting_units for side in sides)


def _story(request: HttpRequest, task: Task, visible: Any, today: datetime.date) -> dict[str, Any]:
    user = person(request)
    carrying = visible.filter(implements=task)
    page = page_of(carrying.values_list("pk", flat=True), request)
    above = [one.pk for one in task.implements.all()]
    others = in_order(visible.for_list(today), [*page.object_list, *above])
    row, *related = rows_of(user, [task, *others], today)
    told = [cell.side for cell in row.sides if cell.visible]
    reports = story.reports_of(user, task)
    close = {cell.side.pk for cell in row.sides if cell.close}
    quarters = story.quarters_of(task, told, reports, today, close)
    points = story.schedule(task, told, story.reports_in(quarters), today)
    return {
        "heads": columns.TASKS_IN_ORDER,
        "cooperating": by_side(task.cooperating),
        "row": row,
        "beneath": [one for one in related if one.task.pk not in above],
        "beneath_page": page,
        "beneath_lights": light_counts(carrying, today) if page.has_other_pages() else [],
        "above": [one for one in related if one.task.pk in above],
        "charts": story.schedule_charts(points, told),
        "quarters": quarters[:QUARTERS_AT_FIRST],
        "earlier": quarters[QUARTERS_AT_FIRST:],
        "close": close,
        "enters": _entered_for(user, task),
        "sees_progress": bool(told),
        "hides_progress": hides_progress(related),
        "targets": _targets(task, today),
        "contacts": story.contacts_of(user, task),
        **block_of(user, task, today),
        **findings_of(user, task),
        **endings.block_of(user, task),
        **extensions.block_of(user, task),
    }


def _entered_for(user: User, task: Task) -> set[int]:
    """The leads for which the person may enter a report, as their office."""
    if not policy.reviews(user):
        return set()
    rows = policy.scope(user, "report.enter").filter(task=task)
    return set(rows.order_by().values_list("pk", flat=True))


def light_counts(tasks: Any, today: datetime.date) -> list[tuple[LightWord, int]]:
    """How many of the tasks carry which light, worst first."""
    sides: Any = Responsibility.objects.leads().filter(task__in=tasks.order_by().values("pk"))
    lit = sides.with_light(today).order_by().values("task").annotate(least=Min("light_rank"))
    counts = dict(tally(lit.values("least")))
    return [(word, counts[word.rank]) for word in LightWord if counts.get(word.rank)]


def _targets(task: Task, today: datetime.date) -> list[tuple[Any, Any]]:
    """The targets of the task, each with whether it is reached."""
    rows = list(task.targets.select_related("indicator", "place", "unit", "plan__jurisdiction"))
    found = attainments(rows, today)
    return [(target, found[target.pk]) for target in rows]


def by_side(duties: list[Responsibility]) -> list[tuple[str, list[Responsibility]]]:
    """Cooperating units in the text's order, side by side; central bodies have no side."""
    grouped: dict[str, list[Responsibility]] = {}
    for duty in duties:
        grouped.setdefault(str(duty.side or ""), []).append(duty)
    return list(grouped.items())
