"""The workbench: what the person has before them today."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks import policy
from tasks.services import desk
from tasks.states import ReportState
from tracker.lib import workdays
from units.models import User
from units.policy import standing
from units.web import person

LATE_SHOWN = 20


@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    user = person(request)
    who, today = standing(user), workdays.today()
    context: dict[str, Any] = {"today": today, "standing": who}
    if who.reporting_units:
        context["officer"] = _officer(user)
    if who.offices or who.superuser:
        context["overviews"] = desk.overviews(user, today)
        context["waiting"] = policy.scope(user, "report.review").count()
    if who.inspected:
        context["inspector"] = _inspector(user)
    return render(request, "tasks/home.html", context)


def _officer(user: User) -> dict[str, Any]:
    """Own reports of the open periods: what is to be done, and counts of the rest."""
    today = workdays.today()
    duties = desk.duties(user, today)
    states = Counter(duty.state for duty in duties)
    return {
        "todo": [duty for duty in duties if duty.is_open],
        "total": len(duties),
        "none": states[None],
        "drafts": states[ReportState.DRAFT],
        "returned": states[ReportState.RETURNED],
        "submitted": states[ReportState.SUBMITTED] + states[ReportState.SIGNED],
        "approved": states[ReportState.APPROVED],
        "next": None if duties else desk.next_opening(user, today),
    }


def _inspector(user: User) -> dict[str, Any]:
    today = workdays.today()
    late = desk.late_sides(user, today)
    return {
        "overdue": sum(side.is_overdue(today) for side in late),
        "expired": sum(side.is_expired(today) for side in late),
        "sides": [
            {"side": side, "word": side.light_word(today), "reason": side.light_reason(today)}
            for side in late[:LATE_SHOWN]
        ],
        "more": max(0, len(late) - LATE_SHOWN),
    }
