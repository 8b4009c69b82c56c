"""The progress form of a lead unit, and the page of one report."""

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tasks import policy
from tasks.forms.reports import ProgressForm
from tasks.models import Period, ProgressReport, Responsibility
from tasks.services import desk, progress
from tasks.services.progress import ROWS, words_of
from tasks.views.compare import Comparison, compare, report_before
from tasks.views.filling import SUBMIT, as_typed, clash, office_name, saved_mark
from tasks.views.queue import judging
from tracker.lib import workdays
from tracker.lib.stale import Stale
from tracker.lib.workdays import Quarter
from units.models import User
from units.web import person

DESK = "desk"  # where the form that was sent stood, and where the person goes on


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int, quarter: str) -> HttpResponse:
    """The form for one lead responsibility and one quarter such as 2026Q4."""
    user, now = person(request), workdays.now()
    side = get_object_or_404(
        policy.scope(user, "report.edit").select_related("task__plan", "unit", "side"), pk=pk
    )
    asked = _quarter(quarter)
    period = Period.objects.of(asked).filter(plan=side.task.plan_id).first()
    refusal = desk.why_not(side, asked, period, now.date())
    if period is None or refusal:
        context = {"side": side, "quarter": asked, "refusal": refusal}
        return render(request, "tasks/fill_closed.html", context, status=404)
    filed = ProgressReport.objects.filter(responsibility=side, period=period).first()
    if request.method != "POST":
        if filed is not None and not filed.is_editable:
            return redirect("tasks:view_report", filed.pk)
        return _page(request, user, side, period, ProgressForm.of(filed))
    return _write(request, user, side, period, now)


def _quarter(text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise Http404(str(error)) from error


def _write(
    request: HttpRequest,
    user: User,
    side: Responsibility,
    period: Period,
    now: datetime.datetime,
) -> HttpResponse:
    form = ProgressForm(request.POST)
    hand_in = request.POST.get("action") == SUBMIT
    if not form.is_valid():
        return _page(request, user, side, period, form, status=422)
    service = progress.submit if hand_in else progress.save_draft
    version = form.cleaned_data["version"] or 0
    try:
        saved = service(side, period, form.entry, by=user, now=now, version=version)
    except Stale:
        return _stale(request, user, side, period)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, user, side, period, form, status=422)
    return redirect(_after(request, saved, hand_in) + saved_mark(request))


def _after(request: HttpRequest, saved: ProgressReport, hand_in: bool) -> str:
    """Says what was done; returns the page where the person goes on."""
    side = saved.responsibility
    if not hand_in:
        messages.success(request, _("已保存草稿，尚未提交。"))
        return request.path
    names = {"task": side.task.title, "office": _office(side)}
    if request.POST.get("from") == DESK:
        messages.success(request, _("“%(task)s”已提交至%(office)s。") % names)
        return reverse("home")
    messages.success(request, _("已提交至%(office)s。") % names)
    return reverse("tasks:view_report", args=[saved.pk])


def _stale(request: HttpRequest, user: User, side: Responsibility, period: Period) -> HttpResponse:
    """Show both texts."""
    newer = ProgressReport.objects.select_related("filled_by").get(
        responsibility=side, period=period
    )
    form = ProgressForm(as_typed(request, newer))
    told = clash(newer, user, form, ProgressForm.of(newer))
    return _page(request, user, side, period, form, status=409, told=told)


def _page(
    request: HttpRequest,
    user: User,
    side: Responsibility,
    period: Period,
    form: ProgressForm,
    *,
    status: int = 200,
    told: dict[str, Any] | None = None,
) -> HttpResponse:
    told = told or {"theirs": {}}
    filed = ProgressReport.objects.filter(responsibility=side, period=period).first()
    before = report_before(user, side, period)
    context = {
        "form": form,
        "fields": [
            {
                "field": form[name],
                "before": words_of(before, name),
                "theirs": told["theirs"].get(name),
            }
            for name in ROWS
        ],
        "side": side,
        "task": side.task,
        "period": period,
        "report": filed,
        "before": before,
        "office": _office(side),
        "today": workdays.today(),
        "due_on": desk.Duty(side, period, filed).due_on,
        **told,
    }
    return render(request, "tasks/fill.html", context, status=status)


def _office(side: Responsibility) -> str:
    """Who receives this side's reports."""
    return office_name(side.task.plan_id, side.side_id)


@require_safe
def view_report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report beside the one before it."""
    user = person(request)
    found = get_object_or_404(reports_with_all(user), pk=pk)
    context = report_context(user, compare(user, found))
    side = found.responsibility
    if context["may_edit"] and found.is_reported:
        context["more"] = [d for d in desk.duties(user, workdays.today()) if d.is_open]
    context["may_fill"] = (
        context["may_edit"]
        and found.is_editable
        and not desk.why_not(side, found.period.as_quarter, found.period, workdays.today())
    )
    return render(request, "tasks/view_report.html", context)


def reports_with_all(user: User) -> Any:
    """The reports that the person may see, with what a page shows of them."""
    return policy.scope(user, "report.view").select_related(
        "period",
        "responsibility__task__plan",
        "responsibility__unit",
        "responsibility__side",
        "filled_by",
        "submitted_by",
        "reviewed_by",
    )


def report_context(user: User, comparison: Comparison) -> dict[str, Any]:
    """What the page of a report and the review queue both show."""
    found = comparison.report
    side = found.responsibility
    return {
        "comparison": comparison,
        "report": found,
        "side": side,
        "task": side.task,
        "office": _office(side),
        "may_edit": policy.can(user, "report.edit", side),
        "may_review": policy.can(user, "report.review", found),
        "show_reason": bool(found.return_reason) and policy.can(user, "reason.view", found),
        **judging(found, approve="tasks:approve", send_back="tasks:return", filer=side.unit),
    }
