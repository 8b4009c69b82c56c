"""Entering units and their names, by the offices that coordinate."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.lib.text import whole_number
from units import policy
from units.forms.units import NameDatesForm, NameForm, UnitForm
from units.models import Unit, UnitName
from units.services import units
from units.web import person

form_methods = require_http_methods(["GET", "HEAD", "POST"])


@form_methods
def add(request: HttpRequest) -> HttpResponse:
    """A unit that no document has named; `name` is what was looked for, `back` the page of it."""
    user = person(request)
    if not policy.may_add_units(user):
        raise Http404
    back = _own(request.POST.get("back") or request.GET.get("back", ""))
    if request.method != "POST":
        form = UnitForm(user, initial={"name": request.GET.get("name", "")[:100]})
        return render(request, "units/unit_add.html", {"form": form, "back": back})
    form = UnitForm(user, request.POST)
    if form.is_valid():
        try:
            unit = units.add_unit(form.text, by=user)
        except ValidationError as error:
            take(form, error)
        else:
            messages.success(request, _("已登记“%(unit)s”。") % {"unit": unit})
            return redirect(back or _names_page(unit))
    return render(request, "units/unit_add.html", {"form": form, "back": back}, status=422)


def _own(address: str) -> str:
    """An address of this site, or nothing."""
    own = address.startswith("/") and url_has_allowed_host_and_scheme(address, None)
    return address[:4000] if own else ""


def _names_page(unit: Unit) -> str:
    return reverse("units:unit_names", args=[unit.pk])


def take(form: Form, error: ValidationError) -> None:
    """Show a service's errors beside the fields that they are about."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, found in error.message_dict.items():
        form.add_error(name if name in form.fields else None, found)


@form_methods
def names(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit's names, for the office of its place: a further one, or the dates of one."""
    user = person(request)
    unit: Unit = get_object_or_404(policy.scope(user, "unit.edit"), pk=pk)
    number = request.GET.get("edit", "")
    found = whole_number(number)
    chosen = unit.names.filter(pk=found).first() if found is not None else None
    if number and chosen is None:
        raise Http404
    form = _name_form(chosen, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if isinstance(form, NameForm):
                units.add_name(unit, form.text, by=user)
            elif chosen is not None:
                units.edit_name(chosen, **form.cleaned_data, by=user)
        except ValidationError as error:
            take(form, error)
        else:
            messages.success(request, _("名称已保存。"))
            return redirect(_names_page(unit))
    rows = unit.names.order_by("kind", "valid_from", "name")
    context = {"unit": unit, "names": rows, "form": form, "chosen": chosen}
    status = 422 if request.method == "POST" else 200
    return render(request, "units/unit_names.html", context, status=status)


def _name_form(chosen: UnitName | None, data: object) -> NameForm | NameDatesForm:
    if chosen is None:
        return NameForm(data)
    return NameDatesForm(
        data, initial={"valid_from": chosen.valid_from, "valid_until": chosen.valid_until}
    )
