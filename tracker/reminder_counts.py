"""How much each rule tells on a day, for the system administrator: counts, no names, no texts."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tasks.api.preview import ByRuleSerializer
from tasks.filters.preview import PreviewFilter
from tasks.models import Notice
from tasks.reminders.preview import Preview, preview
from tracker.lib import workdays
from tracker.lib.api.schema import said
from tracker.lib.api.views import Strict
from units.policy import runs_site
from units.states import Role
from units.web import person


def _asked(request: HttpRequest | Request, data: Any) -> PreviewFilter:
    """By the day alone."""
    given = {name: value for name, value in data.items() if name == "day"}
    return PreviewFilter(given, Notice.objects.none(), request=request)


def _found(filters: PreviewFilter) -> Preview:
    today = workdays.today()
    return preview(filters.day_or(today), today=today, to=None)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`?day=`; 404 for everybody else."""
    if not runs_site(person(request)):
        raise Http404
    filters = _asked(request, request.GET)
    field = filters.form.fields["day"]
    field.widget.attrs["class"] = "form-control"
    context: dict[str, Any] = {"form": filters.form}
    if filters.is_valid():
        found = _found(filters)
        filters.form.data = {"day": found.day.isoformat()}
        context |= {
            "found": found,
            "counts": found.by_rule(),
            "number": len(found),
            "untold": len(found.untold),
        }
    context["field"] = filters.form["day"]
    return render(request, "reminder_counts.html", context)


class CountsBody(serializers.Serializer[Any]):
    """A day's counts."""

    day = serializers.DateField()
    people = serializers.IntegerField(help_text=_("接收人数"))
    rules = ByRuleSerializer(many=True)
    untold = serializers.IntegerField(help_text=_("无人可告知的事项数"))


@said(get=(_("某天提醒的数量"), _("系统管理员：某天每条规则的提醒条数，不含姓名和内容。")))
class CountsView(Strict[Notice]):
    """Counts by rule, for the system administrator's programs."""

    queryset = Notice.objects.none()
    serializer_class = CountsBody
    pagination_class = None
    site_roles = (Role.SYSTEM_ADMIN,)

    def known_parameters(self) -> list[str]:
        """The day."""
        return ["day"]

    @extend_schema(
        operation_id="reminder_counts",
        parameters=[
            OpenApiParameter(
                "day", {"type": "string", "format": "date"}, description=_("缺省为今天")
            )
        ],
        responses=CountsBody,
    )
    def get(self, request: Request) -> Response:
        """As the page shows them."""
        if not runs_site(request.user):
            raise PermissionDenied
        filters = _asked(request, request.query_params)
        if not filters.is_valid():
            raise ValidationError(filters.errors)
        found = _found(filters)
        body = {
            "day": found.day,
            "people": found.people,
            "rules": found.by_rule(),
            "untold": len(found.untold),
        }
        return Response(CountsBody(body).data)


urlpatterns = [path("desk/reminders/", page, name="reminder_counts")]
