"""A filled-in form that was sent in: how far its reading is, what it changes, applying it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from reports import policy
from reports.forms.uploads import ApplyForm
from reports.models import Upload
from reports.returns.mark import mark
from reports.returns.shapes import Refused
from reports.services import upload_later, uploads
from reports.services.upload_applying import Wish
from reports.services.upload_preview import Preview, preview, sheets_word
from reports.states import UploadState
from reports.views.forms import attachment
from tracker.lib import workdays
from tracker.lib.excel import XLSX
from tracker.lib.excel.slots import Busy
from tracker.lib.htmx import render_page_or_part
from tracker.lib.pages import page_of
from tracker.lib.stale import Stale
from units.models import User
from units.web import person

UNKNOWN = "application/octet-stream"
WAIT = 10  # seconds after which a marked copy is worth another try


@require_safe
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the reading is, then the preview. htmx asks for the part alone."""
    user = person(request)
    return _page(request, user, found_or_404(user, pk))


def found_or_404(user: User, pk: int, verb: str = "upload.view") -> Upload:
    """The row, if the person may do that with it."""
    rows = policy.scope(user, verb).select_related("unit", "office", "uploaded_by", "ended_by")
    found: Upload = get_object_or_404(rows, pk=pk)
    return found


def _page(
    request: HttpRequest,
    user: User,
    row: Upload,
    *,
    form: ApplyForm | None = None,
    status: int | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"upload": row, "form": form}
    context["pages_at"] = reverse("reports:upload", args=[row.pk])  # of the pages of the preview
    if row.state == UploadState.READY:
        try:
            shown = preview(row, by=user, today=workdays.today())
        except Refused as error:
            context["refusal"] = str(error)
        else:
            chosen = request.GET.get("change", "")
            context["preview"], context["chosen"] = shown, chosen
            context["page"] = page_of(shown.listed(chosen), request)
            context["form"] = _renewed(form, shown)
            context["over"] = sheets_word(request.POST.dict()) if form else frozenset()
    page, part = "reports/upload.html", "reports/_upload.html"
    return render_page_or_part(request, page, part, context, status=status)


def _renewed(form: ApplyForm | None, shown: Preview) -> ApplyForm:
    """What was typed, for the preview that is shown now."""
    if form is None:
        return ApplyForm(initial={"seen": shown.seen})
    renewed = ApplyForm({**dict(form.data.items()), "seen": shown.seen})
    renewed.is_valid()
    for name, errors in form.errors.items():
        for sentence in errors:
            renewed.add_error(None if name == "__all__" else name, str(sentence))
    return renewed


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the form says, or say why nothing was written."""
    user = person(request)
    row, form = found_or_404(user, pk), ApplyForm(request.POST)
    if not policy.can(user, "upload.apply", row):
        raise Http404
    if not form.is_valid():
        return _page(request, user, row, form=form, status=422)
    data = form.cleaned_data
    wish = Wish(
        seen=data["seen"],
        over=sheets_word(request.POST.dict()),
        all_over=data["all_over"],
        confirmed=data["confirmed"],
        submit=data["hand_in"],
        reason=data["reason"],
    )
    try:
        done = upload_later.apply_or_queue(row, wish, by=user, now=workdays.now())
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, user, row, form=form, status=409 if isinstance(error, Stale) else 422)
    if done.state == UploadState.APPLIED:
        messages.success(request, told_of(done))
    return redirect("reports:upload", pk)


def told_of(row: Upload) -> str:
    """What was written, in a sentence."""
    written = row.counts.get("written", 0)
    if row.submitted:
        sentence = ngettext("已写入并提交%(n)d项。", "已写入并提交%(n)d项。", written)
    else:
        sentence = ngettext(
            "已写入%(n)d项，存为草稿，尚未提交。", "已写入%(n)d项，存为草稿，尚未提交。", written
        )
    return sentence % {"n": written}


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it up."""
    user = person(request)
    row = found_or_404(user, pk, "upload.apply")
    try:
        uploads.drop(row, by=user, now=workdays.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已作废，没有写入任何内容。"))
    return redirect("reports:upload", pk)


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as it was sent in; each taking is on record."""
    user = person(request)
    row = found_or_404(user, pk)
    try:
        content = row.full_path.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("文件已不在服务器上，请重新上传。")) from error
    if request.method == "GET":
        uploads.record_download(row, by=user)
    sent = FileResponse(content, as_attachment=True, filename=row.name, content_type=UNKNOWN)
    sent["X-Content-Type-Options"] = "nosniff"
    return sent


@require_safe
def marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The file with a comment on each wrong cell."""
    try:
        return marked_copy(request, pk)
    except Busy as error:
        messages.error(request, str(error))
        return redirect("reports:upload", pk)


def marked_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """The same; raises Busy where too many are being made on this machine."""
    user = person(request)
    row = found_or_404(user, pk)
    if row.state != UploadState.READY:
        raise Http404
    try:
        shown = preview(row, by=user, today=workdays.today())
        content = mark(row.full_path, shown.found)
    except (Refused, FileNotFoundError) as error:
        raise Http404(_("不能标注该文件，请重新上传。")) from error
    if request.method == "GET":
        uploads.record_download(row, by=user)
    stem = row.name.removesuffix(".xlsx")
    return attachment(_("%(name)s（标注）") % {"name": stem} + ".xlsx", content, XLSX)
