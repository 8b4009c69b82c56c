"""What the person's units report in the quarters now open: on the workbench and whole."""

import datetime
from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks.services import desk
from tasks.states import ReportState
from tracker.lib import workdays
from tracker.lib.pages import page_of
from units.models import User
from units.web import person


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Own lead tasks of the open periods, what is still to be filed first."""
    user, today = person(request), workdays.today()
    duties = sorted(desk.duties(user, today), key=lambda duty: (not duty.is_open, duty.urgency))
    context = {
        "today": today,
        "page": page_of(duties, request),
        "todo": sum(duty.is_open for duty in duties),
        "next": None if duties else desk.next_opening(user, today),
    }
    return render(request, "tasks/mine.html", context)


def officer_part(user: User, today: datetime.date) -> dict[str, Any]:
    """Own reports of the open periods: what is to be done, and counts of the rest."""
    duties = desk.duties(user, today)
    states = Counter(duty.state for duty in duties if not duty.is_sent_back)
    return {
        "todo": [duty for duty in duties if duty.is_open],
        "total": len(duties),
        "none": states[None],
        "drafts": states[ReportState.DRAFT],
        "returned": sum(duty.is_sent_back for duty in duties),
        "submitted": states[ReportState.SUBMITTED] + states[ReportState.SIGNED],
        "approved": states[ReportState.APPROVED],
        "next": None if duties else desk.next_opening(user, today),
    }
