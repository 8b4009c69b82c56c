"""The list of tasks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tasks import columns, policy
from tasks.filters import TaskFilter
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
        "rows": rows_of(user, page, today),
        "today": today,
    }
    return render_page_or_part(request, "tasks/list.html", "tasks/_list.html", context)
