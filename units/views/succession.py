"""机构变动 of a unit: entered by an office, looked at before it is, taken back before its day."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tracker.lib import workdays
from units import policy
from units.above import Foreseen
from units.forms.succession import DUTY, CancelForm, SuccessionForm
from units.models import Membership, Succession, Unit, User
from units.services import succession
from units.services.succession_rules import SuccessionText
from units.views.units import take
from units.web import person


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit's changes, and the form of a further one: first looked at, then entered."""
    user = person(request)
    unit: Unit = get_object_or_404(policy.scope(user, "unit.succeed"), pk=pk)
    if request.method != "POST":
        return _page(request, unit, SuccessionForm(unit))
    form = SuccessionForm(unit, request.POST)
    if not form.is_valid():
        return _page(request, unit, form, 422)
    if "change" in request.POST:
        return _page(request, unit, form)
    try:
        return _go_on(request, user, unit, form)
    except ValidationError as error:
        take(form, error)
    except PermissionDenied:
        form.add_error("others", _("其中有不属本办公室一方的单位，请由其协调办公室登记。"))
    return _page(request, unit, form, 422)


def _go_on(request: HttpRequest, user: User, unit: Unit, form: SuccessionForm) -> HttpResponse:
    """Enter what was looked at, or show what it would move."""
    now = workdays.now()
    if "confirm" in request.POST:
        row = succession.enter(form.text, by=user, now=now)
        if row.is_waiting():
            sentence = _("已登记，将于%(day)s办理。") % {"day": row.day}
        else:
            sentence = _("已登记并办理，自%(day)s起生效。") % {"day": row.day}
        messages.success(request, sentence)
        return redirect(reverse("tasks:unit", args=[unit.pk]))
    found = succession.foresee(form.text, by=user, today=now.date())
    context = _foreseen(form.text, found) | {
        "people_go": succession.heir_of_people(form.text, by=user),
        "unit": unit,
        "form": form,
        "today": now.date(),
        "given": [(n, v) for n, v in form.data.items() if n in form.fields],
    }
    return render(request, "units/succession_confirm.html", context)


def _foreseen(text: SuccessionText, found: Foreseen) -> dict[str, Any]:
    """What the page says of a change that is not entered yet."""
    heirs = text.change.heirs
    people = Membership.objects.none()
    for unit in [] if text.is_renaming else text.change.leaving:
        people = people | succession.posts_on(unit, text.day)
    return {
        "text": text,
        "found": found,
        "heirs": [] if text.is_renaming else heirs,
        "people": people.values("user").distinct().count(),
        "chooses": len(heirs) > 1,
        "prefix": DUTY,
    }


def _page(
    request: HttpRequest, unit: Unit, form: SuccessionForm, status: int = 200
) -> HttpResponse:
    today = workdays.today()
    rows = list(Succession.objects.about(unit).for_list())
    context = {
        "unit": unit,
        "form": form,
        "rows": [
            (row, row.is_due(today) and succession.why_stuck(row, today=today)) for row in rows
        ],
        "today": today,
    }
    return render(request, "units/succession.html", context, status=status)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a change that waits."""
    user = person(request)
    row: Succession = get_object_or_404(policy.scope(user, "succession.view"), pk=pk)
    units = policy.scope(user, "unit.succeed").filter(pk__in=[unit.pk for unit in row.old.all()])
    unit = units.first()
    if unit is None:
        raise Http404
    form = CancelForm(request.POST)
    if form.is_valid():
        try:
            succession.cancel(row, reason=form.words, by=user)
        except ValidationError as error:
            for sentence in error.messages:
                messages.error(request, sentence)
        except PermissionDenied as error:
            raise Http404 from error
        else:
            messages.success(request, _("已取消这项机构变动。"))
    else:
        messages.error(request, _("取消的理由最多500字。"))
    return redirect(reverse("units:succession", args=[unit.pk]))
