"""The progress form of a lead unit, and the page of one report."""

import datetime
import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tasks import policy
from tasks.forms.reports import ProgressForm, ReturnForm
from tasks.models import Period, PlanSide, ProgressReport, Responsibility
from tasks.services import desk, progress
from tasks.services.progress import TEXTS
from tasks.views.compare import Comparison, compare, report_before
from tracker.lib import workdays
from tracker.lib.stale import Stale
from tracker.lib.workdays import Quarter
from units.models import User
from units.web import person

SUBMIT = "submit"
DESK = "desk"  # where the form that was sent stood, and where the person goes on
KEPT = re.compile(r"[0-9a-z]{1,32}")  # what keep.js calls the text that it keeps


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
    if hand_in and request.POST.get("from") == DESK:
        names = {"task": side.task.title, "office": office_name(side)}
        messages.success(request, _("“%(task)s”已提交至%(office)s。") % names)
        return redirect(reverse("home") + _saved(request))
    if hand_in:
        messages.success(request, _("已提交至%(office)s。") % {"office": office_name(side)})
        return redirect(reverse("tasks:view_report", args=[saved.pk]) + _saved(request))
    messages.success(request, _("已保存草稿，尚未提交。"))
    return redirect(request.path + _saved(request))


def _saved(request: HttpRequest) -> str:
    """Tells the browser, in the address, that the text which it kept is now saved."""
    kept = request.POST.get("kept", "")
    return f"#saved-{kept}" if KEPT.fullmatch(kept) else ""


def _stale(request: HttpRequest, user: User, side: Responsibility, period: Period) -> HttpResponse:
    """Show both texts. The form now rests on the other's version, so saving again is meant."""
    theirs = ProgressReport.objects.select_related("filled_by").get(
        responsibility=side, period=period
    )
    data = request.POST.copy()
    data["version"] = str(theirs.version)
    form = ProgressForm(data)
    return _page(request, user, side, period, form, status=409, theirs=theirs)


def _page(
    request: HttpRequest,
    user: User,
    side: Responsibility,
    period: Period,
    form: ProgressForm,
    *,
    status: int = 200,
    theirs: ProgressReport | None = None,
) -> HttpResponse:
    filed = ProgressReport.objects.filter(responsibility=side, period=period).first()
    before = report_before(user, side, period)
    context = {
        "form": form,
        "fields": _fields(form, before, theirs),
        "side": side,
        "task": side.task,
        "period": period,
        "report": filed,
        "before": before,
        "theirs": theirs,
        "theirs_is_mine": theirs is not None and theirs.filled_by_id == user.pk,
        "office": office_name(side),
        "today": workdays.today(),
        "due_on": desk.Duty(side, period, filed).due_on,
    }
    return render(request, "tasks/fill.html", context, status=status)


def _fields(
    form: ProgressForm, before: ProgressReport | None, theirs: ProgressReport | None
) -> list[dict[str, Any]]:
    """Each text field with last quarter's words and, after a clash, the other's."""
    rows = []
    for name in TEXTS:
        field = form[name]
        other = getattr(theirs, name, "")
        mine = str(field.value() or "").replace("\r\n", "\n").strip()
        rows.append(
            {
                "field": field,
                "before": getattr(before, name, ""),
                "theirs": other if theirs and other != mine else None,
                "clash": theirs is not None and other != mine,
                "length": len(mine),
                "limit": progress.MAX_TEXT,
            }
        )
    return rows


def office_name(side: Responsibility) -> str:
    """Who receives this side's reports."""
    row = (
        PlanSide.objects.select_related("office")
        .filter(plan=side.task.plan_id, jurisdiction=side.side_id)
        .first()
    )
    return row.office.name if row else _("协调办公室")


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
        "office": office_name(side),
        "may_edit": policy.can(user, "report.edit", side),
        "may_review": policy.can(user, "report.review", found),
        "show_reason": bool(found.return_reason) and policy.can(user, "reason.view", found),
        "return_form": ReturnForm(initial={"version": found.version}, auto_id="return_%s"),
    }
