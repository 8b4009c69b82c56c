"""审签: what waits for the signer, what may be done about one report, the sheet to sign."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tasks import policy
from tasks.forms.signing import AddFilesForm, PaperForm, RefuseForm, VersionForm
from tasks.models import ProgressReport
from tasks.services import evidence, signing
from tasks.services.entry import ROWS, label_of, words_of
from tasks.services.signing_rules import version_code
from tasks.states import ReportState
from tasks.views.fill import ask_page, report_page
from tasks.views.fill_writing import ASK, is_news, noticed
from tasks.views.filling import office_name
from tracker.lib import workdays
from tracker.lib.pages import page_of
from units.models import Unit, User
from units.web import person

WITH_ALL = (
    "period",
    "responsibility__task__plan",
    "responsibility__unit",
    "responsibility__side",
    "filled_by",
    "sign_asked_by",
    "signed_by",
)
FORMS: dict[str, type[VersionForm]] = {
    "ask": VersionForm,
    "sign": VersionForm,
    "refuse": RefuseForm,
    "paper": PaperForm,
    "unsign": VersionForm,
    "add-files": AddFilesForm,
    "hand-in": VersionForm,
}
DONE = {
    "ask": gettext_lazy("已送审签。"),
    "sign": gettext_lazy("已审签，可以提交。"),
    "refuse": gettext_lazy("已退回填报人。"),
    "paper": gettext_lazy("审签单已上传，可以提交。"),
    "unsign": gettext_lazy("已取消审签，可以修改；改后须重新审签。"),
    "add-files": gettext_lazy("已添加佐证材料；内容有变，须重新审签。"),
    "hand-in": gettext_lazy("已提交。"),
}


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What was sent to the person as 审签人."""
    user = person(request)
    page = page_of(signing.waiting_for(user).select_related(*WITH_ALL), request)
    context = {"page": page, "today": workdays.today()}
    return render(request, "tasks/signing.html", context)


@require_POST
def act(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """One step of the way to a signature; 404 for a report of another unit."""
    user = person(request)
    if kind not in FORMS:
        raise Http404
    report: ProgressReport = get_object_or_404(
        policy.scope(user, "report.view").select_related(*WITH_ALL), pk=pk
    )
    form = FORMS[kind](request.POST, request.FILES)
    if form.is_valid():
        if kind == ASK and policy.can(user, "report.ask_sign", report):
            flags = noticed(report, workdays.now())
            if is_news(flags, request.POST.get("confirmed", "")):
                return ask_page(request, report, flags, ASK)
        report.version = form.cleaned_data["version"]
        try:
            done = _do(kind, report, form.cleaned_data, user)
        except ValidationError as error:
            _take(form, error)
        else:
            messages.success(request, str(DONE[kind]))
            return redirect(_next(done, user))
    return _again(request, pk, kind, form)


def _do(kind: str, report: ProgressReport, data: dict[str, Any], user: User) -> ProgressReport:
    now = workdays.now()
    if kind == "refuse":
        return signing.refuse(report, reason=data["reason"], by=user, now=now)
    if kind == "paper":
        return signing.sign_on_paper(report, data["evidence"], code=data["code"], by=user, now=now)
    if kind == "add-files":
        return signing.add_files(report, data["evidence"], by=user, now=now)
    plain = {
        "ask": signing.ask,
        "sign": signing.sign,
        "unsign": signing.unsign,
        "hand-in": signing.hand_in,
    }
    return plain[kind](report, by=user, now=now)


def _take(form: VersionForm, error: ValidationError) -> None:
    """Show a service's errors beside the fields that they are about."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, found in error.message_dict.items():
        form.add_error(name if name in form.fields else None, found)


def _next(report: ProgressReport, user: User) -> str:
    """Where the person goes on: who signs to the next one, who takes it back to the form."""
    if report.state == ReportState.DRAFT and report.sign_asked_at is None:
        others = signing.waiting_for(user)
        if others.exists():
            return reverse("tasks:signing")
        return reverse("tasks:report", args=[report.responsibility_id, report.period.code])
    return reverse("tasks:view_report", args=[report.pk])


def _again(request: HttpRequest, pk: int, kind: str, form: VersionForm) -> HttpResponse:
    """The page of the report, with what was wrong."""
    return report_page(request, pk, status=422, signing_forms={kind: form})


@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The 审签单: the text with its version code, to print and sign."""
    user = person(request)
    rows = policy.scope(user, "report.ask_sign").select_related(*WITH_ALL)
    report: ProgressReport = get_object_or_404(rows, pk=pk)
    side = report.responsibility
    context = {
        "report": report,
        "side": side,
        "task": side.task,
        "office": office_name(side.task.plan_id, side.side_id),
        "code": version_code(report),
        "texts": [(label_of(name), words_of(report, name)) for name in ROWS],
        "files": evidence.seen_with(report, user),
        "today": workdays.today(),
    }
    return render(request, "tasks/sign_sheet.html", context)


@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether a unit's reports are signed before they go out."""
    user = person(request)
    unit: Unit = get_object_or_404(policy.scope(user, "signing.set"), pk=pk)
    value = request.POST.get("value") == "on"
    signing.set_required(unit, value=value, by=user)
    told = _("%(unit)s的进展报送前须经审签。") if value else _("%(unit)s的进展无须审签。")
    messages.success(request, told % {"unit": unit})
    return redirect("tasks:unit", unit.pk)
