"""What the person's units report in the quarters now open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks.services import desk
from tracker.lib import workdays
from tracker.lib.pages import page_of
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
