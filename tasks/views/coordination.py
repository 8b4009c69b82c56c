"""协调答复, and a report beside another that reads like it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import policy
from tasks.forms.coordination import AnswerForm
from tasks.services import coordination
from tasks.services.checks import Shingles
from tasks.views.compare import mark
from tasks.views.fill import report_page, reports_with_all
from tracker.lib import workdays
from units.web import person


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer what the unit asks for; the report's page shows it."""
    user = person(request)
    found = get_object_or_404(reports_with_all(user), pk=pk)
    if not policy.can(user, "report.answer", found):
        raise PermissionDenied
    form = AnswerForm(request.POST)
    if form.is_valid():
        seen, found.version = found.version, form.cleaned_data["version"]
        try:
            coordination.answer(found, form.cleaned_data["answer"], by=user, now=workdays.now())
        except ValidationError as error:
            found.version = seen
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("已答复，填报单位可以看到。"))
            return redirect("tasks:view_report", pk)
    return report_page(request, pk, status=422, answer_form=form)


@require_safe
def beside(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Two texts of one quarter side by side; what both have is marked."""
    rows = reports_with_all(person(request))
    report, like = get_object_or_404(rows, pk=pk), get_object_or_404(rows, pk=other)
    context = {
        "report": report,
        "like": like,
        "task": report.responsibility.task,
        "percent": Shingles(report.progress).alike(Shingles(like.progress)),
        "sides": [
            (report, mark(like.progress, report.progress)),
            (like, mark(report.progress, like.progress)),
        ],
    }
    return render(request, "tasks/beside.html", context)
