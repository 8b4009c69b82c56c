"""API of the effect of reminders: the same figures as the page."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tasks import policy
from tasks.models import Period
from tasks.services import effect
from tasks.services.effect import Effect, Line
from tracker.lib.api.schema import said
from tracker.lib.api.views import check_query
from units.web import person


class EffectStepSerializer(serializers.Serializer[Any]):
    """How many came in after this reminder last."""

    step = serializers.IntegerField(
        allow_null=True, help_text=_("距截止日的工作日数，负数为截止前；空为报送前没有提醒")
    )
    reports = serializers.IntegerField()


class EffectLineSerializer(serializers.Serializer[Line]):
    """The reports of a unit, a side, or all of them."""

    expected = serializers.IntegerField(help_text=_("应报，即以下五项之和"))
    early = serializers.IntegerField(help_text=_("截止前报送"))
    on_day = serializers.IntegerField(help_text=_("截止当日报送"))
    after = serializers.IntegerField(help_text=_("逾期后报送"))
    later = serializers.IntegerField(help_text=_("关闭后补报"))
    never = serializers.IntegerField(help_text=_("未报"))
    told = serializers.IntegerField(help_text=_("提醒后报送"))
    signer = serializers.IntegerField(help_text=_("告知审签人后报送"))
    office = serializers.IntegerField(help_text=_("告知协调办公室后报送"))
    since_first = serializers.FloatField(
        allow_null=True, help_text=_("首次提醒至报送的自然日，中位数")
    )
    since_last = serializers.FloatField(
        allow_null=True, help_text=_("末次提醒至报送的自然日，中位数")
    )
    steps = EffectStepSerializer(many=True)

    def to_representation(self, line: Line) -> dict[str, Any]:
        names = [str(name) for name in self.fields]
        row = {name: getattr(line, name) for name in names if name != "steps"}
        steps = sorted(line.steps.items(), key=lambda one: (one[0] is not None, one[0] or 0))
        return row | {"steps": [{"step": step, "reports": number} for step, number in steps]}


class EffectUnitSerializer(serializers.Serializer[Any]):
    """A unit; of a closed quarter with its name of the closing."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    line = EffectLineSerializer()


class EffectSideSerializer(serializers.Serializer[Any]):
    """A side with its units."""

    side = serializers.CharField(source="side.jurisdiction.code", help_text=_("行政区划代码"))
    office = serializers.CharField(source="side.office.name")
    units = EffectUnitSerializer(many=True)
    line = EffectLineSerializer()


class EffectSerializer(serializers.Serializer[Effect]):
    """A quarter, as far as the reader has its sides."""

    period = serializers.CharField(source="period.code")
    plan = serializers.CharField(source="period.plan.code")
    due_on = serializers.DateField(source="period.due_on")
    sides = EffectSideSerializer(many=True)
    line = EffectLineSerializer()


@said(
    get=(
        _("提醒效果"),
        _("一个填报期各方各单位在何时、在哪次提醒之后报送；只含本人可阅看的一方。"),
    )
)
@extend_schema_view(get=extend_schema(operation_id="reminder_effect", responses=EffectSerializer))
class EffectView(APIView):
    """When the reports of a quarter came in, and after which reminder."""

    def get(self, request: Request, pk: int) -> Response:
        """Count."""
        check_query(request, [])
        user = person(request)
        periods = policy.scope(user, "period.view").select_related("plan")
        period: Period = get_object_or_404(periods, pk=pk)
        sides = effect.sides_of(user, period)
        if not sides:
            raise Http404
        answer = EffectSerializer(effect.build(period, sides))
        return Response(answer.data, headers={"Cache-Control": "private, no-store"})
