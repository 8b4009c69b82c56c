"""API of channels: one's own choice, an office's group robots, messages that did not go out."""

from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.models import Digest, Robot
from tasks.reminders.channels import entry
from tasks.services import channels, deliveries, digests, robots
from tasks.services.channels import Choice
from tasks.services.robots import RobotText
from tasks.states import ROBOT_KINDS, ChannelKind, DigestState
from tracker.lib import workdays
from tracker.lib.api.fields import ByNumber, CleanText, Nothing, Shown, StrictSerializer
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly, Strict
from units.models import Office, User
from units.states import Role
from units.web import person

KINDS = [(kind.value, kind.label) for kind in ROBOT_KINDS]


class ChoiceBody(StrictSerializer):
    """On which channels one is told, besides the list of notices."""

    email = serializers.BooleanField(label=_("电子邮件"))
    gateway = serializers.BooleanField(label=_("短信网关"), required=False, default=False)
    address = CleanText(
        label=_("号码或账号"), required=False, allow_blank=True, default="", max_length=64
    )


class OwnChannelsView(Strict[User]):
    """The person's own choice."""

    queryset = User.objects.none()
    serializer_class = ChoiceBody
    pagination_class = None

    @extend_schema(responses=ChoiceBody)
    def get(self, request: Request) -> Response:
        """What holds."""
        return self._shown()

    @extend_schema(request=ChoiceBody, responses=ChoiceBody)
    def put(self, request: Request) -> Response:
        """Choose."""
        body = ChoiceBody(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        choice = Choice(
            values["email"], values["gateway"], values["address"] if values["gateway"] else ""
        )
        user = person(request)
        channels.choose(user, choice, by=user, today=self.today)
        return self._shown()

    def _shown(self) -> Response:
        return Response(ChoiceBody(asdict(channels.choice_of(person(self.request)))).data)


class RobotSerializer(serializers.ModelSerializer[Robot]):
    """A group robot; `place` is its host and the end of its address."""

    office = Shown("name")
    place = serializers.CharField(read_only=True)

    class Meta:
        model = Robot
        fields = ["id", "office", "kind", "name", "place", "added_at"]


class RobotBody(StrictSerializer):
    """What is entered; address and secret are never told again."""

    office = ByNumber(queryset=Office.objects.all(), label=_("协调办公室"))
    kind = serializers.ChoiceField(label=_("类型"), choices=KINDS)
    name = CleanText(label=_("群名"), max_length=50)
    url = serializers.CharField(label=_("机器人地址（Webhook）"), max_length=1000)
    secret = serializers.CharField(
        label=_("加签密钥"), max_length=200, required=False, allow_blank=True, default=""
    )


@said(
    list=(_("群机器人"), _("本办公室的群机器人。")),
    retrieve=(_("一个群机器人"), _("本办公室的一个群机器人。")),
    create=(_("登记群机器人"), _("保存前试发一条；地址和密钥此后不再显示。")),
    destroy=(_("移除群机器人"), _("连同地址和密钥一并移除。")),
    attempt=(_("试发"), _("向群里试发一条。")),
)
class RobotViews(ReadOnly[Robot]):
    """Group robots of the own offices."""

    queryset = Robot.objects.none()
    serializer_class = RobotSerializer

    def rows(self) -> QuerySet[Robot]:
        """Those that the person keeps."""
        rows: QuerySet[Robot] = policy.scope(self.request.user, "robot.keep")
        return rows.select_related("office").order_by("pk")

    @extend_schema(request=RobotBody, responses={201: RobotSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Try it out and keep it."""
        body = RobotBody(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        office = values.pop("office")
        values["kind"] = ChannelKind(values["kind"])
        text = RobotText(**values)
        robot = entry.add(office, text, by=person(request), now=workdays.now())
        return Response(RobotSerializer(robot).data, 201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Remove it with its secret."""
        robots.remove(self.get_object(), by=person(request), now=workdays.now())
        return Response(status=204)

    @extend_schema(request=Nothing, responses={200: RobotSerializer})
    @action(detail=True, methods=["post"], url_path="try")
    def attempt(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send a line to its group."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        robot = self.get_object()
        entry.try_out(robot, by=person(request), now=workdays.now())
        return Response(RobotSerializer(robot).data)


class DeliverySerializer(serializers.ModelSerializer[Digest]):
    """A message as a row: never what it says."""

    to = serializers.SerializerMethodField(help_text=_("收件人或群机器人"))

    class Meta:
        model = Digest
        fields = [
            "id", "channel", "to", "day", "state", "attempts", "error",
            "made_at", "run_after", "sent_at", "died_at",
        ]  # fmt: skip

    def get_to(self, digest: Digest) -> str:
        return str(digest.recipient or digest.robot)


class DeliveryFilters(filters.FilterSet):
    """Filters of messages."""

    state = filters.ChoiceFilter(choices=DigestState.choices, label=_("状态"))
    channel = filters.ChoiceFilter(choices=ChannelKind.choices, label=_("渠道"))


@said(
    list=(_("提醒消息"), _("系统管理员查看各渠道的消息是否送达，不含内容。")),
    retrieve=(_("一条提醒消息"), _("系统管理员查看一条消息是否送达。")),
    resend=(_("重新发送"), _("系统管理员把发送失败的消息重新排队。")),
)
class DeliveryViews(ReadOnly[Digest]):
    """Messages, for the system administrator."""

    queryset = Digest.objects.none()
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilters
    site_roles = (Role.SYSTEM_ADMIN,)

    def rows(self) -> QuerySet[Digest]:
        """All of them, those given up first."""
        rows: QuerySet[Digest] = policy.scope(self.request.user, "delivery.keep")
        return deliveries.with_names(rows)

    @extend_schema(request=Nothing, responses={200: DeliverySerializer})
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put one that was given up in the queue anew; any other stays as it is."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        digest = self.get_object()
        digests.resend(digest, by=person(request), now=workdays.now())
        return Response(self.get_serializer(self.get_object()).data)
