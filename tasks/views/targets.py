"""Targets by plan, each beside what has been observed; and all observations."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks import columns, policy
from tasks.models import Observation, Target
from units.web import person


@dataclass(frozen=True)
class TargetRow:
    """A target with the observations of its indicator and place, newest first."""

    target: Target
    observations: list[Observation]


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """`?plan=` narrows it to a plan; a plan that does not exist gets a sentence."""
    user = person(request)
    plans = list(policy.scope(user, "plan.view"))
    code = request.GET.get("plan", "")
    chosen = [plan for plan in plans if plan.code == code or not code]
    targets = (
        policy.scope(user, "target.view")
        .filter(plan__in=chosen)
        .select_related("indicator", "place", "unit", "task")
    )
    seen = observed()
    grouped: dict[int, list[TargetRow]] = defaultdict(list)
    for target in targets:
        grouped[target.plan_id].append(TargetRow(target, seen[key_of(target)]))
    context = {
        "heads": columns.TARGETS,
        "plans": [(plan, grouped[plan.pk]) for plan in chosen],
        "all_plans": plans,
        "code": code,
        "error": "" if chosen else _("没有这个方案，请从列表中选择。"),
        "observations": Observation.objects.select_related("indicator", "place", "document"),
    }
    return render(request, "tasks/targets.html", context)


def observed() -> dict[tuple[int, Any], list[Observation]]:
    """All observations by indicator and place, newest first."""
    found: dict[tuple[int, Any], list[Observation]] = defaultdict(list)
    for row in Observation.objects.select_related("indicator", "document"):
        found[key_of(row)].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (str(row.ends_on or ""), row.order), reverse=True)
    return found


def key_of(row: Target | Observation) -> tuple[int, Any]:
    """The same indicator in the same place: by its code, else by its name."""
    return row.indicator_id, row.place_id or row.place_name
