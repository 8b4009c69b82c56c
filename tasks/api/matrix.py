"""API of the matrix: sides of one plan's tasks by quarter."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import (
    extend_schema,
    extend_schema_serializer,
    inline_serializer,
)
from rest_framework import mixins, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from tasks.api.parts import SealSerializer, TaskRef, plan_filter, side_code
from tasks.filters.matrix import own_plan
from tasks.models import Plan, Responsibility
from tasks.services import matrix
from tasks.services.matrix import Cell, Filing, Row, Total
from tasks.states import Light, LightWord, TaskState
from tracker.lib.api.schema import said
from tracker.lib.api.views import Strict
from tracker.lib.pagination import Pages
from tracker.lib.workdays import Quarter
from units.filters import PlaceFilter, UnitFilter
from units.web import person


class CellSerializer(serializers.Serializer[Any]):
    """A side in a quarter. `report` and `progress` stand only where they may be known."""

    period = serializers.CharField()
    light = serializers.ChoiceField(Light.choices)
    light_word = serializers.CharField()
    expected = serializers.BooleanField(help_text=_("该季度是否应报"))
    report = serializers.ChoiceField(Filing.choices, required=False)
    progress = serializers.IntegerField(required=False, help_text=_("该季度审核通过的完成进度"))
    late_report = serializers.BooleanField(required=False, help_text=_("关闭后有补报"))
    state = serializers.ChoiceField(TaskState.choices, help_text=_("封存时或今日的办理状态"))
    unit = serializers.CharField(required=False, help_text=_("封存时的牵头单位名称"))

    def to_representation(self, cell: Cell) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "period": cell.period.code,
            "light": cell.word.light.value,
            "light_word": str(cell.word.label),
            "expected": cell.expected,
            "state": cell.state.value,
        }
        if cell.kept is not None:
            shown["unit"] = cell.unit_then
        if cell.filing is not None:
            shown["report"] = cell.filing.value
        if cell.percent is not None:
            shown["progress"] = cell.percent
        if cell.late:
            shown["late_report"] = True
        return shown


class RowSerializer(serializers.Serializer[Any]):
    """A side of a task."""

    id = serializers.IntegerField()
    task = TaskRef()
    side = serializers.CharField(help_text=_("所属方的行政区划代码"))
    unit = serializers.CharField(help_text=_("牵头单位"))
    quarters = CellSerializer(many=True)

    def to_representation(self, row: Row) -> dict[str, Any]:
        return {
            "id": row.side.pk,
            "task": TaskRef(row.side.task).data,
            "side": side_code(row.side),
            "unit": row.side.unit.name,
            "quarters": CellSerializer(row.cells, many=True).data,
        }


class TotalSerializer(serializers.Serializer[Any]):
    """A quarter over all rows, not only this page's."""

    period = serializers.CharField()
    lights = serializers.DictField(child=serializers.IntegerField())
    expected = serializers.IntegerField(help_text=_("可知审核结果的应报份数"))
    approved = serializers.IntegerField()
    expected_told = serializers.IntegerField(help_text=_("可知是否报送的应报份数"))
    reported = serializers.IntegerField()
    returned = serializers.IntegerField()
    missing = serializers.IntegerField()

    def to_representation(self, total: Total) -> dict[str, Any]:
        return {
            "period": total.period.code,
            "lights": {word.value: total.words[word] for word in LightWord if total.words[word]},
            "expected": total.expected,
            "approved": total.approved,
            "expected_told": total.expected_close,
            "reported": total.reported,
            "returned": total.returned,
            "missing": total.missing,
        }


class MatrixFilters(filters.FilterSet):
    """Of which plan, side and unit, and from which quarter to which."""

    plan = plan_filter("task__plan")
    side = PlaceFilter(field_name="side", label=_("所属方：行政区划代码或名称，含下级"))
    unit = UnitFilter(field_name="unit", label=_("牵头单位：编号或任一名称"))
    first = filters.CharFilter(method="keep_all", label=_("起始季度，如 2025Q1；缺省为近8个季度"))
    last = filters.CharFilter(method="keep_all", label=_("截止季度，如 2026Q3"))

    def keep_all(self, sides: Any, name: str, value: str) -> Any:
        return sides


ANSWER = inline_serializer(
    "Matrix",
    {
        "plan": serializers.CharField(allow_null=True),
        "periods": serializers.ListField(child=serializers.CharField()),
        "snapshots": SealSerializer(many=True, help_text=_("已封存、以快照为准的季度")),
        "totals": TotalSerializer(many=True),
        "count": serializers.IntegerField(),
        "page": serializers.IntegerField(),
        "pages": serializers.IntegerField(),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": RowSerializer(many=True),
    },
)

extend_schema_serializer(many=False)(type(ANSWER))  # one answer, though the call is a list's


@extend_schema(responses=ANSWER)
@said(
    list=(
        _("任务矩阵"),
        _("一个方案的任务各方按季度的灯和报送情况；不指明方案时，为本人的第一个方案。"),
    ),
)
class MatrixViews(Strict[Responsibility], mixins.ListModelMixin, GenericViewSet[Responsibility]):
    """Sides of one plan's tasks by quarter."""

    queryset = Responsibility.objects.none()
    serializer_class = RowSerializer
    filterset_class = MatrixFilters
    pagination_class = Pages

    def get_queryset(self) -> QuerySet[Responsibility]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        leads: QuerySet[Responsibility] = Responsibility.objects.leads()
        return leads.order_by("task__number", "order")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The plan's rows, a page of them, with the totals of all."""
        user = person(request)
        sides = self.filter_queryset(self.get_queryset())
        plan = self._plan(request)
        whole = None
        if plan is not None:
            periods = matrix.periods_of(plan, *_quarters(request))
            whole = matrix.build(user, plan, sides.filter(task__plan=plan), periods, self.today)
        rows: Any = whole.rows if whole else []
        page = self.paginate_queryset(rows) or []
        response = self.get_paginated_response(RowSerializer(page, many=True).data)
        response.data = {
            "plan": plan.code if plan else None,
            "periods": [period.code for period in whole.periods] if whole else [],
            "snapshots": SealSerializer(whole.seals if whole else [], many=True).data,
            "totals": TotalSerializer(whole.totals, many=True).data if whole else [],
            **response.data,
        }
        return response

    def _plan(self, request: Request) -> Plan | None:
        code = request.query_params.get("plan")
        if code:  # known by now: the filter refuses others
            return Plan.objects.get(code=code)
        return own_plan(request.user)


def _quarters(request: Request) -> tuple[Quarter | None, Quarter | None]:
    """From which to which; turned round where they were given the wrong way."""
    first, last = (_quarter(request, name) for name in ("first", "last"))
    return (last, first) if first and last and first > last else (first, last)


def _quarter(request: Request, name: str) -> Quarter | None:
    text = request.query_params.get(name, "").strip()
    if not text:
        return None
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise ValidationError({name: [str(error)]}) from error
