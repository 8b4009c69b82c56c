"""回填表: taken to be filled in offline, and sent in again."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports import policy
from reports.forms.uploads import BatchForm, UploadForm
from reports.models import ReportRun
from reports.policy.uploads import may_send
from reports.returns import form as returns
from reports.returns.shapes import Refused
from reports.services import form_offer, form_packs, upload_batches, uploads
from tracker.lib import workdays
from tracker.lib.excel import XLSX
from tracker.lib.htmx import render_page_or_part, wants_part
from tracker.lib.pages import page_of
from tracker.lib.text import clean_text
from tracker.lib.workdays import Quarter
from units.models import Unit, User
from units.web import person

PAGE_SIZE = 20
MOST_TOLD = 20


@require_http_methods(["GET", "HEAD", "POST"])
def forms(request: HttpRequest) -> HttpResponse:
    """The forms to take, and those sent in; POST sends some and goes to where they are read."""
    user = person(request)
    own = [] if wants_part(request) else form_offer.closed_forms(user, workdays.today())
    closed = form_offer.closed_quarters(user, own)
    if request.method != "POST":
        return _page(request, user, UploadForm(closed=closed), own)
    if not may_send(user):
        raise PermissionDenied
    form = UploadForm(request.POST, request.FILES, closed=closed)
    if not form.is_valid():
        return _page(request, user, form, own, status=422)
    files, chosen = form.cleaned_data["sent"], form.chosen
    try:
        sent = uploads.send(files, by=user, now=workdays.now(), quarter=chosen)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, user, form, own, status=422)
    if len(sent) == 1:
        return redirect("reports:upload", sent[0].pk)
    return redirect(f"{reverse('reports:forms')}?batch={sent[0].batch}")


def _page(
    request: HttpRequest,
    user: User,
    form: UploadForm,
    closed: Sequence[tuple[Quarter, Unit]],
    *,
    status: int = 200,
) -> HttpResponse:
    context = _sent(request, user)
    if not wants_part(request):
        context |= {
            "form": form,
            "offers": form_offer.offers(user, workdays.today()),
            "closed": closed,
        }
    page, part = "reports/forms.html", "reports/_sent.html"
    return render_page_or_part(request, page, part, context, status=status)


def _sent(request: HttpRequest, user: User) -> dict[str, Any]:
    """What was sent in: all that the person sees, or one sending and how far it is."""
    rows = policy.scope(user, "upload.view").select_related("unit", "office", "uploaded_by")
    batch = clean_text(request.GET.get("batch", ""))
    context: dict[str, Any] = {"may_send": may_send(user), "batch": batch}
    if batch:
        named = _as_batch(batch)
        rows = rows.filter(batch=named) if named else rows.none()
        tally = upload_batches.tally(rows)
        context["tally"], context["batch_form"] = tally, BatchForm()
        if named and tally.ready and not tally.busy:
            context["ready"] = upload_batches.waiting(named, by=user)
    order = "pk" if batch else "-pk"
    context["page"] = page_of(rows.defer("content").order_by(order), request, PAGE_SIZE)
    return context


def _as_batch(text: str) -> uuid.UUID | None:
    """The batch that the address names; None for what is no batch's name."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@require_POST
def apply_batch(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Apply what was sent in together; say of each that was left why."""
    user, form = person(request), BatchForm(request.POST)
    rows = upload_batches.waiting(batch, by=user).rows
    if not rows:
        raise Http404
    address = f"{reverse('reports:forms')}?batch={batch}"
    if not form.is_valid():
        for name, sentences in form.errors.items():
            messages.error(request, f"{form.fields[name].label}：{''.join(map(str, sentences))}")
        return redirect(address)
    submit, reason = form.cleaned_data["hand_in"], form.cleaned_data["reason"]
    done = upload_batches.apply_all(rows, submit=submit, reason=reason, by=user, now=workdays.now())
    if done.queued:
        number = len(done.queued)
        sentence = ngettext("%(n)d份正在后台写入。", "%(n)d份正在后台写入。", number)
        messages.info(request, sentence % {"n": number})
    if done.applied:
        number = len(done.applied)
        sentence = ngettext("已写入%(n)d份回填表。", "已写入%(n)d份回填表。", number)
        messages.success(request, sentence % {"n": number})
    for row, why in done.tried[:MOST_TOLD]:
        messages.error(request, _("“%(name)s”没有写入：%(why)s") % {"name": row.name, "why": why})
    if left := len(done.left) - len(done.tried):
        sentence = ngettext("%(n)d份没有写入，原因见下。", "%(n)d份没有写入，原因见下。", left)
        messages.warning(request, sentence % {"n": left})
    return redirect(address)


@require_safe
def form(request: HttpRequest, quarter: str, pk: int) -> HttpResponse:
    """A unit's form for a quarter, filled in as far as known."""
    try:
        return form_file(request, quarter, pk)
    except Refused as error:
        return _refused(request, error)


@require_POST
def all_forms(request: HttpRequest, quarter: str) -> HttpResponse:
    """Have the forms of all units of the person's sides made, in a zip."""
    made = packs_of(person(request), quarter)
    return redirect("reports:run", made[0].pk) if len(made) == 1 else redirect("reports:runs")


def packs_of(user: User, quarter: str) -> list[ReportRun]:
    """The runs that make them; 404 where there is none to make."""
    asked = quarter_or_404(quarter)
    offered = form_offer.offers(user, workdays.today())
    if not any(offer.others for offer in offered if offer.quarter == asked):
        raise Http404
    return form_packs.request(asked, by=user)


def form_file(request: HttpRequest, quarter: str, pk: int) -> HttpResponse:
    """The form as an attachment. Raises Refused where there is nothing to fill in."""
    user, asked = person(request), quarter_or_404(quarter)
    unit = get_object_or_404(policy.scope(user, "form.take"), pk=pk)
    name, content = returns.make(unit, asked, for_user=user, today=workdays.today())
    if request.method == "GET":
        form_offer.record_download(unit, asked, by=user, name=name)
    return attachment(name, content, XLSX)


def quarter_or_404(text: str) -> Quarter:
    """The quarter that an address names."""
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise Http404(str(error)) from error


def attachment(name: str, content: bytes, kind: str) -> HttpResponse:
    """A file to keep, and nothing for anybody on the way."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """Why there is no form, on the page that offers them."""
    messages.error(request, str(error) or _("没有可以填报的内容。"))
    return redirect("reports:forms")
