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
from tasks.services import desk, evidence, periods, proxy, shelf
from tasks.services.entry import ROWS
from tasks.services.review_queue import flags_of
from tasks.views.fill_writing import Unconfirmed, is_news, token_of
from tasks.views.filling import office_name
from tasks.views.plan_edit_pages import add_errors
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
    form = ProxyForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            done = _enter(form, side, period, user, request.POST.get("confirmed", ""))
        except Unconfirmed as found:
            return _page(request, side, period, form, status=422, noticed=found)
        except ValidationError as error:
            add_errors(form, error)
        else:
            told = _("已代%(unit)s填报，待本办公室其他人员审核。")
            messages.success(request, told % {"unit": side.unit})
            return redirect("tasks:view_report", done.pk)
    return _page(request, side, period, form, status=422)


def _enter(
    form: ProxyForm, side: Responsibility, period: Period, user: User, confirmed: str
) -> ProgressReport:
    """The report. Raises Unconfirmed while there are warnings that were not read; nothing stays."""
    data = form.cleaned_data
    with shelf.kept_whole():
        done = proxy.enter(
            side,
            period,
            form.entry,
            reason=data["reason"],
            by=user,
            now=workdays.now(),
            version=data["version"] or 0,
            files=data[evidence.FIELD],
        )
        if is_news(done.flags, confirmed):
            raise Unconfirmed(done, done.flags)
    return done


def _page(
    request: HttpRequest,
    side: Responsibility,
    period: Period,
    form: ProxyForm,
    *,
    status: int = 200,
    noticed: Unconfirmed | None = None,
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
        "kind": periods.kind_of(side, period, workdays.today()),
    }
    if noticed is not None:
        context["warned"] = flags_of(person(request), noticed.saved, noticed.flags)
        context["confirmed"] = token_of(noticed.flags)
    return render(request, "tasks/proxy.html", context, status=status)
