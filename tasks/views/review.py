"""The coordinators' queue: read, approve, return with a reason."""

import datetime
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import policy
from tasks.forms.reports import ReturnForm
from tasks.models import ProgressReport
from tasks.services import progress
from tasks.views.compare import compare
from tasks.views.fill import report_context, reports_with_all
from tracker.lib import workdays
from tracker.lib.workdays import Quarter
from units.models import User
from units.web import person


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Reports that wait for the person, of `?quarter=` if given; `?report=` is the one shown."""
    user = person(request)
    return _page(request, user, request.GET.get("report", ""))


def waiting_for(user: User, quarter: Quarter | None = None) -> QuerySet[ProgressReport]:
    """Reports that the person may judge now, longest waiting first."""
    reports: QuerySet[ProgressReport] = policy.scope(user, "report.review")
    if quarter is not None:
        reports = reports.filter(period__year=quarter.year, period__quarter=quarter.number)
    return reports.select_related(
        "period", "responsibility__task__plan", "responsibility__unit"
    ).order_by("submitted_at", "pk")


def _quarter(request: HttpRequest) -> Quarter | None:
    """The quarter to which the queue is narrowed; none where the address names no quarter."""
    try:
        return Quarter.parse(request.GET.get("quarter", ""))
    except ValueError:
        return None


@dataclass(frozen=True)
class Waiting:
    """A report in the queue, and for how many working days it has waited."""

    report: ProgressReport
    workdays: int


def _waiting(report: ProgressReport, today: datetime.date) -> Waiting:
    at = report.submitted_at
    day = at.astimezone(workdays.SHANGHAI).date() if at else today
    return Waiting(report, workdays.workdays_between(day, today))


def _page(
    request: HttpRequest,
    user: User,
    chosen: str,
    *,
    form: ReturnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today, quarter = workdays.today(), _quarter(request)
    waiting = [_waiting(report, today) for report in waiting_for(user, quarter)]
    numbers = [str(item.report.pk) for item in waiting]
    context: dict[str, Any] = {"waiting": waiting, "today": today, "quarter": quarter}
    if waiting:
        place = numbers.index(chosen) if chosen in numbers else 0
        found = get_object_or_404(reports_with_all(user), pk=numbers[place])
        context |= report_context(user, compare(user, found))
        context["place"] = place + 1
        context["previous"] = numbers[place - 1] if place else None
        context["next"] = numbers[place + 1] if place + 1 < len(numbers) else None
        if form is not None and chosen == numbers[place]:
            context["return_form"] = form
    return render(request, "tasks/review.html", context, status=status)


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    report = get_object_or_404(reports_with_all(user), pk=pk)
    if not _is_as_read(request, report):
        return _changed(request)
    following = _following(user, pk, _quarter(request))
    try:
        progress.approve(report, by=user, now=workdays.now())
    except ValidationError as error:
        return _refused(request, error)
    messages.success(
        request,
        _("已审核通过：%(unit)s“%(task)s”。")
        % {"unit": report.responsibility.unit, "task": report.responsibility.task.title},
    )
    return redirect(following)


@require_POST
def return_report(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    report = get_object_or_404(reports_with_all(user), pk=pk)
    form = ReturnForm(request.POST, auto_id="return_%s")
    if not form.is_valid():
        return _page(request, user, str(pk), form=form, status=422)
    if not _is_as_read(request, report):
        return _changed(request)
    following = _following(user, pk, _quarter(request))
    try:
        returned = progress.return_report(
            report, reason=form.cleaned_data["reason"], by=user, now=workdays.now()
        )
    except ValidationError as error:
        return _refused(request, error)
    messages.success(
        request,
        _("已退回%(unit)s“%(task)s”，请其%(day)s前重报。")
        % {
            "unit": report.responsibility.unit,
            "task": report.responsibility.task.title,
            "day": returned.redo_by.isoformat() if returned.redo_by else "",
        },
    )
    return redirect(following)


def _is_as_read(request: HttpRequest, report: ProgressReport) -> bool:
    """Nobody may approve a text that they have not seen."""
    return request.POST.get("version") == str(report.version)


def _changed(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("您打开之后，这份进展已有变化，没有作出处理。请重新审阅。"))
    return redirect("tasks:review")


def _refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
    messages.error(request, " ".join(error.messages))
    return redirect("tasks:review")


def _following(user: User, pk: int, quarter: Quarter | None) -> str:
    """The queue, of the quarter if one is chosen, at the report after this one."""
    numbers = list(waiting_for(user, quarter).values_list("pk", flat=True))
    after = numbers[numbers.index(pk) + 1 :] if pk in numbers else []
    asked: dict[str, Any] = {"quarter": quarter} if quarter else {}
    if after:
        asked["report"] = after[0]
    page = reverse("tasks:review")
    return f"{page}?{urlencode(asked)}" if asked else page
