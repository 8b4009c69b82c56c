"""The list of tasks."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tasks import columns, policy
from tasks.filters import TaskFilter
from tasks.models import Task
from tasks.views.filter_bar import TaskBar
from tasks.views.rows import rows_of
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
    page = page_of(filters.qs if valid else tasks.none(), request)
    context = {
        "form": filters.form,
        "bar": TaskBar(filters, user),
        "heads": columns.TASKS,
        "page": page,
        "rows": rows_of(user, page, today, judged_on(page, filters) if valid else None),
        "today": today,
    }
    return render_page_or_part(request, "tasks/list.html", "tasks/_list.html", context)


def judged_on(page: Iterable[Task], filters: TaskFilter) -> set[int] | None:
    """The sides on this page that the filters are about; None where no side is chosen."""
    sides = filters.sides()
    if sides is None:
        return None
    return set(sides.filter(task__in=[task.pk for task in page]).values_list("pk", flat=True))
