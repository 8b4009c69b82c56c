"""Plans, and a plan with its actions, tasks and targets."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tasks import columns, policy
from tasks.models import Action, PlanSide, Task
from tasks.states import LATE_WORDS, LightWord
from tasks.views.rows import TaskRow, hides_progress, rows_of
from tracker.lib import workdays
from tracker.lib.pages import page_of
from units.web import person

SIDES = Prefetch("sides", PlanSide.objects.select_related("jurisdiction", "office"))


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All plans with counts of tasks, targets and lights."""
    user, today = person(request), workdays.today()
    plans = (
        policy.scope(user, "plan.view")
        .select_related("implements", "jurisdiction", "region")
        .prefetch_related(SIDES)
        .annotate(
            task_count=Count("tasks", distinct=True), target_count=Count("targets", distinct=True)
        )
        .order_by("pk")
    )
    page = page_of(plans, request)
    lights = light_counts(user, today, [plan.pk for plan in page])
    context = {
        "page": page,
        "rows": [(plan, lights[plan.pk]) for plan in page],
        "today": today,
        "may_add": policy.scope(user, "plan.add").exists(),
    }
    return render(request, "tasks/plans.html", context)


def light_counts(
    user: Any, today: datetime.date, plans: Iterable[int] | None = None
) -> dict[int, list[tuple[LightWord, int]]]:
    """For each tracked plan its lights: 逾期 and 期满未办结 always, others where there are any."""
    visible: Any = policy.scope(user, "task.view")
    if plans is not None:
        visible = visible.filter(plan__in=plans)
    ranks = (
        visible.exclude(plan__tracked_from="")
        .with_light(today)
        .order_by()
        .values_list("plan_id", "light_rank")
        .annotate(n=Count("pk"))
    )
    counted: dict[int, Counter[int]] = defaultdict(Counter)
    for plan, rank, n in ranks:
        if rank is not None:
            counted[plan][rank] = n
    shown: dict[int, list[tuple[LightWord, int]]] = defaultdict(list)
    for plan, ranked in counted.items():
        shown[plan] = [(w, ranked[w.rank]) for w in LightWord if w in LATE_WORDS or ranked[w.rank]]
    return shown


@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """A plan: its actions with their tasks, its targets."""
    user, today = person(request), workdays.today()
    plan = get_object_or_404(
        policy.scope(user, "plan.view")
        .select_related("implements", "jurisdiction", "region", "document")
        .prefetch_related(SIDES, "implemented_by"),
        code=code,
    )
    visible: Any = policy.scope(user, "task.view")
    tasks: list[Task] = list(visible.filter(plan=plan).for_list(today))
    rows = rows_of(user, tasks, today)
    context = {
        "today": today,
        "plan": plan,
        "heads": columns.TASKS_IN_ORDER,
        "actions": by_action(rows),
        "hides_progress": hides_progress(rows),
        "lights": light_counts(user, today, [plan.pk])[plan.pk],
        "targets": plan.targets.select_related("indicator", "unit", "place"),
        "may_edit": policy.can(user, "plan.edit", plan),
        "may_add": policy.scope(user, "plan.add").exists(),
        "sees_assessment": policy.scope(user, "assessment.view").filter(task__plan=plan).exists(),
    }
    return render(request, "tasks/plan.html", context)


def by_action(rows: list[TaskRow]) -> list[tuple[Action, list[TaskRow]]]:
    grouped: dict[Action, list[TaskRow]] = defaultdict(list)
    for row in rows:
        grouped[row.task.action].append(row)
    return sorted(grouped.items(), key=lambda pair: pair[0].number)
