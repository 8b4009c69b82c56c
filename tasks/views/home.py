"""The workbench: what the person has before them today."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tasks.services.desk import urges
from tasks.services.desk.findings import waiting_for
from tasks.views.inspector import inspector_part
from tasks.views.mine import officer_part
from tasks.views.office import office_part
from tracker.lib import workdays
from units.policy import standing
from units.web import person


@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    user = person(request)
    who, today = standing(user), workdays.today()
    if who.only_reads_office and not request.GET:
        return redirect("tasks:brief")
    context: dict[str, Any] = {
        "today": today,
        "standing": who,
        "findings_waiting": waiting_for(user),
        "urges_waiting": urges.waiting_for(user, today),
    }
    if who.units:
        context["officer"] = officer_part(user, today)
    if who.offices or who.superuser:
        context |= office_part(request, user, today)
    if who.inspected:
        context["inspector"] = inspector_part(request, user, today)
    return render(request, "tasks/home.html", context)
