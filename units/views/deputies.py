"""A unit's deputies: who is told instead of whom, and for which days."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tracker.lib import workdays
from units import policy
from units.forms.deputies import DeputyForm
from units.models import Deputy, Unit
from units.services import deputies
from units.views.units import take
from units.web import person


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The deputies of today and of days to come; a form for another."""
    user, today = person(request), workdays.today()
    unit: Unit = get_object_or_404(policy.scope(user, "deputy.name"), pk=pk)
    form = DeputyForm(unit, today, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = deputies.name(unit, form.text, by=user, today=today)
        except ValidationError as error:
            take(form, error)
        else:
            words = {"person": row.person, "deputy": row.deputy}
            messages.success(request, _("%(person)s的提醒由%(deputy)s代收。") % words)
            return redirect("units:deputies", pk=unit.pk)
    rows = deputies.of_unit(unit, today)
    status = 422 if form.errors else 200
    context = {"unit": unit, "rows": rows, "form": form, "today": today}
    return render(request, "units/deputies.html", context, status=status)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one: from today on the person is told again."""
    user = person(request)
    row: Deputy = get_object_or_404(policy.scope(user, "deputy.end"), pk=pk)
    unit = row.unit_id
    try:
        deputies.end(row, by=user, today=workdays.today())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("代收已结束，今天起仍提醒本人。"))
    return redirect("units:deputies", pk=unit)
