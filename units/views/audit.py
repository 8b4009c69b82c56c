"""记录: the log of administration, for the audit administrator."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tracker.lib.forms import Day
from tracker.lib.text import whole_number
from units import policy
from units.forms.people import FilterForm
from units.models import AuditEntry
from units.services import log
from units.verbs import ADMINISTRATION
from units.web import person

PER_PAGE = 50


class LogForm(FilterForm):
    """By time, person, verb, object."""

    since = Day(label=_("自"))
    until = Day(label=_("至"))
    who = forms.CharField(label=_("操作人"), max_length=50)
    verb = forms.ChoiceField(
        label=_("动作"), choices=[("", _("全部动作")), *ADMINISTRATION.items()]
    )
    what = forms.CharField(label=_("对象"), max_length=100)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Fifty entries from the newest, or from before the one that `?before=` names."""
    user = person(request)
    if not policy.reads_log(user):
        raise Http404
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
    }
    return render(request, "units/audit.html", context)


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {"entry": entry, "verb": log.verb_words(entry), "changes": log.changes(entry)}
