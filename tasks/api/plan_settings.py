"""API of what an office sets for its plan, and of offering earlier quarters."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks.api.parts import quarter_or_400
from tasks.api.plan_writes import PlanWrites
from tasks.api.writes import REFUSALS
from tasks.models import Plan
from tasks.services import backfill, plan_settings
from tasks.services.editing import stamp, values_of
from tasks.services.plan_settings import BOUNDS, PlanSettings
from tracker.lib.api.fields import StrictSerializer
from tracker.lib.api.if_match import IF_MATCH, etag


class SettingsSerializer(serializers.ModelSerializer[Plan]):
    """The days of later quarters; where lights and checks turn."""

    class Meta:
        model = Plan
        fields = [*PlanSettings.__dataclass_fields__]


def _number(name: str) -> serializers.IntegerField:
    field: Any = Plan._meta.get_field(name)
    least, most = BOUNDS[name]
    return serializers.IntegerField(
        label=field.verbose_name, required=False, min_value=least, max_value=most
    )


class SettingsBody(StrictSerializer):
    """What is given; the rest stays. `soon_workdays` is one of the choices."""

    due_day = _number("due_day")
    grace_workdays = _number("grace_workdays")
    contribution_workdays = _number("contribution_workdays")
    redo_workdays = _number("redo_workdays")
    soon_workdays = serializers.IntegerField(label=_("临期工作日"), required=False)
    behind_points = _number("behind_points")
    far_behind_points = _number("far_behind_points")
    jump_points = _number("jump_points")
    alike_percent = _number("alike_percent")
    scores_on = serializers.BooleanField(label=_("启用考核评分"), required=False)
    score_filing = _number("score_filing")
    score_pace = _number("score_pace")
    score_done = _number("score_done")
    score_mending = _number("score_mending")


class OfferBody(StrictSerializer):
    """From which quarter on."""

    since = serializers.CharField(label=_("自此季度起开放补录"), max_length=20)


class OfferedSerializer(serializers.Serializer[Any]):
    """The quarters that can be filled in now."""

    periods = serializers.ListField(child=serializers.CharField())


class PlanSettingsWrites(PlanWrites):
    """Settings of a plan, for those who may change it; everyone reads them."""

    @extend_schema(
        methods=["GET"],
        responses=SettingsSerializer,
        filters=False,
        summary=_("填报期和亮灯设置"),
        description=_("方案的截止、宽限天数和亮灯、核对标准；可改的人另得 ETag。"),
    )
    @extend_schema(
        methods=["PATCH"],
        request=SettingsBody,
        responses={200: SettingsSerializer, **REFUSALS},
        parameters=[IF_MATCH],
        summary=_("修改填报期和亮灯设置"),
        description=_("只改写明的项；天数自此后开放的填报期起适用。须带 If-Match。"),
    )
    @action(detail=True, methods=["get", "patch"], url_path="settings", url_name="settings")
    def plan_settings(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read or change the settings."""
        if request.method != "PATCH":
            return self._settings(self.get_object())
        plan, seen = self.editable(), self.seen()
        values = values_of(PlanSettings.of(plan)) | self.checked(SettingsBody)
        plan = plan_settings.change(plan, PlanSettings(**values), seen=seen, by=self.person)
        return self._settings(plan)

    def _settings(self, plan: Plan) -> Response:
        headers = etag(stamp(PlanSettings.of(plan))) if self.may_edit(plan) else {}
        return Response(SettingsSerializer(plan).data, headers=headers)

    @extend_schema(
        request=OfferBody,
        responses=OfferedSerializer,
        summary=_("开放补录"),
        description=_("开放启用季度之前的季度，供各单位补录；不提醒。"),
    )
    @action(detail=True, methods=["post"])
    def backfill(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Offer earlier quarters."""
        plan = self.editable()
        since = quarter_or_400(self.checked(OfferBody)["since"])
        made = backfill.offer(plan, since, by=self.person)
        return Response({"periods": [period.code for period in made]})
