"""代填: the form with which an office enters a report for a unit."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tasks import policy
from tasks.forms.signing import ProxyForm
from tasks.models import Period, ProgressReport, Responsibility
from tasks.services import desk, proxy
from tasks.services.progress import ROWS
from tasks.views.filling import office_name
from tracker.lib import workdays
from tracker.lib.workdays import Quarter
from units.models import User
from units.web import person


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, pk: int, quarter: str) -> HttpResponse:
    """A report of a lead on the office's own side, for a quarter such as 2026Q3."""
    user, now = person(request), workdays.now()
    rows = policy.scope(user, "report.enter").select_related("task__plan", "unit", "side")
    side: Responsibility = get_object_or_404(rows, pk=pk)
    try:
        asked = Quarter.parse(quarter)
    except ValueError as error:
        raise Http404(str(error)) from error
    period = Period.objects.of(asked).filter(plan=side.task.plan_id).first()
    refusal = desk.why_not(side, asked, period, now.date())
    if period is None or refusal:
        context = {"side": side, "quarter": asked, "refusal": refusal}
        return render(request, "tasks/fill_closed.html", context, status=404)
    known = policy.scope(user, "report.view").filter(responsibility=side, period=period).first()
    if request.method != "POST":
        if known is not None and not known.is_editable:
            return redirect("tasks:view_report", known.pk)
        return _page(request, side, period, ProxyForm.of_report(known))
    form = ProxyForm(request.POST)
    if form.is_valid():
        done = _enter(form, side, period, user)
        if done is not None:
            told = _("已代%(unit)s填报，待本办公室其他人员审核。")
            messages.success(request, told % {"unit": side.unit})
            return redirect("tasks:view_report", done.pk)
    return _page(request, side, period, form, status=422)


def _enter(
    form: ProxyForm, side: Responsibility, period: Period, user: User
) -> ProgressReport | None:
    """The report; None after a refusal that now stands in the form."""
    data = form.cleaned_data
    try:
        return proxy.enter(
            side,
            period,
            form.entry,
            reason=data["reason"],
            by=user,
            now=workdays.now(),
            version=data["version"] or 0,
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _page(
    request: HttpRequest,
    side: Responsibility,
    period: Period,
    form: ProxyForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "fields": [form[name] for name in ROWS],
        "side": side,
        "task": side.task,
        "period": period,
        "office": office_name(side.task.plan_id, side.side_id),
        "today": workdays.today(),
        "due_on": period.due_on,
    }
    return render(request, "tasks/proxy.html", context, status=status)
