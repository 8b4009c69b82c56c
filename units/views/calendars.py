"""节假日安排: the years at hand; a list uploaded, looked at whole, then put in force."""

import datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tracker.lib import workdays
from tracker.lib.excel import XLSX
from tracker.lib.excel.reader import MAX_BYTES, UnreadableFile
from units import policy
from units.forms.calendars import CalendarForm
from units.models import User
from units.services import calendar_sheet, calendars
from units.services.calendars import Day, Preview
from units.web import person

KEPT = datetime.timedelta(hours=2)  # for how long what was looked at can be put in force


def _editor(request: HttpRequest) -> User:
    user = person(request)
    if not policy.edits_calendar(user):
        raise Http404
    return user


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The years at hand and the form; what a sheet would do; and doing it."""
    user = _editor(request)
    if request.method != "POST":
        return _page(request, CalendarForm())
    if "list" in request.POST:
        return _apply(request, user)
    form = CalendarForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    return _look(request, user, form)


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The table to fill in."""
    _editor(request)
    year = workdays.today().year + 1
    response = HttpResponse(calendar_sheet.workbook(year, workdays.now()), content_type=XLSX)
    name = _("%(year)d年节假日安排") % {"year": year} + ".xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def _page(
    request: HttpRequest, form: CalendarForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    today = workdays.today()
    uploaded = calendars.lists()
    context = {
        "form": form,
        "uploaded": uploaded,
        "missing": workdays.missing_years(today),
        "known": sorted(year for year in workdays.known_years() if year >= today.year - 1),
        **more,
    }
    return render(request, "units/calendar.html", context, status=status)


def _look(request: HttpRequest, user: User, form: CalendarForm) -> HttpResponse:
    file: Any = form.cleaned_data["file"]
    try:
        found = calendars.preview(calendars.read_lines(file.name, file.read(MAX_BYTES + 1)))
    except UnreadableFile as error:
        form.add_error("file", str(error))
        return _page(request, form, status=422)
    values = _values(found, form.cleaned_data["source"])
    more = {
        "found": found,
        "name": file.name,
        "list": signing.dumps(values, salt=_salt(user), compress=True) if found.is_good else "",
    }
    return _page(request, form, status=200 if found.is_good else 422, **more)


def _values(found: Preview, source: str) -> dict[str, Any]:
    days = [[one.day.isoformat(), one.is_worked, one.name] for one in found.days]
    return {"year": found.year, "source": source, "days": days}


def _salt(user: User) -> str:
    return f"calendar-{user.pk}"


def _apply(request: HttpRequest, user: User) -> HttpResponse:
    try:
        values = signing.loads(request.POST["list"], salt=_salt(user), max_age=KEPT)
    except signing.BadSignature:
        messages.error(request, _("预览已过期，请重新上传。"))
        return redirect("units:calendar")
    days = [Day(datetime.date.fromisoformat(day), *rest) for day, *rest in values["days"]]
    try:
        calendars.apply(values["year"], days, source=values["source"], by=user, now=workdays.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(year)d年的节假日安排已生效。") % {"year": values["year"]})
    return redirect("units:calendar")
