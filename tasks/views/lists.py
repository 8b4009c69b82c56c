"""The list of tasks, and the same as a workbook."""

import datetime
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks import columns, policy
from tasks.filters import TaskFilter
from tasks.models import Task
from tasks.services.urge_things import MOST_TICKED
from tasks.views.filter_bar import TaskBar
from tasks.views.rows import TaskRow, hides_progress, rows_of
from tasks.views.saved_views import chips_of
from tracker.lib import workdays
from tracker.lib.htmx import render_page_or_part
from tracker.lib.lists import Head, words_of
from tracker.lib.pages import page_of
from units.models import User
from units.services.exports import Export, part_of
from units.views import exports
from units.views.columns import columns_of, picked
from units.web import person


class Listing:
    """The tasks that the filters of an address choose."""

    def __init__(self, request: HttpRequest) -> None:
        self.user, self.today = person(request), workdays.today()
        visible: Any = policy.scope(self.user, "task.view")
        self.tasks: Any = visible.for_list(self.today)
        self.filters = TaskFilter(request.GET, self.tasks, request=request, today=self.today)
        self.valid = bool(self.filters.is_valid())

    @cached_property
    def keys(self) -> Any:
        """The numbers of the tasks, in order."""
        found = self.filters.qs if self.valid else self.tasks.none()
        return found.values_list("pk", flat=True)

    def rows(self, keys: Iterable[int]) -> list[TaskRow]:
        """What is shown of these tasks, in their order; a constant number of queries."""
        judged = judged_on(keys, self.filters) if self.valid else None
        return rows_of(self.user, in_order(self.tasks, keys), self.today, judged)

    def telling(self, heads: Iterable[Head]) -> Callable[[list[int]], list[TaskRow]]:
        """What tells of some of them in a workbook with these columns."""
        return teller(self.user, self.filters, heads, self.today)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Tasks by filters; `?light=…&search=…` holds them, so that the address can be passed on."""
    found = Listing(request)
    # Numbers first, then their rows: what a row shows is not worked out for the pages before.
    page = page_of(found.keys, request)
    rows = found.rows(list(page.object_list))
    context = {
        "form": found.filters.form,
        "bar": TaskBar(found.filters, found.user),
        **columns_of(request, columns.TASK_LIST, excel="tasks:list_excel"),
        "page": page,
        "rows": rows,
        "hides_progress": hides_progress(rows),
        "today": found.today,
        "may_urge": policy.reviews(found.user),
        "most_ticked": MOST_TICKED,
        **chips_of(request, "tasks:list"),
    }
    return render_page_or_part(request, "tasks/list.html", "tasks/_list.html", context)


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The same rows and columns, whole."""

    def make() -> Export:
        found = Listing(request)
        if not found.valid:
            raise ValidationError(_("筛选条件有误，请更正后再导出。"))
        heads = picked(request, columns.TASK_LIST, found.user)
        part = part_of(found.keys, found.telling(heads))
        return Export(columns.TASK_LIST, heads, [part], words_of(found.filters.form))

    return exports.excel(request, columns.TASK_LIST, make)


def teller(
    user: User, filters: Any, heads: Iterable[Head], today: datetime.date
) -> Callable[[list[int]], list[TaskRow]]:
    """What tells of some tasks, by their numbers, in a workbook with these columns."""
    names = {head.key for head in heads}
    visible: Any = policy.scope(user, "task.view")
    tasks = visible.for_book(cooperating="cooperating" in names, implements="implements" in names)

    def tell(some: list[int]) -> list[TaskRow]:
        found, judged = in_order(tasks, some), judged_on(some, filters)
        return rows_of(user, found, today, judged, reasons="reason" in names)

    return tell


def in_order(tasks: Any, keys: Iterable[int]) -> list[Task]:
    """The tasks of these numbers, in their order."""
    place = {key: n for n, key in enumerate(keys)}
    return sorted(tasks.filter(pk__in=place), key=lambda task: place[task.pk])


def judged_on(keys: Iterable[int], filters: Any) -> set[int] | None:
    """The sides of these tasks that the filters are about; None where no side is chosen."""
    sides = filters.sides()
    if sides is None:
        return None
    return set(sides.filter(task__in=list(keys)).values_list("pk", flat=True))
