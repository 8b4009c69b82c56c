"""记录: the log of administration, its export and its verification, for the audit administrator."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from tracker.lib import workdays
from tracker.lib.excel import XLSX, file_name
from tracker.lib.forms import Day, dress
from tracker.lib.lists import words_of
from tracker.lib.text import whole_number
from units import policy
from units.columns import LOG_LIST
from units.forms.people import FilterForm
from units.models import AuditEntry, DayHead, MonthSeal, User
from units.services import audit, exports, log, log_export, seals
from units.services.exports import Export, part_of
from units.services.seals import Head
from units.services.verify import checked, head_of
from units.states import Result
from units.verbs import ADMINISTRATION
from units.views.columns import columns_of, picked
from units.web import person

PER_PAGE = 50
HEADS_SHOWN = 31
CSV: Final = "text/csv; charset=utf-8"
FILES = [("csv", "CSV"), ("xlsx", "Excel")]


class LogForm(FilterForm):
    """By time, person, verb, object, outcome."""

    since = Day(label=_("自"))
    until = Day(label=_("至"))
    who = forms.CharField(label=_("操作人"), max_length=50)
    verb = forms.ChoiceField(
        label=_("动作"), choices=[("", _("全部动作")), *ADMINISTRATION.items()]
    )
    what = forms.CharField(label=_("对象"), max_length=100)
    result = forms.ChoiceField(label=_("结果"), choices=[("", _("全部结果")), *Result.choices])


class ExportForm(LogForm):
    """The same filters, and which file."""

    file = forms.ChoiceField(choices=FILES)


class VerifyForm(forms.Form):
    """A head that somebody kept, if there is one."""

    head = forms.CharField(
        label=_("邮件中的日摘要"),
        required=False,
        max_length=100,
        help_text=_("可不填。照抄邮件里“序号:摘要”一行，可查出记录是否被整体改写。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean_head(self) -> Head | None:
        """The head; a sentence for what is none."""
        text = self.cleaned_data["head"]
        head = head_of(text) if text else None
        if text and head is None:
            raise ValidationError(_t("应为“序号:64位摘要”，照抄邮件里的一行即可。"))
        return head


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Fifty entries from the newest, or from before the one that `?before=` names."""
    user = _reader(request)
    form = LogForm(request.GET)
    entries = policy.scope(user, "audit.view")
    entries = log.narrowed(entries, **form.cleaned_data) if form.is_valid() else entries.none()
    before = request.GET.get("before", "")
    newer = whole_number(before)
    if newer is not None:
        entries = entries.filter(pk__lt=newer)
    rows = list(entries[: PER_PAGE + 1])
    context = {
        "form": form,
        "rows": [_row(entry) for entry in rows[:PER_PAGE]],
        "next": rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None,
        "newest": not before,
        "set": any(form.cleaned_data.values()) if form.is_valid() else True,
        **columns_of(request, LOG_LIST, excel="units:audit_export"),
    }
    return render(request, "units/audit.html", context)


def _reader(request: HttpRequest) -> User:
    user = person(request)
    if not policy.reads_log(user):
        raise Http404
    return user


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {"entry": entry, "verb": log.verb_words(entry), "changes": log.changes(entry)}


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered entries as a file; each taking is on record."""
    user = _reader(request)
    form = ExportForm(request.GET)
    if not form.is_valid():
        raise Http404(_t("没有这样的导出：请从“记录”页面导出。"))
    chosen = dict(form.cleaned_data)
    kind = chosen.pop("file") or "csv"
    entries = log.narrowed(policy.scope(user, "audit.view"), **chosen)
    try:
        heads, words = picked(request, LOG_LIST, user), words_of(form, ["file"])
        part = part_of(entries, log_export.lines_of)
        answer = as_file(Export(LOG_LIST, heads, [part], words), kind, by=user)
    except ValidationError as error:
        context = {"form": LogForm(request.GET), "rows": [], "too_many": error.messages[0]}
        return render(request, "units/audit.html", context, status=409)
    if request.method == "GET":
        record_export(user, kind, chosen, part="audit")
    return answer


def as_file(export: Export, kind: str, *, by: User) -> HttpResponseBase:
    """The entries as a file. Raises ValidationError where they are too many for a workbook."""
    now = workdays.now()
    name = file_name(f"{export.name} {now.astimezone(workdays.SHANGHAI):%Y-%m-%d %H%M}", kind)
    answer: HttpResponseBase
    if kind == "xlsx":
        answer = HttpResponse(exports.write(export, by=by, now=now), content_type=XLSX)
    else:
        sheet, lines = export.of.sheet(export.heads), export.parts[0].rows
        answer = StreamingHttpResponse(log_export.csv_parts(lines, sheet), content_type=CSV)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer["Cache-Control"] = "private, no-store"
    return answer


def record_export(user: User, kind: str, chosen: dict[str, Any], *, part: str) -> None:
    """Who took which part of the log, by which filters."""
    filters = {name: str(value) for name, value in chosen.items() if value}
    audit.record("audit.export", None, by=user, after={"file": f"{part}.{kind}"} | filters)


@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: HttpRequest) -> HttpResponse:
    """Whether the log holds: the chain's head, the days' heads, and a walk on POST."""
    user = _reader(request)
    form = VerifyForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        if form.is_valid():
            context["done"] = checked(user, known=form.cleaned_data["head"])
        else:
            status = 422
    context |= {
        "head": seals.head(),
        "waiting": seals.waiting().count(),
        "heads": DayHead.objects.order_by("-day")[:HEADS_SHOWN],
        "months": MonthSeal.objects.order_by("-month"),
    }
    return render(request, "units/audit_verify.html", context, status=status)
