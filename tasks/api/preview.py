"""API of a day's reminders: who is told what and why, the same as the page."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.parts import TaskRef
from tasks.filters.preview import PreviewFilter
from tasks.models import Notice
from tasks.reminders.engine import Untold
from tasks.reminders.preview import ByRule, Preview, Row, preview
from tasks.reminders.rules import NAMES
from tracker.lib.api.schema import said
from tracker.lib.api.views import Strict
from units.web import person


class ToldOnDaySerializer(serializers.Serializer[Row]):
    """One thing told to one person on the day, or to be told."""

    person = serializers.CharField(source="notice.recipient")
    unit = serializers.CharField(allow_blank=True)
    task = TaskRef(source="notice.task", allow_null=True)
    rule = serializers.CharField(source="notice.rule")
    sentence = serializers.CharField(help_text=_("提醒的内容"))
    due_on = serializers.DateField(source="notice.due_on")
    step = serializers.IntegerField(source="notice.step", help_text=_("距到期日的工作日数"))
    because = serializers.CharField(help_text=_("以什么身份、为什么在这一天"))
    is_made = serializers.BooleanField(help_text=_("已经生成；否则为将要生成"))
    state = serializers.CharField(help_text=_("状态"))


class UntoldSerializer(serializers.Serializer[Untold]):
    """What nobody is told, and why."""

    rule = serializers.CharField(allow_blank=True)
    unit = serializers.CharField(allow_blank=True)
    subject = serializers.CharField(allow_blank=True)
    due_on = serializers.DateField(allow_null=True)
    step = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()


class ByRuleSerializer(serializers.Serializer[ByRule]):
    """How much a rule tells on the day."""

    rule = serializers.CharField()
    name = serializers.CharField()
    made = serializers.IntegerField(help_text=_("已生成"))
    planned = serializers.IntegerField(help_text=_("将生成"))


class DaySerializer(serializers.Serializer[Any]):
    """A day: a page of its rows, its counts, what nobody is told."""

    day = serializers.DateField()
    people = serializers.IntegerField(help_text=_("接收人数"))
    rules = ByRuleSerializer(many=True)
    untold = UntoldSerializer(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ToldOnDaySerializer(many=True)


@said(
    get=(
        _("某天的提醒"),
        _("谁在某天收到或将收到什么提醒、为什么；过去的日子为已生成的，今天和以后为将要生成的。"),
    )
)
@extend_schema_view(
    get=extend_schema(
        operation_id="reminder_preview",
        parameters=[
            OpenApiParameter(
                "day", {"type": "string", "format": "date"}, description=_("缺省为今天")
            ),
            OpenApiParameter("rule", {"type": "string", "enum": sorted(NAMES)}),
            OpenApiParameter("unit", str, description=_("编号或任一名称")),
            OpenApiParameter("person", str, description=_("姓名或用户名的一部分")),
        ],
        responses=DaySerializer,
    )
)
class PreviewView(Strict[Notice]):
    """Who is told what on a day, and why."""

    queryset = Notice.objects.none()

    def known_parameters(self) -> list[str]:
        """The filters, and the page."""
        return ["day", "rule", "unit", "person", "page", "page_size"]

    def get(self, request: Request) -> Response:
        """The day, as far as it is the person's to see."""
        user = person(request)
        if not policy.previews(user):
            raise PermissionDenied
        asked = {k: v for k, v in request.query_params.items() if not k.startswith("page")}
        filters = PreviewFilter(asked, self.queryset, request=request)
        if not filters.is_valid():
            raise ValidationError(filters.errors)
        day = filters.day_or(self.today)
        found = preview(day, today=self.today, to=user, asked=filters.asked())
        return self._answer(found)

    def _answer(self, found: Preview) -> Response:
        lines: Any = found  # pages want a length and parts, which it has
        rows: Any = self.paginate_queryset(lines)
        counts: Any = found.by_rule()
        untold: Any = found.untold
        answer = self.get_paginated_response(ToldOnDaySerializer(rows, many=True).data)
        whole: Any = {
            "day": found.day.isoformat(),
            "people": found.people,
            "rules": ByRuleSerializer(counts, many=True).data,
            "untold": UntoldSerializer(untold, many=True).data,
            "warnings": found.warnings,
        }
        answer.data = {**whole, **answer.data}
        return answer
