"""记录: what was done to tasks, plans and reports, for offices and inspectors; and as a file."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tasks import policy
from tasks.columns import RECORD_LIST
from tasks.services.records import Records, Row, verbs
from tracker.lib.forms import Day
from tracker.lib.lists import Head, words_of
from tracker.lib.text import whole_number
from units.forms.people import FilterForm
from units.models import AuditEntry, User
from units.services.exports import Export, part_of
from units.services.log_export import Line, changes_text, moment
from units.views.audit import FILES, PER_PAGE, as_file, record_export
from units.views.columns import columns_of, picked
from units.web import person


class RecordForm(FilterForm):
    """By time, person, unit, verb, object."""

    since = Day(label=_("自"))
    until = Day(label=_("至"))
    who = forms.CharField(label=_("操作人"), max_length=50)
    unit = forms.CharField(label=_("单位"), max_length=100)
    verb = forms.ChoiceField(label=_("动作"))
    what = forms.CharField(label=_("对象"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["verb"]
        field.choices = [("", _("全部动作")), *verbs()]


class RecordExportForm(RecordForm):
    """The same filters, and which file."""

    file = forms.ChoiceField(choices=FILES)


def _reader(request: HttpRequest) -> User:
    user = person(request)
    if not policy.reads_briefs(user):
        raise Http404
    return user


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Fifty entries from the newest, or from before the one that `?before=` names."""
    user = _reader(request)
    records, form = Records(user), RecordForm(request.GET)
    entries = AuditEntry.objects.none()
    if form.is_valid():
        entries = records.narrowed(**form.cleaned_data)
    before = request.GET.get("before", "")
    newer = whole_number(before)
    if newer is not None:
        entries = entries.filter(pk__lt=newer)
    rows = list(entries[: PER_PAGE + 1])
    context = {
        "form": form,
        "rows": records.tell(rows[:PER_PAGE]),
        "next": rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None,
        "newest": not before,
        **columns_of(request, RECORD_LIST, excel="tasks:records_export"),
    }
    return render(request, "tasks/records.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered entries as a file; each taking is on record."""
    user = _reader(request)
    form = RecordExportForm(request.GET)
    if not form.is_valid():
        raise Http404(_t("没有这样的导出：请从“记录”页面导出。"))
    chosen = dict(form.cleaned_data)
    kind = chosen.pop("file") or "csv"
    try:
        heads = picked(request, RECORD_LIST, user)
        answer = as_written(user, chosen, kind, heads, words_of(form, ["file"]))
    except ValidationError as error:
        context = {"form": RecordForm(request.GET), "rows": [], "too_many": error.messages[0]}
        return render(request, "tasks/records.html", context, status=409)
    if request.method == "GET":
        record_export(user, kind, chosen, part="records")
    return answer


def as_written(
    user: User, chosen: dict[str, Any], kind: str, heads: Sequence[Head], words: str
) -> HttpResponseBase:
    """The entries as a file, for the page and the API. Raises ValidationError for too many."""
    records = Records(user)
    part = part_of(records.narrowed(**chosen), lambda some: map(_line, records.tell(some)))
    return as_file(Export(RECORD_LIST, heads, [part], words), kind, by=user)


def _line(row: Row) -> Line:
    entry = row.entry
    return Line(
        at=moment(entry.at),
        what=row.verb,
        result=str(entry.get_result_display()),
        who=row.person,
        unit=entry.unit_name,
        about=entry.object_name,
        changes=changes_text((c.label, c.before, c.after) for c in row.changes),
        reason=row.reason,
        source=str(entry.get_source_display()),
        address="",  # of machines only the audit administrator reads
        number=str(entry.pk),
    )
