"""常用视图: save, rename and delete a name for the filters of a list."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tasks import policy
from tasks.models import SavedView
from tasks.services import saved_views
from units.web import person


def chips_of(request: HttpRequest, page: str) -> dict[str, Any]:
    """For a list's page: the person's views, and what stands behind `?` now."""
    query = saved_views.tidy(request.GET.urlencode())
    views = saved_views.of(person(request), page)
    return {
        "saved_views": views,
        "saved_page": page,
        "saved_query": query,
        "saved_now": next((view for view in views if view.query == query), None),
    }


def _back(page: str, query: str) -> str:
    if page not in saved_views.PAGES:
        return reverse("home")
    return f"{reverse(page)}?{query}" if query else reverse(page)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the present filters of a list under a name."""
    user = person(request)
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    name = request.POST.get("name", "")

    def write() -> str:
        row = saved_views.save(page, name, query, by=user)
        return _("已保存常用视图“%(name)s”。") % {"name": row.name}

    _told(request, write)
    return redirect(_back(page, saved_views.tidy(query)))


@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    row = _own(request, pk)

    def write() -> str:
        renamed = saved_views.rename(row, request.POST.get("name", ""), by=user)
        return _("已改名为“%(name)s”。") % {"name": renamed.name}

    _told(request, write)
    return redirect(_back(row.page, row.query))


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    row = _own(request, pk)

    def write() -> str:
        saved_views.delete(row, by=user)
        return _("已删除常用视图“%(name)s”。") % {"name": row.name}

    _told(request, write)
    return redirect(_back(row.page, row.query))


def _own(request: HttpRequest, pk: int) -> SavedView:
    row: SavedView = get_object_or_404(policy.scope(person(request), "saved_view.keep"), pk=pk)
    return row


def _told(request: HttpRequest, write: Callable[[], str]) -> None:
    try:
        messages.success(request, write())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
