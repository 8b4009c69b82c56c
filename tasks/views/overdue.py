"""What is late: 逾期 and 期满未办结, counted apart."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tasks import columns
from tasks.filters import LateSideFilter
from tasks.models import Responsibility
from tasks.states import LightWord
from tasks.views.filter_bar import LateBar
from tasks.views.rows import SideCell, cells_of
from tracker.lib import workdays
from tracker.lib.htmx import render_page_or_part
from tracker.lib.pages import page_of
from units.models import User
from units.web import person

KINDS = {"overdue": LightWord.OVERDUE, "expired": LightWord.EXPIRED}
HAS_OWN_DATE = Q(due_on__isnull=False) | Q(task__due_on__isnull=False)


@dataclass(frozen=True)
class LateRow:
    """A late side of a task."""

    cell: SideCell
    due: datetime.date
    days: int
    workdays: int

    @property
    def side(self) -> Responsibility:
        return self.cell.side


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    user, today = person(request), workdays.today()
    filters = LateSideFilter(
        request.GET, Responsibility.objects.late(today).with_light(today), request=request
    )
    bar = LateBar(filters)
    sides: Any = filters.qs if bar.valid else filters.queryset.none()
    counts = counts_of(sides)
    kind = request.GET.get("kind") or ("overdue" if counts["overdue"] else "expired")
    chosen = sides.filter(HAS_OWN_DATE) if kind == "overdue" else sides.exclude(HAS_OWN_DATE)
    page = page_of(
        chosen.select_related("task__plan", "unit", "side").order_by(
            "due", "task__plan", "task__number", "order"
        ),
        request,
    )
    context = {
        "today": today,
        "form": filters.form,
        "bar": bar,
        "kind": kind,
        "kinds": [(key, word, counts[key]) for key, word in KINDS.items()],
        "heads": columns.LATE,
        "page": page,
        "rows": late_rows(user, list(page), today),
    }
    return render_page_or_part(request, "tasks/overdue.html", "tasks/_overdue.html", context)


def counts_of(sides: Any) -> dict[str, int]:
    """How many sides are 逾期, and how many 期满未办结."""
    counts: dict[str, int] = sides.order_by().aggregate(
        overdue=Count("pk", filter=HAS_OWN_DATE), expired=Count("pk", filter=~HAS_OWN_DATE)
    )
    return counts


def late_rows(user: User, sides: list[Responsibility], today: datetime.date) -> list[LateRow]:
    """The rows of late sides read with `with_light`; a constant number of queries."""
    cells = cells_of(user, sides, today)
    return [
        LateRow(cells[side.pk], due, (today - due).days, workdays.workdays_between(due, today))
        for side in sides
        if (due := side.due_on_in_force) is not None
    ]
