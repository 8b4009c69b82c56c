"""API of plans' quarters: how they stand, closing a side, opening it again, snapshots."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.parts import QuarterFilter, plan_filter
from tasks.api.writes import text
from tasks.models import Period, PeriodSide, PlanSide, Responsibility, Snapshot
from tasks.services import closing, snapshots
from tasks.services.closing import MAX_NOTE, Unsettled
from tasks.states import PeriodState
from tracker.lib import workdays
from tracker.lib.api.errors import Conflict
from tracker.lib.api.fields import Shown, StrictSerializer
from tracker.lib.api.filters import Ordering
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.models import User
from units.web import person


class ClosedSideSerializer(serializers.ModelSerializer[PeriodSide]):
    """A side that its office has closed, or has opened again (`closed_at` is null)."""

    side = Shown()

    class Meta:
        model = PeriodSide
        fields = ["side", "closed_at"]


class PeriodSerializer(serializers.ModelSerializer[Period]):
    """A quarter of a plan; `sides` are those that an office has closed by itself."""

    plan = Shown()
    period = serializers.CharField(source="code", read_only=True, help_text=_("如 2026Q3"))
    name = serializers.CharField(source="as_quarter.label", read_only=True)
    is_open = serializers.SerializerMethodField(help_text=_("今天能否填报"))
    sides = ClosedSideSerializer(many=True, read_only=True)

    class Meta:
        model = Period
        fields = [
            "id",
            "plan",
            "period",
            "name",
            "state",
            "is_open",
            "opens_on",
            "contributions_due_on",
            "due_on",
            "grace_until",
            "closed_on",
            "sides",
        ]

    def get_is_open(self, period: Period) -> bool:
        return period.is_open(self.context["today"])


class WantingSerializer(serializers.Serializer[Any]):
    """A report that is wanting."""

    task = serializers.IntegerField(source="task_id")
    number = serializers.IntegerField(source="task.number")
    title = serializers.CharField(source="task.title")
    unit = serializers.CharField(source="unit.name")


class SideStandingSerializer(serializers.Serializer[Any]):
    """How one side stands; what is wanting only to its own office and inspector."""

    side = serializers.CharField()
    office = serializers.CharField()
    is_closed = serializers.BooleanField()
    closed_at = serializers.DateTimeField(allow_null=True)
    expected = serializers.IntegerField()
    approved = serializers.IntegerField()
    missing = WantingSerializer(many=True, required=False)
    returned = WantingSerializer(many=True, required=False)
    unreviewed = WantingSerializer(many=True, required=False)


class SnapshotSerializer(serializers.ModelSerializer[Snapshot]):
    """What a closing kept; `intact` says whether it still is what its digest says."""

    taken_by = serializers.CharField(allow_null=True, read_only=True)
    intact = serializers.SerializerMethodField(help_text=_("与校验值相符"))

    class Meta:
        model = Snapshot
        fields = ["id", "day", "taken_at", "taken_by", "digest", "intact", "replaced_at", "reason"]

    def get_intact(self, snapshot: Snapshot) -> bool:
        return snapshots.verify(snapshot)


class CloseBody(StrictSerializer):
    """Which side, and how much is wanting of it, as read from `standing`."""

    side = serializers.CharField(label=_("所属方的行政区划代码"), max_length=12)
    missing = serializers.IntegerField(label=_("未报"), min_value=0, default=0)
    returned = serializers.IntegerField(label=_("退回未重报"), min_value=0, default=0)
    unreviewed = serializers.IntegerField(label=_("未审核"), min_value=0, default=0)
    note = text(_("关闭说明"), MAX_NOTE)


class ReopenBody(StrictSerializer):
    """Which side, and why."""

    side = serializers.CharField(label=_("所属方的行政区划代码"), max_length=12)
    reason = text(_("重新开放理由"), MAX_NOTE, required=True)


class PeriodFilters(filters.FilterSet):
    """Filters of periods."""

    plan = plan_filter()
    period = QuarterFilter(field_name="", label=_("季度，如 2026Q3"))
    state = filters.ChoiceFilter(choices=PeriodState.choices, label=_("状态"))
    ordering = Ordering(fields={"due_on": "due_on", "opens_on": "opens_on"})


@said(
    list=(_("填报期列表"), _("各方案的季度：开放、截止、宽限和关闭的日期。")),
    retrieve=(_("一个填报期"), _("一个方案的一个季度。")),
    standing=(_("填报期各方报送"), _("应报、已审核；未报、退回、未审核的明细只给本方。")),
    snapshots=(_("填报期快照"), _("各次关闭的快照及其校验值；被替换的也列出。")),
    close=(_("关闭本方"), _("协调办公室关闭本方；写明的缺数须与实际相符，否则409。")),
    reopen=(_("重新开放本方"), _("协调办公室重新开放本方，写明理由；原快照保留。")),
)
class PeriodViews(ReadOnly[Period]):
    """Quarters of plans."""

    queryset = Period.objects.none()
    serializer_class = PeriodSerializer
    filterset_class = PeriodFilters

    def rows(self) -> QuerySet[Any]:
        """All periods, newest first, for everyone logged in."""
        rows: QuerySet[Period] = policy.scope(self.request.user, "period.view")
        sides = PeriodSide.objects.select_related("side").order_by("side__code")
        return (
            rows.select_related("plan")
            .prefetch_related(Prefetch("sides", sides))
            .order_by("-year", "-quarter", "plan", "pk")
        )

    @extend_schema(responses=SideStandingSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def standing(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """How each side stands."""
        period = self.get_object()
        sides = policy.scope(request.user, "snapshot.lacks").filter(plan=period.plan_id)
        told = set(sides.values_list("pk", flat=True))
        rows = [
            _standing_as_dict(one, told=one.side.pk in told) for one in closing.standing_of(period)
        ]
        return Response(SideStandingSerializer(rows, many=True).data)

    @extend_schema(responses=SnapshotSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def snapshots(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What closings kept, newest first."""
        taken = policy.scope(request.user, "snapshot.view").filter(period=self.get_object())
        rows = taken.select_related("taken_by").order_by("-taken_at")
        return Response(SnapshotSerializer(rows, many=True).data)

    @extend_schema(request=CloseBody, responses={200: PeriodSerializer, 409: None})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Close one's own side."""
        period, values = self.get_object(), self._checked(CloseBody)
        side = self._side(period, values["side"])
        counts = (values["missing"], values["returned"], values["unreviewed"])
        with transaction.atomic():
            try:
                closing.close_side(
                    period,
                    side,
                    by=self._person,
                    now=workdays.now(),
                    confirmed=counts,
                    note=values.get("note", ""),
                )
            except Unsettled as error:
                raise Conflict(error.messages[0]) from None
        return self._answer(period)

    @extend_schema(request=ReopenBody, responses={200: PeriodSerializer})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Open one's own side again."""
        period, values = self.get_object(), self._checked(ReopenBody)
        side = self._side(period, values["side"])
        closing.reopen_side(
            period, side, reason=values["reason"], by=self._person, now=workdays.now()
        )
        return self._answer(period)

    @property
    def _person(self) -> User:
        return person(self.request)

    def _checked(self, body: type[StrictSerializer]) -> dict[str, Any]:
        form = body(data=self.request.data)
        form.is_valid(raise_exception=True)
        values: dict[str, Any] = form.validated_data
        return values

    def _side(self, period: Period, code: str) -> PlanSide:
        sides = PlanSide.objects.filter(plan=period.plan_id, jurisdiction__code=code)
        side = sides.select_related("jurisdiction", "office").first()
        if side is None:
            raise ValidationError({"side": [_t("方案没有这一方。")]})
        return side

    def _answer(self, period: Period) -> Response:
        shown = self.get_queryset().get(pk=period.pk)
        return Response(self.get_serializer(shown).data)


def _standing_as_dict(standing: closing.SideStanding, *, told: bool) -> dict[str, Any]:
    closed = standing.closing
    row: dict[str, Any] = {
        "side": standing.side.jurisdiction.code,
        "office": standing.side.office.name,
        "is_closed": standing.is_closed,
        "closed_at": closed.closed_at if closed else None,
        "expected": standing.expected,
        "approved": standing.approved,
    }
    lists: dict[str, list[Responsibility]] = {
        "missing": standing.missing,
        "returned": standing.returned,
        "unreviewed": standing.unreviewed,
    }
    return row | lists if told else row
