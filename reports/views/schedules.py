"""Schedules from the web: the list, a new one, its next days and last runs, changed, stopped."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports import policy
from reports.forms.schedules import ScheduleForm, ScopeForm
from reports.models import ReportMail, ReportRun, ReportSchedule
from reports.services import mails, schedule_days
from reports.services import schedules as service
from reports.services.schedules import Scope
from reports.states import BookKey, MailState
from tracker.lib.pages import page_of
from tracker.lib.workdays import today
from units.web import person

PAGE_SIZE = 20
RUNS_SHOWN = 5
WITH = ("plan", "lead_unit", "office", "made_by")


@require_safe
def schedules(request: HttpRequest) -> HttpResponse:
    """The schedules that the person may see."""
    rows = policy.scope(person(request), "schedule.view").select_related(*WITH)
    dead = Count("runs__mails", filter=Q(runs__mails__state=MailState.DEAD))
    counted = rows.annotate(dead=dead).prefetch_related("recipients").order_by("-is_on", "-pk")
    context = {"page": page_of(counted, request, PAGE_SIZE)}
    return render(request, "reports/schedules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """First which book of what; then when and to whom."""
    user = person(request)
    is_sent = request.method == "POST"
    data = request.POST if is_sent else request.GET
    scope_form = ScopeForm(data if is_sent or "plan" in data else None, user=user)
    if not scope_form.is_bound or not scope_form.is_valid():
        return _scope_page(request, scope_form, 422 if is_sent else 200)
    scope = scope_form.scope
    try:
        people = service.readers_for(scope, by=user)
    except (PermissionDenied, ValidationError) as error:
        scope_form.add_error(None, str(error) if isinstance(error, PermissionDenied) else error)
        return _scope_page(request, scope_form, 403)
    form = ScheduleForm(people, request.POST if is_sent else None, initial={"workdays": 5})
    if is_sent and form.is_valid():
        try:
            made = service.create(scope, form.text, by=user, today=today())
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, _("已保存，到期自动生成并发送。"))
            return redirect("reports:schedule", made.pk)
    context = {"form": form, "scope": scope, "book": BookKey(scope.book).label}
    return render(request, "reports/schedule_form.html", context, status=422 if is_sent else 200)


def _scope_page(request: HttpRequest, form: ScopeForm, status: int) -> HttpResponse:
    return render(request, "reports/schedule_new.html", {"form": form}, status=status)


@require_safe
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """What it says, its next three days, and what became of the last runs and mails."""
    user = person(request)
    found = get_object_or_404(
        policy.scope(user, "schedule.view").select_related(*WITH).prefetch_related("recipients"),
        pk=pk,
    )
    context = {
        "schedule": found,
        "days": schedule_days.next_days(found, today=today()),
        "runs": _last_runs(found),
        "dead": mails.with_names(ReportMail.objects.dead().filter(run__schedule=found)),
        "may_keep": policy.can(user, "schedule.keep", found),
    }
    return render(request, "reports/schedule.html", context)


def _last_runs(schedule: ReportSchedule) -> list[ReportRun]:
    mails = ReportMail.objects.select_related("recipient").order_by("recipient")
    rows = schedule.runs.prefetch_related(Prefetch("mails", mails)).order_by("-pk")
    return list(rows[:RUNS_SHOWN])


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another day, other people: from then on the book is what this person may have."""
    user = person(request)
    found: ReportSchedule = get_object_or_404(
        policy.scope(user, "schedule.keep").select_related(*WITH), pk=pk
    )
    scope = Scope(found.book, found.plan, found.lead_unit)
    try:
        people = service.readers_for(scope, by=user, office=found.office)
    except PermissionDenied as error:
        messages.error(request, str(error))
        return redirect("reports:schedule", found.pk)
    is_sent = request.method == "POST"
    initial = {**vars(service.text_of(found)), "version": found.version}
    form = ScheduleForm(people, request.POST if is_sent else None, initial=initial)
    if is_sent and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            service.change(found, form.text, version=version, by=user, today=today())
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, _("已保存。"))
            return redirect("reports:schedule", found.pk)
    context = {"form": form, "scope": scope, "book": found.get_book_display(), "schedule": found}
    return render(request, "reports/schedule_form.html", context, status=422 if is_sent else 200)


@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it, or begin again."""
    user = person(request)
    found = get_object_or_404(policy.scope(user, "schedule.keep"), pk=pk)
    is_on = request.POST.get("on") == "1"
    service.switch(found, is_on=is_on, by=user, today=today())
    messages.success(request, _("已启用。") if is_on else _("已停用。"))
    return redirect("reports:schedule", found.pk)


@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send again the mails of a schedule that were given up."""
    user = person(request)
    found = get_object_or_404(policy.scope(user, "schedule.keep"), pk=pk)
    rows = ReportMail.objects.dead().filter(run__schedule=found)
    number = sum(mails.resend(mail, by=user) for mail in rows)
    if number:
        messages.success(request, _("已将%(number)d封邮件重新排队发送。") % {"number": number})
    else:
        messages.error(request, _("没有发送失败的邮件。"))
    return redirect("reports:schedule", found.pk)
