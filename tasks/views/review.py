"""The coordinators' queue: read, approve, return with a reason."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import policy
from tasks.forms import ReturnForm
from tasks.models import ProgressReport
from tasks.services import progress
from tasks.views.compare import compare
from tasks.views.fill import report_context, reports_with_all
from tracker.lib import workdays
from units.models import User
from units.web import person


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Reports that wait for the person; `?report=` chooses the one that is shown."""
    user = person(request)
    return _page(request, user, request.GET.get("report", ""))


def waiting_for(user: User) -> QuerySet[ProgressReport]:
    """Reports that the person may judge now, longest waiting first."""
    reports: QuerySet[ProgressReport] = policy.scope(user, "report.review")
    return reports.select_related(
        "period", "responsibility__task__plan", "responsibility__unit"
    ).order_by("submitted_at", "pk")


def _page(
    request: HttpRequest,
    user: User,
    chosen: str,
    *,
    form: ReturnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    waiting = list(waiting_for(user))
    numbers = [str(report.pk) for report in waiting]
    context: dict[str, Any] = {"waiting": waiting, "today": workdays.today()}
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
    following = _following(user, pk)
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
    following = _following(user, pk)
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


def _following(user: User, pk: int) -> str:
    """The queue at the report after this one."""
    numbers = list(waiting_for(user).values_list("pk", flat=True))
    page = reverse("tasks:review")
    if pk in numbers and (after := numbers[numbers.index(pk) + 1 :]):
        return f"{page}?report={after[0]}"
    return page
