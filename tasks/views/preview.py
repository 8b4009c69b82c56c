"""谁在某天会收到什么、为什么: for coordinators, of the sides for which they act."""

import tempfile
from pathlib import Path
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks import policy
from tasks.documents import preview as workbook
from tasks.filters.preview import PreviewFilter
from tasks.models import Notice
from tasks.reminders.preview import Preview, preview
from tasks.reminders.rules import named
from tasks.views.filter_bar import FilterBar
from tracker.lib import workdays
from tracker.lib.excel import XLSX
from tracker.lib.pages import page_of
from units.models import Unit, User
from units.services import audit
from units.web import person

MOST_ROWS: Final = 5000  # in a workbook that is made while one waits


class PreviewBar(FilterBar):
    always = ("day", "rule", "unit", "person")

    def narrow(self) -> None:
        """Units with duties in plans; the day that is shown stands in its field."""
        field = self.form.fields["unit"]
        field.queryset = Unit.objects.exclude(responsibilities=None).distinct()
        if not self.form.data.get("day"):
            data = self.form.data.copy()
            data["day"] = workdays.today().isoformat()
            self.form.data = data


class _Asked:
    """What a request asks for, and the day as the person may see it."""

    def __init__(self, request: HttpRequest) -> None:
        self.user: User = person(request)
        if not policy.previews(self.user):
            raise Http404
        self.today = workdays.today()
        self.filters = PreviewFilter(request.GET, Notice.objects.none(), request=request)
        self.is_valid = bool(self.filters.is_valid())

    def found(self) -> Preview:
        return preview(
            self.filters.day_or(self.today),
            today=self.today,
            to=self.user,
            asked=self.filters.asked(),
        )


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`?day=`, narrowed by rule, unit and person."""
    asked = _Asked(request)
    bar = PreviewBar(asked.filters)
    context: dict[str, Any] = {"form": bar.form, "bar": bar, "today": asked.today}
    if asked.is_valid:
        found = asked.found()
        context |= {
            "day": found.day,
            "found": found,
            "is_workday": workdays.is_workday(found.day),
            "counts": found.by_rule(),
            "page": page_of(found, request),
            "untold": [(named(row.rule) if row.rule else "", row) for row in found.untold],
            "query": request.GET.urlencode(),
        }
    return render(request, "tasks/preview.html", context, status=200)


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The rows of the list as a workbook; each taking is on record."""
    asked = _Asked(request)
    back = f"{reverse('tasks:preview')}?{request.GET.urlencode()}"
    if not asked.is_valid:
        messages.error(request, _("筛选条件有误，请更正后再导出。"))
        return redirect(back)
    found, now = asked.found(), workdays.now()
    if len(found) > MOST_ROWS:
        words = {"number": len(found), "most": MOST_ROWS}
        too_many = _("共%(number)d行，超过%(most)d行，请加筛选条件后再导出。") % words
        messages.error(request, too_many)
        return redirect(back)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "preview.xlsx"
        workbook.write(path, found, now=now, by=asked.user)
        content = path.read_bytes()
    if request.method == "GET":
        after = {"day": found.day, "rows": len(found)}
        audit.record("reminder.export", None, by=asked.user, after=after)
    name = _("%(day)s提醒清单.xlsx") % {"day": found.day.isoformat()}
    answer = HttpResponse(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer
