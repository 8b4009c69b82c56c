"""A sheet of people and contacts: uploaded, looked at, then taken over whole."""

import datetime
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tasks.services import roster, roster_template
from tasks.services.roster_sheet import Entry, read_entries
from tracker.lib import workdays
from tracker.lib.excel import XLSX
from tracker.lib.excel.reader import MAX_BYTES, UnreadableFile
from units.models import User
from units.policy import may_invite
from units.web import person

KEPT = datetime.timedelta(hours=2)  # for how long what was looked at can be taken over
PAGE = "tasks/contacts_import.html"


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The form; what a sheet would do; and doing it."""
    user = person(request)
    if not may_invite(user):
        raise Http404
    if request.method != "POST":
        return render(request, PAGE)
    if "sheet" in request.POST:
        return _apply(request, user)
    return _look(request, user)


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty table to fill in, with the heads that are read."""
    user = person(request)
    if not may_invite(user):
        raise Http404
    response = HttpResponse(roster_template.workbook(workdays.now()), content_type=XLSX)
    name = _("人员和联系人登记表") + ".xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def _look(request: HttpRequest, user: User) -> HttpResponse:
    file: Any = request.FILES.get("file")
    if file is None:
        return _refused(request, _("请选择要上传的 Excel 文件。"))
    try:
        entries = read_entries(file.read(MAX_BYTES + 1))
    except UnreadableFile as error:
        return _refused(request, str(error))
    found = roster.preview(entries, by=user, today=workdays.today())
    lines = [list(asdict(entry).values()) for entry in entries]
    context = {
        "found": found,
        "name": file.name,
        "sheet": signing.dumps(lines, salt=_salt(user), compress=True),
    }
    return render(request, PAGE, context, status=200 if found.is_good else 422)


def _salt(user: User) -> str:
    return f"contacts-import-{user.pk}"


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, PAGE, {"sentence": sentence}, status=422)


def _apply(request: HttpRequest, user: User) -> HttpResponse:
    try:
        lines = signing.loads(request.POST["sheet"], salt=_salt(user), max_age=KEPT)
    except signing.BadSignature:
        return _refused(request, _("预览已过期，请重新上传。"))
    try:
        done = roster.apply([Entry(*line) for line in lines], by=user, now=workdays.now())
    except ValidationError as error:
        return _refused(request, " ".join(error.messages))
    messages.success(
        request,
        _("已更新%(contacts)d项责任的联系人，提出%(requests)d项人员申请，待安全管理员确认。")
        % {"contacts": done.contacts, "requests": done.requests},
    )
    if done.requests:
        query = urlencode({"batch": done.batch})
        return redirect(f"{reverse('units:requests')}?{query}")
    return redirect("tasks:contacts")
