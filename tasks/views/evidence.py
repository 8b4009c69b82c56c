"""佐证材料: put with a row, taken as an attachment, taken away."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tasks import policy
from tasks.models import Evidence
from tasks.models.evidence import OWNERS
from tasks.policy.evidence import owners_read
from tasks.services import evidence
from tracker.lib import workdays
from tracker.lib.uploads import ACCEPT, content_type
from units.models import User
from units.web import person


def context_of(owner: models.Model, user: User) -> dict[str, Any]:
    """What `tasks/_evidence.html` shows of the row's files."""
    may_attach = evidence.may_attach(owner, user)
    files = evidence.seen_with(owner, user)
    kind = evidence.owner_kind(owner)
    taken = policy.scope(user, "evidence.edit").filter(**{kind: owner}) if may_attach else None
    return {
        "files": files,
        "removable": set(taken.values_list("pk", flat=True)) if taken is not None else set(),
        "upload_url": reverse("tasks:evidence_add", args=[kind, owner.pk]) if may_attach else "",
        "may_attach": may_attach,
        "accept": ACCEPT,
        "evidence_limit": settings.EVIDENCE_MAX_MB,
    }


def fields_for_files(owner: models.Model | None, user: User) -> dict[str, Any]:
    """The same inside a form that is being filled in, whose row may not be there yet."""
    if owner is None:
        return {"files": [], "accept": ACCEPT, "evidence_limit": settings.EVIDENCE_MAX_MB}
    return context_of(owner, user)


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as an attachment under its own name; each taking is on record."""
    user = person(request)
    found: Evidence = get_object_or_404(policy.scope(user, "evidence.view"), pk=pk)
    try:
        content = found.full_path.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("文件已不在服务器上，请联系系统管理员。")) from error
    if request.method == "GET":
        evidence.record_download(found, by=user)
    sent = FileResponse(
        content, as_attachment=True, filename=found.name, content_type=content_type(found.kind)
    )
    sent["X-Content-Type-Options"] = "nosniff"
    return sent


@require_POST
def add(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Put files with a row that is there already."""
    user = person(request)
    if kind not in OWNERS:
        raise Http404
    owner = get_object_or_404(owners_read(user, kind), pk=pk)
    uploads = request.FILES.getlist(evidence.FIELD)
    if not uploads:
        messages.error(request, _("请选择要上传的文件。"))
        return redirect(_back(request))
    try:
        rows = evidence.attach_all(owner, uploads, by=user, now=workdays.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(_back(request))
    sentence = ngettext("已上传%(count)d个文件。", "已上传%(count)d个文件。", len(rows))
    messages.success(request, sentence % {"count": len(rows)})
    return redirect(_back(request))


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file away."""
    user = person(request)
    found: Evidence = get_object_or_404(policy.scope(user, "evidence.view"), pk=pk)
    evidence.detach(found, by=user)
    messages.success(request, _("已删除“%(name)s”。") % {"name": found.name})
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The page of this site from which it was sent."""
    to = request.POST.get("next", "")
    own = to.startswith("/") and url_has_allowed_host_and_scheme(to, None)
    return to if own else reverse("home")
