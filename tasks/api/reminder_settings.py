"""API of a plan's reminders: which rules are on, at which steps, who is told from when."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks.api.plan_settings import PlanSettingsWrites
from tasks.api.writes import REFUSALS
from tasks.models import Plan
from tasks.reminders.rules import BY_KEY, defaults, named
from tasks.services import reminder_settings
from tasks.services.editing import stamp
from tasks.services.reminder_settings import Entry, RuleSteps, stated
from tracker.lib.api.fields import StrictSerializer
from tracker.lib.api.if_match import IF_MATCH, etag


class RuleBody(StrictSerializer):
    """A rule: what is given; the rest stays. `tell` says from which step on a verb's holders."""

    on = serializers.BooleanField(label=_("启用"), required=False)
    steps = serializers.ListField(
        label=_("步骤（工作日）"),
        child=serializers.IntegerField(min_value=-9999, max_value=9999),
        required=False,
        max_length=100,
    )
    repeat = serializers.IntegerField(
        label=_("此后每隔"), required=False, min_value=0, max_value=9999
    )
    tell = serializers.DictField(
        label=_("通知上一级"),
        child=serializers.IntegerField(min_value=-9999, max_value=9999),
        required=False,
    )


class RemindersBody(StrictSerializer):
    """The rules by key that change, and the day for figures."""

    target_day = serializers.CharField(label=_("目标值填报截止日"), required=False, max_length=5)
    rules = serializers.DictField(child=RuleBody(), required=False)


class RuleSerializer(serializers.Serializer[Any]):
    """A rule in a plan. Whom it tells first is told at every step."""

    name = serializers.CharField()
    first = serializers.CharField()
    on = serializers.BooleanField()
    steps = serializers.ListField(child=serializers.IntegerField())
    repeat = serializers.IntegerField()
    tell = serializers.DictField(child=serializers.IntegerField())


class RemindersSerializer(serializers.Serializer[Any]):
    """All rules of a plan by key."""

    target_day = serializers.CharField()
    rules = serializers.DictField(child=RuleSerializer())


class ReminderWrites(PlanSettingsWrites):
    """A plan's reminders, for those who may change it; everyone reads them."""

    @extend_schema(
        methods=["GET"],
        responses=RemindersSerializer,
        filters=False,
        summary=_("提醒设置"),
        description=_("方案启用的提醒规则和步骤；可改的人另得 ETag。"),
    )
    @extend_schema(
        methods=["PATCH"],
        request=RemindersBody,
        responses={200: RemindersSerializer, **REFUSALS},
        parameters=[IF_MATCH],
        summary=_("修改提醒设置"),
        description=_("只改写明的规则和项；自下一次生成提醒起适用。须带 If-Match。"),
    )
    @action(detail=True, methods=["get", "patch"], url_path="reminders", url_name="reminders")
    def plan_reminders(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read or change them."""
        if request.method != "PATCH":
            return self._reminders(self.get_object())
        plan, seen = self.editable(), self.seen()
        entry = _entry(stated(plan, defaults()), self.checked(RemindersBody))
        plan = reminder_settings.change(plan, entry, defaults=defaults(), seen=seen, by=self.person)
        return self._reminders(plan)

    def _reminders(self, plan: Plan) -> Response:
        entry = stated(plan, defaults())
        told = entry.as_json()
        for key, rule in told["rules"].items():
            rule |= {"name": named(key), "first": BY_KEY[key].verbs[0]}
        headers = etag(stamp(entry)) if self.may_edit(plan) else {}
        return Response(told, headers=headers)


def _entry(now: Entry, values: dict[str, Any]) -> Entry:
    """The settings with what was given."""
    rules = dict(now.rules)
    for key, given in values.get("rules", {}).items():
        if key not in rules:
            text = _t("没有名为“%(key)s”的提醒规则。") % {"key": key[:40]}
            raise ValidationError({"rules": text})
        rules[key] = _steps(rules[key], given)
    return Entry(rules, values.get("target_day", now.target_day))


def _steps(now: RuleSteps, given: dict[str, Any]) -> RuleSteps:
    if "steps" in given:
        given = given | {"steps": tuple(given["steps"])}
    if "tell" in given:
        given = given | {"tell": {**now.tell, **given["tell"]}}
    return replace(now, **given)
