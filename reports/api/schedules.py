"""API of schedules: entered, changed, stopped; their next days, last runs and mails."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from reports import policy
from reports.api.runs import UnitByName
from reports.models import ReportMail, ReportRun, ReportSchedule
from reports.services import schedule_days, schedules
from reports.services.schedules import ScheduleText, Scope
from reports.states import BookKey, Cadence, Language, Paper
from tasks.models import Plan
from tracker.lib.api.fields import Shown, StrictSerializer
from tracker.lib.api.if_match import IF_MATCH, etag, matched_version
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.models import Office, User
from units.web import person

RUNS_SHOWN = 5


class OccasionSerializer(serializers.Serializer[Any]):
    """A day to come; `is_sure` is false as long as the quarter is open."""

    day = serializers.DateField()
    period = serializers.CharField(source="quarter", allow_null=True)
    is_sure = serializers.BooleanField()


class MailSerializer(serializers.ModelSerializer[ReportMail]):
    """What became of the mail to one person; `/report-mails/{id}/resend/` sends it again."""

    recipient = Shown("username")
    error = serializers.CharField(read_only=True)

    class Meta:
        model = ReportMail
        fields = ["id", "recipient", "state", "error", "attempts", "sent_at", "died_at"]


class ScheduledRunSerializer(serializers.ModelSerializer[ReportRun]):
    """A run that the schedule had made."""

    period = serializers.CharField(source="quarter")
    error = serializers.CharField(read_only=True)
    mails = MailSerializer(many=True)

    class Meta:
        model = ReportRun
        fields = ["id", "period", "state", "error", "created_at", "finished_at", "mails"]


class ScheduleSerializer(serializers.ModelSerializer[ReportSchedule]):
    """A schedule, its next three days and its last runs."""

    plan = Shown()
    lead_unit = Shown("name", allow_null=True)
    office = Shown("name", allow_null=True)
    made_by = Shown("username")
    trouble = serializers.CharField(read_only=True)
    recipients = Shown("username", many=True)
    next_days = serializers.SerializerMethodField()
    last_runs = serializers.SerializerMethodField()

    class Meta:
        model = ReportSchedule
        fields = [
            "id", "book", "plan", "lead_unit", "office", "paper", "language", "every", "workdays",
            "day", "on", "recipients", "attach", "is_on", "made_by", "since", "trouble", "version",
            "next_days", "last_runs",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(OccasionSerializer(many=True))
    def get_next_days(self, schedule: ReportSchedule) -> Any:
        days = schedule_days.next_days(schedule, today=self.context["today"])
        return OccasionSerializer(days, many=True).data

    @extend_schema_field(ScheduledRunSerializer(many=True))
    def get_last_runs(self, schedule: ReportSchedule) -> Any:
        rows = schedule.runs.order_by("-pk").prefetch_related(
            Prefetch("mails", ReportMail.objects.select_related("recipient").order_by("recipient"))
        )
        return ScheduledRunSerializer(rows[:RUNS_SHOWN], many=True).data


class ScheduleLine(ScheduleSerializer):
    """A schedule in the list: without its days and runs."""

    class Meta(ScheduleSerializer.Meta):
        fields = [
            name
            for name in ScheduleSerializer.Meta.fields
            if name not in ("next_days", "last_runs")
        ]
        read_only_fields = fields


class ScheduleChange(StrictSerializer):
    """When, to whom and how; what is not named stays."""

    every = serializers.ChoiceField(label=_("频次"), choices=Cadence.choices)
    workdays = serializers.IntegerField(
        label=_("季度关闭后第几个工作日"), required=False, allow_null=True
    )
    day = serializers.IntegerField(label=_("每月几日"), required=False, allow_null=True)
    on = serializers.DateField(label=_("日期"), required=False, allow_null=True)
    recipients = serializers.ListField(
        label=_("收件人"),
        child=serializers.CharField(max_length=150),
        max_length=schedules.MAX_RECIPIENTS,
        help_text=_("用户名"),
    )
    attach = serializers.BooleanField(label=_("作为附件发送"), required=False)
    paper = serializers.ChoiceField(label=_("纸张"), choices=Paper.choices, required=False)
    language = serializers.ChoiceField(label=_("语言"), choices=Language.choices, required=False)


class ScheduleSwitch(ScheduleChange):
    """The same, and whether it is in use."""

    is_on = serializers.BooleanField(label=_("启用"), required=False)


class NewSchedule(ScheduleChange):
    """The same, of which book and what."""

    book = serializers.ChoiceField(label=_("报表"), choices=BookKey.choices)
    plan = serializers.SlugRelatedField[Plan](
        label=_("方案"),
        slug_field="code",
        queryset=Plan.objects.all(),
        error_messages={"does_not_exist": _("没有代码为“{value}”的方案。")},
    )
    lead_unit = UnitByName(
        label=_("牵头单位"), required=False, allow_null=True, help_text=_("编号或任一名称")
    )


@said(
    list=(_("定时报表列表"), _("可见的定时报表，新的在前。")),
    retrieve=(_("一项定时报表"), _("设定、接下来三次的日期、最近的生成和发送。")),
    create=(_("新建定时报表"), _("收件人须有权查看该报表的全部内容。")),
    partial_update=(_("修改定时报表"), _("改时间、收件人、发送方式，或停用、启用。")),
)
class ScheduleViews(ReadOnly[ReportSchedule]):
    """Schedules that the person may see."""

    queryset = ReportSchedule.objects.none()

    def get_serializer_class(self) -> type[ScheduleSerializer]:
        """The list tells no days and runs: these are asked one by one."""
        return ScheduleLine if self.action == "list" else ScheduleSerializer

    def rows(self) -> QuerySet[ReportSchedule]:
        """Those that the person may see."""
        rows: QuerySet[ReportSchedule] = policy.scope(self.request.user, "schedule.view")
        related = rows.select_related("plan", "lead_unit", "office", "made_by")
        return related.prefetch_related("recipients").order_by("-pk")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One, with its state for a change."""
        return self._told(self.get_object())

    @extend_schema(request=NewSchedule, responses={201: ScheduleSerializer})
    def create(self, request: Request) -> Response:
        """Enter one."""
        body = NewSchedule(data=request.data)
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(body.validated_data)
        by = person(request)
        scope = Scope(values.pop("book"), values.pop("plan"), values.pop("lead_unit", None))
        values["recipients"] = _people(values["recipients"], scope, by)
        made = schedules.create(scope, ScheduleText(**values), by=by, today=self.today)
        return self._told(self.rows().get(pk=made.pk), status.HTTP_201_CREATED)

    @extend_schema(
        request=ScheduleSwitch, responses={200: ScheduleSerializer}, parameters=[IF_MATCH]
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change, stop, begin again."""
        found = self.get_object()
        version, by = matched_version(request), person(request)
        body = ScheduleSwitch(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(body.validated_data)
        is_on = values.pop("is_on", None)
        if "recipients" in values:
            scope = Scope(found.book, found.plan, found.lead_unit)
            values["recipients"] = _people(values["recipients"], scope, by, found.office)
        text = replace(schedules.text_of(found), **values)
        schedules.save(
            found, text if values else None, is_on=is_on, version=version, by=by, today=self.today
        )
        return self._told(self.rows().get(pk=found.pk))

    def _told(self, schedule: ReportSchedule, code: int = status.HTTP_200_OK) -> Response:
        data = self.get_serializer(schedule).data
        return Response(data, code, headers=etag(schedule.version))


def _people(
    usernames: list[str], scope: Scope, by: User, office: Office | None = None
) -> list[User]:
    """Of those who may be chosen; of others not even that they exist is told."""
    readers = schedules.readers_for(scope, by=by, office=office)
    known = {one.username: one for one in readers}
    if wrong := [name for name in usernames if name not in known]:
        words = _t("“%(name)s”不是可以选为收件人的用户名。") % {"name": wrong[0][:50]}
        raise ValidationError({"recipients": words})
    return [known[name] for name in dict.fromkeys(usernames)]
