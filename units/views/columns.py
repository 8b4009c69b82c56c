"""Columns of a list: which are shown, and what the chooser keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tracker.lib.lists import LISTS, PARAMETER, Head, ListOf, names_in
from tracker.lib.text import whole_number
from units.models import User
from units.services import columns
from units.web import person

LEFT_OUT = ("page", "before", "file", PARAMETER)
LAST = 1000  # where what has no number stands


@dataclass(frozen=True)
class Box:
    """A column in the chooser; `place` is its number, from 1."""

    head: Head
    ticked: bool
    place: int


@dataclass(frozen=True)
class Chooser:
    """What `components/columns.html` shows."""

    page: str
    query: str
    boxes: list[Box]


def picked(request: HttpRequest, of: ListOf, user: User) -> list[Head]:
    """Those that `?columns=` names, else the person's. Raises ValidationError for unknown ones."""
    names = names_in(request.GET.get(PARAMETER, ""))
    return of.picked(user, names) if names else columns.chosen_by(user, of)


def columns_of(request: HttpRequest, of: ListOf, *, excel: str = "") -> dict[str, Any]:
    """For a list's page: its heads, the chooser, and the address of the same as a workbook.

    `excel` is the name of that address; by default the list's own with `_excel` behind.
    """
    user = person(request)
    try:
        heads = picked(request, of, user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        heads = columns.chosen_by(user, of)
    query = query_of(request)
    named = urlencode({PARAMETER: ",".join(head.key for head in heads)}, safe=",")
    address = reverse(excel or f"{of.page}_excel")
    return {
        "heads": heads,
        "span": sum(head.span for head in heads),
        "chooser": Chooser(of.page, query, boxes(of.offered(user), heads)),
        "excel_url": f"{address}?{query}&{named}" if query else f"{address}?{named}",
    }


def boxes(offered: Iterable[Head], heads: Iterable[Head]) -> list[Box]:
    """Those that are shown, in their order, and then the others."""
    shown = list(heads)
    others = [head for head in offered if head not in shown]
    return [Box(head, head in shown, n) for n, head in enumerate([*shown, *others], 1)]


def query_of(request: HttpRequest) -> str:
    """The filters and the order, without the page and the columns."""
    query = request.GET.copy()
    for name in LEFT_OUT:
        query.pop(name, None)
    return query.urlencode()


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the ticked columns in the order of their numbers, or go back to the usual ones."""
    user = person(request)
    page = request.POST.get("page", "")
    if page not in LISTS:
        raise Http404
    try:
        if request.POST.get("do") == "usual":
            columns.forget(page, by=user)
            messages.success(request, _("已恢复默认的列。"))
        else:
            columns.choose(page, _ordered(request), by=user)
            messages.success(request, _("已保存列的选择。"))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    pairs = parse_qsl(request.POST.get("query", ""), keep_blank_values=False)
    query = urlencode([pair for pair in pairs if pair[0] not in LEFT_OUT])
    return redirect(f"{reverse(page)}?{query}" if query else reverse(page))


def _ordered(request: HttpRequest) -> list[str]:
    names = request.POST.getlist("column")

    def place(name: str) -> int:
        number = whole_number(request.POST.get(f"at-{name}", ""), 4)
        return LAST if number is None else number

    return sorted(names, key=place)
