"""Who answers for which duty, and whom to call."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tasks import policy
from tasks.columns import CONTACT_LIST
from tasks.filters.words import unit_says
from tasks.forms.people import CONTACT_LABELS, ContactFilterForm
from tasks.models import Responsibility
from tasks.services import contacts
from tasks.services.contacts import FIELDS, Called
from tracker.lib.lists import words_of
from tracker.lib.pages import page_of
from units.models import Unit, User
from units.policy import may_invite
from units.services.exports import Export, part_of
from units.views import exports
from units.views.columns import columns_of, picked
from units.web import person

EMPTY = Q(leader="", liaison="", phone="")
ORDER = ("unit__jurisdiction__code", "unit__order", "unit", "task__plan", "task__number", "order")


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Duties by unit with their contacts, as far as the reader may know them."""
    user = person(request)
    form, rows = _found(request, user)
    page = page_of(_in_order(rows), request)
    totals = rows.aggregate(
        all=Count("pk"), missing=Count("pk", filter=EMPTY), units=Count("unit", distinct=True)
    )
    context = {
        "form": form,
        "page": page,
        "rows": lines_of(user, page),
        **columns_of(request, CONTACT_LIST),
        "totals": totals,
        "may_import": may_invite(user),
    }
    return render(request, "tasks/contacts.html", context)


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The same rows and columns, whole; phones as on the page."""

    def make() -> Export:
        user = person(request)
        form, rows = _found(request, user)
        if not form.is_valid():
            raise ValidationError(_("筛选条件有误，请更正后再导出。"))
        part = part_of(_in_order(rows), lambda some: lines_of(user, some))
        heads = picked(request, CONTACT_LIST, user)
        return Export(CONTACT_LIST, heads, [part], words_of(form))

    return exports.excel(request, CONTACT_LIST, make)


def _found(request: HttpRequest, user: User) -> tuple[ContactFilterForm, Any]:
    form = ContactFilterForm(request.GET, user=user)
    seen = policy.scope(user, "contact.view")
    return form, _narrowed(seen, form.cleaned_data) if form.is_valid() else seen.none()


def _in_order(rows: Any) -> Any:
    return rows.select_related("task__plan", "unit", "side").order_by(*ORDER)


def lines_of(user: User, rows: Any) -> list[dict[str, Any]]:
    """Duties with their contacts, phones as the person may know them; a line each."""
    shown = list(rows)
    whole = _numbers(user, "contact.call", shown)
    editable = _numbers(user, "contact.edit", shown)
    lines = [_row(row, row.pk in whole, row.pk in editable) for row in shown]
    for line, before in zip(lines, [None, *shown], strict=False):
        line["first"] = before is None or before.unit_id != line["row"].unit_id
    return lines


def _numbers(user: User, verb: str, rows: Any) -> set[int]:
    found = policy.scope(user, verb).filter(pk__in=[row.pk for row in rows])
    return set(found.values_list("pk", flat=True))


def saying(rows: Any, text: str) -> Any:
    """Duties of which the unit, the task or a person named says all the words."""
    for word in text.split()[:5]:
        rows = rows.filter(
            unit_says(word)
            | Q(task__title__icontains=word)
            | Q(leader__icontains=word)
            | Q(liaison__icontains=word)
        )
    return rows


def _narrowed(rows: Any, values: dict[str, Any]) -> Any:
    rows = saying(rows, values["search"])
    if values["plan"]:
        rows = rows.filter(task__plan=values["plan"])
    if values["role"]:
        rows = rows.filter(role=values["role"])
    if values["missing"]:
        rows = rows.filter(EMPTY)
    return rows


def _row(row: Responsibility, whole: bool, editable: bool) -> dict[str, Any]:
    phone = row.phone if whole else contacts.masked(row.phone)
    return {"row": row, "phone": phone, "whole": whole, "editable": editable}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """All duties of a unit at once: the same for all, and single ones."""
    user = person(request)
    unit = get_object_or_404(Unit, pk=pk)
    own = policy.scope(user, "contact.edit").filter(unit=unit)
    rows = list(own.select_related("task__plan").order_by("task__plan", "task__number", "order"))
    if not rows:
        raise Http404
    if request.method != "POST":
        return _edit_page(request, unit, rows)
    written = {row.pk: _written(request.POST, str(row.pk), contacts.called_of(row)) for row in rows}
    typed = _written(request.POST, "all", Called())
    try:
        # Said once, where it was typed, not at every row to which it would go.
        clean = typed.clean()
    except ValidationError as error:
        wrong = {f"all-{name}": texts for name, texts in error.message_dict.items()}
        return _edit_page(request, unit, rows, written=written, errors=wrong, same=typed)
    same = {name: text for name, text in asdict(clean).items() if text}
    single, written = (
        written,
        {pk: Called(**{**asdict(one), **same}) for pk, one in written.items()},
    )
    try:
        changed = contacts.save(written, by=user)
    except ValidationError as error:
        errors = error.message_dict
        return _edit_page(request, unit, rows, written=single, errors=errors, same=typed)
    if changed:
        said = ngettext("已更新%(n)d项责任的联系人。", "已更新%(n)d项责任的联系人。", changed)
        messages.success(request, said % {"n": changed})
    else:
        messages.info(request, _("没有变化。"))
    return redirect("tasks:contacts_edit", unit.pk)


def _written(data: Any, prefix: str, now: Called) -> Called:
    """What was typed; a field that was not sent stays as it is."""
    return Called(**{name: data.get(f"{prefix}-{name}", getattr(now, name)) for name in FIELDS})


def _edit_page(
    request: HttpRequest,
    unit: Unit,
    rows: list[Responsibility],
    *,
    written: dict[int, Called] | None = None,
    errors: dict[str, list[str]] | None = None,
    same: Called | None = None,
) -> HttpResponse:
    errors = errors or {}
    above = _cells("all", same or Called(), errors)
    lines: list[dict[str, Any]] = []
    for row in rows:
        now = written[row.pk] if written else contacts.called_of(row)
        lines.append({"row": row, "cells": _cells(str(row.pk), now, errors)})
    cells = [*above, *(cell for line in lines for cell in line["cells"])]
    context = {
        "unit": unit,
        "lines": lines,
        "same": above,
        "wrong": [cell for cell in cells if cell["errors"]],
    }
    return render(request, "tasks/contacts_edit.html", context, status=422 if errors else 200)


def _cells(prefix: str, now: Called, errors: dict[str, list[str]]) -> list[dict[str, Any]]:
    """A row's inputs, each with what is wrong with it."""
    return [
        {
            "id": f"{prefix}-{name}",
            "label": CONTACT_LABELS[name],
            "value": getattr(now, name),
            "limit": contacts.LIMITS[name],
            "errors": errors.get(f"{prefix}-{name}", []),
        }
        for name in FIELDS
    ]
