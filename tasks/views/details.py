"""The page of one task: its story in one look."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tasks import columns, policy
from tasks.models import Period, ProgressReport, Responsibility, Task
from tasks.services import desk
from tasks.views.rows import SideCell, TaskRow, rows_of
from tracker.lib import workdays
from units.models import User
from units.web import person

QUARTERS_AT_FIRST = 6


@dataclass(frozen=True)
class QuarterStory:
    """What the sides whose progress the person may see have reported for a quarter."""

    period: Period
    entries: list[tuple[SideCell, ProgressReport | None]]


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    user, today = person(request), workdays.today()
    visible: Any = policy.scope(user, "task.view")
    task: Task = get_object_or_404(visible.for_list(today), pk=pk)
    (row,) = rows_of(user, [task], today)
    beneath = list(visible.filter(implements=task).for_list(today))
    above = list(visible.filter(implemented_by=task).for_list(today))
    related = {r.task.pk: r for r in rows_of(user, [*beneath, *above], today)}
    quarters = quarters_of(user, row, today)
    context = {
        "today": today,
        "task": task,
        "heads": columns.TASKS_IN_ORDER,
        "row": row,
        "cooperating": by_side(task.cooperating),
        "beneath": [related[t.pk] for t in beneath],
        "above": [related[t.pk] for t in above],
        "quarters": quarters[:QUARTERS_AT_FIRST],
        "earlier": quarters[QUARTERS_AT_FIRST:],
        "sees_progress": any(cell.visible for cell in row.sides),
        "targets": task.targets.select_related("indicator", "place", "unit"),
        "duties": [d for d in desk.duties(user, today) if d.side.task_id == task.pk and d.is_open],
    }
    return render(request, "tasks/detail.html", context)


def quarters_of(user: User, row: TaskRow, today: datetime.date) -> list[QuarterStory]:
    """The quarters opened so far, newest first, with the reports that the person may see."""
    cells = [cell for cell in row.sides if cell.visible]
    if not cells:
        return []
    periods = Period.objects.filter(plan=row.task.plan_id, opens_on__lte=today).newest_first()
    reports = {
        (report.period_id, report.responsibility_id): report
        for report in policy.scope(user, "report.view").filter(responsibility__task=row.task)
    }
    return [
        QuarterStory(p, [(cell, reports.get((p.pk, cell.side.pk))) for cell in cells])
        for p in periods
    ]


def by_side(duties: list[Responsibility]) -> list[tuple[str, list[Responsibility]]]:
    """Cooperating units in the text's order, side by side; central bodies have no side."""
    grouped: dict[str, list[Responsibility]] = {}
    for duty in duties:
        grouped.setdefault(str(duty.side or ""), []).append(duty)
    return list(grouped.items())
