"""配合情况: what own units tell, the form of one, and what the lead does with it."""

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks import policy
from tasks.forms.reports import ProgressForm
from tasks.forms.signing import ContributionForm, SendBackForm, VersionForm
from tasks.models import Contribution, Period, Responsibility
from tasks.services import contributions
from tasks.services.evidence import FIELD, attach_all
from tasks.views import evidence
from tasks.views.filling import SUBMIT
from tracker.lib import workdays
from tracker.lib.pages import page_of
from tracker.lib.stale import Stale
from tracker.lib.workdays import Quarter
from units.models import User
from units.web import person

WITH_ALL = ("responsibility__task__plan", "responsibility__unit", "responsibility__side", "period")


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What the person's units tell in the open periods; what is not told yet first."""
    user, today = person(request), workdays.today()
    every = contributions.parts(user, today)
    context = {
        "page": page_of(every, request),
        "total": len(every),
        "todo": sum(part.is_open for part in every),
        "today": today,
    }
    return render(request, "tasks/contributions.html", context)


def desk_part(user: User, today: datetime.date) -> dict[str, Any]:
    """On the workbench: how many parts are still to be told, and the first day by which."""
    waiting = [part for part in contributions.parts(user, today) if part.is_open]
    due = min((part.due_on for part in waiting), default=None)
    return {"number": len(waiting), "due_on": due}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int, quarter: str) -> HttpResponse:
    """The form for one cooperating responsibility and one quarter such as 2026Q3."""
    user, now = person(request), workdays.now()
    rows = policy.scope(user, "contribution.edit").select_related("task__plan", "unit", "side")
    side: Responsibility = get_object_or_404(rows, pk=pk)
    period = _period(side, quarter)
    row = Contribution.objects.filter(responsibility=side, period=period).first()
    if request.method != "POST":
        return _page(request, user, side, period, row, ContributionForm.of(row))
    form = ContributionForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, user, side, period, row, form, status=422)
    hand_in, files = request.POST.get("action") == SUBMIT, form.cleaned_data[FIELD]
    try:
        contributions.save(
            side,
            period,
            form.cleaned_data["text"],
            by=user,
            now=now,
            version=form.cleaned_data["version"] or 0,
            submit=hand_in,
            attach=lambda saved: attach_all(saved, files, by=user, now=now),
        )
    except Stale as error:
        messages.error(request, error.messages[0])
        fresh = Contribution.objects.filter(responsibility=side, period=period).first()
        data = request.POST.copy()
        data["version"] = str(fresh.version if fresh else 0)
        return _page(request, user, side, period, fresh, ContributionForm(data), status=409)
    except ValidationError as error:
        _take(form, error)
        return _page(request, user, side, period, row, form, status=422)
    done = _("已反馈给牵头单位。") if hand_in else _("已保存草稿，尚未反馈。")
    messages.success(request, done)
    return redirect("tasks:contributions" if hand_in else request.path)


def _period(side: Responsibility, text: str) -> Period:
    try:
        quarter = Quarter.parse(text)
    except ValueError as error:
        raise Http404(str(error)) from error
    period: Period = get_object_or_404(Period.objects.of(quarter), plan=side.task.plan_id)
    return period


def _take(form: Any, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, found in error.message_dict.items():
        form.add_error(name if name in form.fields else None, found)


def _page(
    request: HttpRequest,
    user: User,
    side: Responsibility,
    period: Period,
    row: Contribution | None,
    form: ContributionForm,
    *,
    status: int = 200,
) -> HttpResponse:
    part = contributions.Part(side, period, row)
    refusal = contributions.why_not(side, period, workdays.today())
    before = Contribution.objects.told().filter(responsibility=side).exclude(period=period)
    context = {
        "side": side,
        "task": side.task,
        "period": period,
        "row": row,
        "part": part,
        "form": form,
        "is_open": part.is_open and not refusal,
        "refusal": refusal if part.is_open else "",
        "may_recall": row is not None and policy.can(user, "contribution.recall", row),
        "before": before.order_by("-period__year", "-period__quarter").first(),
        "leads": [lead.unit for lead in side.task.responsibilities.leads().select_related("unit")],
        "today": workdays.today(),
    }
    if row is not None:
        context |= evidence.context_of(row, user)
    return render(request, "tasks/contribution.html", context, status=status)


def _read(user: User, pk: int) -> Contribution:
    rows = policy.scope(user, "contribution.view").select_related(*WITH_ALL)
    row: Contribution = get_object_or_404(rows, pk=pk)
    return row


@require_POST
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was told."""
    user = person(request)
    row = _read(user, pk)
    form = VersionForm(request.POST)
    if form.is_valid():
        row.version = form.cleaned_data["version"]
    try:
        contributions.recall(row, by=user, now=workdays.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("已撤回，可以修改后重新反馈。"))
    return redirect("tasks:contribution", row.responsibility_id, row.period.code)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it in the lead's report; the rest of the form, sent along, is saved with it."""
    user, now = person(request), workdays.now()
    row = _read(user, pk)
    lead = contributions.lead_for(row, user)
    if lead is None:
        raise Http404
    typed = ProgressForm(request.POST) if "progress" in request.POST else None
    entry = version = None
    back = reverse("tasks:report", args=[lead.pk, row.period.code])
    if typed is not None:
        if not typed.is_valid():
            messages.error(request, _("请先更正填写的内容，再采纳配合情况。"))
            return redirect(back)
        entry, version = typed.entry, typed.cleaned_data["version"] or 0
    try:
        contributions.take(row, lead, by=user, now=now, entry=entry, version=version)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        told = _("%(unit)s的配合情况已写入进展情况，请核对。")
        messages.success(request, told % {"unit": row.responsibility.unit})
    return redirect(back)


@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead asks for more."""
    user = person(request)
    row = _read(user, pk)
    lead = contributions.lead_for(row, user)
    if lead is None:
        raise Http404
    form = SendBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填写退回理由。"))
        return redirect("tasks:report", lead.pk, row.period.code)
    row.version = form.cleaned_data["version"]
    reason = form.cleaned_data["reason"]
    try:
        contributions.send_back(row, reason=reason, by=user, now=workdays.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("已退回%(unit)s。") % {"unit": row.responsibility.unit})
    return redirect("tasks:report", lead.pk, row.period.code)
