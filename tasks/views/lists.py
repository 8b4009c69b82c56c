"""The list of tasks."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tasks import columns, policy
from tasks.filters import TaskFilter
from tasks.models import Task
from tasks.services.urge_things import MOST_TICKED
from tasks.views.filter_bar import TaskBar
from tasks.views.rows import hides_progress, rows_of
from tasks.views.saved_views import chips_of
from tracker.lib import workdays
from tracker.lib.htmx import render_page_or_part
from tracker.lib.pages import page_of
from units.web import person


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Tasks by filters; `?light=…&search=…` holds them, so that the address can be passed on."""
    user, today = person(request), workdays.today()
    visible: Any = policy.scope(user, "task.view")
    tasks = visible.for_list(today)
    filters = TaskFilter(request.GET, tasks, request=request, today=today)
    valid = filters.is_valid()
    # Numbers first, then their rows: what a row shows is not worked out for the pages before.
    page = page_of(filters.qs.values_list("pk", flat=True) if valid else tasks.none(), request)
    page.object_list = in_order(tasks, page.object_list)
    rows = rows_of(user, page, today, judged_on(page, filters) if valid else None)
    context = {
        "form": filters.form,
        "bar": TaskBar(filters, user),
        "heads": columns.TASKS,
        "page": page,
        "rows": rows,
        "hides_progress": hides_progress(rows),
        "today": today,
        "may_urge": policy.reviews(user),
        "most_ticked": MOST_TICKED,
        **chips_of(request, "tasks:list"),
    }
    return render_page_or_part(request, "tasks/list.html", "tasks/_list.html", context)


def in_order(tasks: Any, keys: Iterable[int]) -> list[Task]:
    """The tasks of these numbers, in their order."""
    place = {key: n for n, key in enumerate(keys)}
    return sorted(tasks.filter(pk__in=place), key=lambda task: place[task.pk])


def judged_on(page: Iterable[Task], filters: TaskFilter) -> set[int] | None:
    """The sides on this page that the filters are about; None where no side is chosen."""
    sides = filters.sides()
    if sides is None:
        return None
    return set(sides.filter(task__in=[task.pk for task in page]).values_list("pk", flat=True))
