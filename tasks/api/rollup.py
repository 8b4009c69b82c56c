"""API of roll-ups: the same figures as the page and the quarterly book."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tasks.api.parts import SealSerializer
from tasks.filters.rollup import RollupFilter
from tasks.models import Action, Plan, Responsibility
from tasks.services import rollup
from tasks.services.periods import latest_open_quarter
from tasks.services.rollup import By, Group, Kind, Line
from tracker.lib import workdays
from tracker.lib.api.schema import said
from tracker.lib.api.views import check_query
from units.models import Jurisdiction
from units.web import person

PARAMETERS = ["by", "plan", "side", "quarter"]


class RollupLineSerializer(serializers.Serializer[Line]):
    """Counts over the sides of one line; `mean` within one side and kind of task alone."""

    side = serializers.CharField(allow_null=True, help_text=_("行政区划代码；合计行为空"))
    kind = serializers.ChoiceField(Kind.choices, allow_null=True)
    sides = serializers.IntegerField(help_text=_("牵头任务数"))
    lights = serializers.DictField(child=serializers.IntegerField())
    states = serializers.DictField(child=serializers.IntegerField())
    expected = serializers.IntegerField(help_text=_("可知审核结果的应报份数"))
    reported = serializers.IntegerField(allow_null=True, help_text=_("已报；无权知悉时为空"))
    approved = serializers.IntegerField()
    returned = serializers.IntegerField(allow_null=True)
    mean = serializers.FloatField(allow_null=True, help_text=_("已审核进度的平均，一位小数"))
    figures = serializers.IntegerField(help_text=_("计入平均的项数"))
    without = serializers.IntegerField(help_text=_("尚无已审核进度，未计入平均的项数"))
    hidden = serializers.IntegerField(help_text=_("无权查看，未计入平均的项数"))

    def to_representation(self, line: Line) -> dict[str, Any]:
        return {
            "side": line.side.code if line.side else None,
            "kind": line.kind.value if line.kind else None,
            "sides": line.sides,
            "lights": {word.value: n for word, n in sorted(line.words.items())},
            "states": {state.value: n for state, n in sorted(line.states.items())},
            "expected": line.expected,
            "reported": line.reported,
            "approved": line.approved,
            "returned": line.returned,
            "mean": None if line.mean is None else float(line.mean),
            "figures": line.figures,
            "without": line.without,
            "hidden": line.hidden,
        }


class RollupGroupSerializer(serializers.Serializer[Group]):
    """A plan, action, side, unit or place."""

    id = serializers.IntegerField(allow_null=True)
    code = serializers.CharField(allow_null=True, help_text=_("方案或行政区划的代码"))
    name = serializers.CharField(allow_null=True)
    lines = RollupLineSerializer(many=True)
    total = RollupLineSerializer()

    def to_representation(self, group: Group) -> dict[str, Any]:
        row = group.row
        lines: Any = group.lines
        return {
            "id": row.pk if row else None,
            "code": row.code if isinstance(row, Plan | Jurisdiction) else None,
            "name": (str(row) if isinstance(row, Action) else row.name) if row else None,
            "lines": RollupLineSerializer(lines, many=True).data,
            "total": RollupLineSerializer(group.total).data,
        }


class RollupSerializer(serializers.Serializer[Any]):
    """The whole."""

    by = serializers.ChoiceField(By.choices)
    day = serializers.DateField(help_text=_("灯和状态的日期；已封存的方案以封存日为准"))
    quarter = serializers.CharField(help_text=_("报送情况所属季度"))
    snapshots = SealSerializer(many=True, help_text=_("该季度已封存、以快照计数的方案"))
    groups = RollupGroupSerializer(many=True)
    lines = RollupLineSerializer(many=True)
    total = RollupLineSerializer()


@said(
    get=(
        _("汇总"),
        _("任务各方按灯、按状态和按报送计数；平均进度只在同一方、同一类任务内计算。"),
    )
)
@extend_schema_view(
    get=extend_schema(
        operation_id="rollup",
        parameters=[
            OpenApiParameter(
                "by",
                {"type": "string", "enum": By.values, "default": By.PLAN.value},
                description=_("汇总方式"),
            ),
            OpenApiParameter("plan", str, description=_("方案代码；缺省为全部已启用的方案")),
            OpenApiParameter("side", str, description=_("所属方：行政区划代码，含下级")),
            OpenApiParameter(
                "quarter", str, description=_("报送季度，如 2026Q3；缺省为最近开放的")
            ),
        ],
        responses=RollupSerializer,
    )
)
class RollupView(APIView):
    """Sides of tasks, counted."""

    def get(self, request: Request) -> Response:
        """Count."""
        check_query(request, PARAMETERS)
        user, today = person(request), workdays.today()
        leads = Responsibility.objects.leads()
        filters = RollupFilter(request.query_params, leads, request=request)
        if not filters.is_valid():
            raise ValidationError(filters.errors)
        quarter = filters.given.get("quarter") or latest_open_quarter(today)
        made = rollup.build(
            user,
            By(filters.given.get("by") or By.PLAN),
            today=today,
            quarter=quarter,
            plan=filters.given.get("plan"),
            place=filters.given.get("side"),
        )
        answer = RollupSerializer(
            {
                "by": made.by,
                "day": today,
                "quarter": str(quarter),
                "snapshots": made.seals,
                "groups": made.groups,
                "lines": made.lines,
                "total": made.total,
            }
        )
        return Response(answer.data, headers={"Cache-Control": "private, no-store"})
