"""The progress form of a lead unit, and the page of one report."""

import datetime
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tasks import policy
from tasks.forms.coordination import AnswerForm
from tasks.forms.reports import ProgressForm
from tasks.models import Period, ProgressReport, Responsibility
from tasks.services import contributions, desk, periods
from tasks.services.checks import Flag
from tasks.services.entry import ROWS, Entry, words_of
from tasks.services.review_queue import flags_of
from tasks.services.seals import seals_of
from tasks.services.signing_rules import must_be_asked
from tasks.views import report_notes, signed
from tasks.views.compare import Comparison, compare, report_before
from tasks.views.evidence import fields_for_files
from tasks.views.fill_writing import (
    ASK,
    AUTOSAVE,
    CARRY,
    THEIRS,
    Filing,
    Unconfirmed,
    carried,
    is_about_files,
    picked,
    sent_as,
    token_of,
)
from tasks.views.filling import SUBMIT, as_typed, clash, office_name, saved_mark
from tasks.views.queue import judging
from tasks.views.signed import SigningForms
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
    filing = Filing.of(request, side, period, by=user, now=now)
    if filing.action == THEIRS:
        messages.success(request, _("已保留对方保存的内容；您填写的没有保存。"))
        return redirect(request.path + saved_mark(request))
    if filing.action.startswith(CARRY):
        data = carried(request.POST, filing.action, report_before(user, side, period))
        return _page(request, user, side, period, ProgressForm(data))
    newest = ProgressReport.objects.filter(responsibility=side, period=period).first()
    form = ProgressForm(picked(request.POST, newest))
    if filing.action == AUTOSAVE:
        return _autosave(filing, form)
    if not form.is_valid():
        return _page(request, user, side, period, form, status=422)
    try:
        saved = filing.send(form)
    except Unconfirmed as noticed:
        return ask_page(request, noticed.saved, noticed.flags, filing.action)
    except Stale:
        return _stale(request, user, side, period)
    except ValidationError as error:
        wrong_files = error.messages if is_about_files(error) else []
        form.add_error(None, wrong_files or error)
        more = {"evidence_errors": wrong_files}
        return _page(request, user, side, period, form, status=422, more=more)
    return redirect(_after(request, saved, filing.action) + saved_mark(request))


def _autosave(filing: Filing, form: ProgressForm) -> JsonResponse:
    """What the page's script is told: the new version, or why nothing was saved."""
    try:
        if not form.is_valid():
            raise ValidationError([str(text) for found in form.errors.values() for text in found])
        saved = filing.save(form)
    except ValidationError as error:
        status = 409 if isinstance(error, Stale) else 422
        return JsonResponse({"told": " ".join(error.messages)}, status=status)
    time = localtime(saved.updated_at).strftime("%H:%M")
    told = _("已保存 %(time)s") % {"time": time}
    return JsonResponse({"version": saved.version, "told": told})


def ask_page(
    request: HttpRequest, saved: ProgressReport, flags: list[Flag], action: str
) -> HttpResponse:
    """请核对: what was noticed, and whether to go on all the same. The draft is saved."""
    side = saved.responsibility
    context = {
        "report": saved,
        "side": side,
        "task": side.task,
        "period": saved.period,
        "office": _office(side),
        "action": action,
        "warned": flags_of(person(request), saved, flags),
        "sent": {name: sent_as(value) for name, value in asdict(Entry.of(saved)).items()},
        "confirmed": token_of(flags),
        "from": request.POST.get("from", ""),
        "kept": request.POST.get("kept", ""),
    }
    return render(request, "tasks/fill_check.html", context)


def _after(request: HttpRequest, saved: ProgressReport, action: str) -> str:
    """Says what was done; returns the page where the person goes on."""
    side = saved.responsibility
    if action == ASK:
        messages.success(request, _("已送审签，审签后即可提交。"))
        return reverse("tasks:view_report", args=[saved.pk])
    if action != SUBMIT:
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
    more: dict[str, Any] | None = None,
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
        "must_ask": must_be_asked(side, user),
        "kind": periods.kind_of(side, period, workdays.today()),
        "answers": contributions.answers_for(user, side, period),
        **fields_for_files(filed, user),
        **told,
        **(more or {}),
    }
    return render(request, "tasks/fill.html", context, status=status)


def _office(side: Responsibility) -> str:
    """Who receives this side's reports."""
    return office_name(side.task.plan_id, side.side_id)


@require_safe
def view_report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report beside the one before it."""
    return report_page(request, pk)


def report_page(
    request: HttpRequest,
    pk: int,
    *,
    status: int = 200,
    signing_forms: SigningForms | None = None,
    answer_form: AnswerForm | None = None,
) -> HttpResponse:
    """The page of a report, perhaps with a form on it that went wrong."""
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
    context["seal"] = next(iter(seals_of([found.period])), None)
    context |= signed.context_of(user, found, signing_forms)
    if answer_form is not None:
        context["answer_form"] = answer_form
    return render(request, "tasks/view_report.html", context, status=status)


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
        "signed_by",
        "sign_asked_by",
        "answered_by",
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
        **report_notes.context_of(user, found),
        **judging(found, approve="tasks:approve", send_back="tasks:return", filer=side.unit),
    }
