"""Books from the web: ask for one, watch it being made, stop it, take the files."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports import policy
from reports.forms.runs import RunForm
from reports.models import ReportFile, ReportRun
from reports.services import ending
from reports.services import runs as service
from reports.states import FileKind
from tasks.models import Plan
from tracker.lib.htmx import render_page_or_part
from tracker.lib.pages import page_of
from tracker.lib.text import clean_text
from units.models import User
from units.services import audit
from units.web import person

PAGE_SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: HttpRequest) -> HttpResponse:
    """The form and the past runs; POST asks for a book and goes to its page."""
    user = person(request)
    if request.method != "POST":
        return _runs_page(request, user, RunForm(user=user, initial=_chosen(request)))
    form = RunForm(request.POST, user=user)
    if not form.is_valid():
        return _runs_page(request, user, form, status=422)
    try:
        run = service.request_run(**form.wanted, by=user)
    except ValidationError as error:
        form.add_error(None, error)
        return _runs_page(request, user, form, status=422)
    except PermissionDenied as error:
        form.add_error(None, str(error) or _("您无权生成该报表。"))
        return _runs_page(request, user, form, status=403)
    return redirect("reports:run", run.pk)


def _chosen(request: HttpRequest) -> dict[str, Any]:
    """The quarter and the plan that the address names are chosen in the form."""
    plan = Plan.objects.filter(code=clean_text(request.GET.get("plan", ""))).first()
    return {"quarter": request.GET.get("quarter", ""), "plan": plan}


def _runs_page(
    request: HttpRequest, user: User, form: RunForm, *, status: int = 200
) -> HttpResponse:
    seen = policy.scope(user, "run.view").select_related("lead_unit", "requested_by")
    rows = seen.prefetch_related("plans").order_by("-pk")
    context = {"form": form, "page": page_of(rows, request, PAGE_SIZE)}
    return render(request, "reports/runs.html", context, status=status)


@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: its progress while it is made, then its files. htmx asks for the part alone."""
    user = person(request)
    found = get_object_or_404(
        policy.scope(user, "run.view").select_related("lead_unit", "requested_by", "cancelled_by"),
        pk=pk,
    )
    files = _files_of(user, found)
    context: dict[str, Any] = {
        "run": found,
        "files": files,
        "gone": any(not file.is_there for file in files),
        "may_manage": policy.can(user, "run.manage", found),
    }
    return render_page_or_part(request, "reports/run.html", "reports/_run.html", context)


def _files_of(user: User, run: ReportRun) -> list[ReportFile]:
    """The files that the person may take, the whole bundle first."""
    order = [FileKind.ARCHIVE, FileKind.SUMMARY, FileKind.UNIT]
    files = policy.scope(user, "file.view").filter(run=run).order_by("order")
    return sorted(files, key=lambda file: order.index(FileKind(file.kind)))


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a run that waits or is made."""
    user = person(request)
    found = get_object_or_404(policy.scope(user, "run.manage"), pk=pk)
    try:
        ending.cancel(found, by=user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    return redirect("reports:run", found.pk)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Make anew what failed, was cancelled, or whose files are gone."""
    user = person(request)
    found = get_object_or_404(policy.scope(user, "run.manage"), pk=pk)
    try:
        found = ending.run_again(found, by=user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    return redirect("reports:run", found.pk)


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file as an attachment under its own name; each taking is on record."""
    user = person(request)
    found: ReportFile = get_object_or_404(policy.scope(user, "file.view"), pk=pk)
    if found.removed_at is not None:
        words = {"day": timezone.localtime(found.removed_at).date().isoformat()}
        raise Http404(_("文件已于%(day)s按保存期限清理，请重新生成。") % words)
    try:
        content = found.full_path.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("文件已不在服务器上，请重新生成。")) from error
    if request.method == "GET":
        audit.record("report_file.download", found, by=user, after={"sha256": found.sha256})
    return FileResponse(content, as_attachment=True, filename=found.name, content_type=found.mime)
