"""API of 配合情况: written by cooperating units, taken in or sent back by leads."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.parts import TaskRef, plan_filter, quarter_or_400
from tasks.models import Contribution, Responsibility
from tasks.services import contributions
from tasks.services.entry import MAX_TEXT
from tasks.services.evidence import attach_all
from tasks.states import ContributionState
from tracker.lib import workdays
from tracker.lib.api.errors import Conflict
from tracker.lib.api.fields import ByNumber, CleanText, Nothing, Shown, StrictSerializer
from tracker.lib.api.files import TakesFiles, json_or_form, sent
from tracker.lib.api.if_match import IF_MATCH, etag, matched_version
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from tracker.lib.stale import Stale
from units.filters import UnitFilter
from units.models import User
from units.web import person


class ContributionSerializer(serializers.ModelSerializer[Contribution]):
    """What a cooperating unit told in a quarter."""

    task = TaskRef(source="responsibility.task", read_only=True)
    unit = Shown("name", source="responsibility.unit")
    side = Shown(source="responsibility.side", allow_null=True)
    period = serializers.CharField(source="period.code", read_only=True)
    submitted_by = serializers.StringRelatedField[Any](allow_null=True)
    taken_by = serializers.StringRelatedField[Any](allow_null=True)

    class Meta:
        model = Contribution
        fields = [
            "id",
            "responsibility",
            "task",
            "unit",
            "side",
            "period",
            "state",
            "text",
            "version",
            "submitted_by",
            "submitted_at",
            "taken_by",
            "taken_at",
            "return_reason",
        ]
        read_only_fields = fields


def _text(**kwargs: Any) -> CleanText:
    return CleanText(
        label=gettext_lazy("配合情况"), max_length=MAX_TEXT, allow_blank=True, **kwargs
    )


class ChangedPart(StrictSerializer):
    """The text; `submit` tells it to the lead."""

    text = _text()
    submit = serializers.BooleanField(label=gettext_lazy("反馈"), required=False)


class NewPart(ChangedPart):
    """A quarter's part to begin with."""

    responsibility = ByNumber(
        label=gettext_lazy("责任"),
        queryset=Responsibility.objects.select_related("task__plan", "unit", "side"),
        help_text=gettext_lazy("配合责任的编号，见 /responsibilities/"),
    )
    period = serializers.CharField(
        label=gettext_lazy("季度"), max_length=20, help_text=gettext_lazy("如 2026Q3")
    )


class PartReturn(StrictSerializer):
    """Why the lead sends it back."""

    reason = CleanText(label=gettext_lazy("退回理由"), max_length=MAX_TEXT)


class ContributionFilters(filters.FilterSet):
    """Filters of parts."""

    plan = plan_filter("responsibility__task__plan")
    task = filters.NumberFilter("responsibility__task", label=gettext_lazy("任务编号"))
    unit = UnitFilter(field_name="responsibility__unit")
    state = filters.ChoiceFilter(choices=ContributionState.choices, label=gettext_lazy("状态"))


ANSWERS: dict[int, Any] = {200: ContributionSerializer, 409: None, 412: None, 428: None}


@said(
    list=(gettext_lazy("配合情况列表"), gettext_lazy("可见的配合单位反馈。")),
    retrieve=(gettext_lazy("一份配合情况"), gettext_lazy("一份反馈；响应头 ETag 为版本。")),
    create=(
        gettext_lazy("新填配合情况"),
        gettext_lazy(
            "配合单位填写一个季度的配合情况；submit 为 true 时同时反馈；"
            "用 multipart/form-data 可同时上传佐证材料。"
        ),
    ),
    update=(
        gettext_lazy("修改配合情况"),
        gettext_lazy(
            "修改草稿或被退回的；用 multipart/form-data 可同时上传佐证材料；须带 If-Match。"
        ),
    ),
    recall=(gettext_lazy("撤回反馈"), gettext_lazy("牵头单位采纳前撤回；须带 If-Match。")),
    take=(
        gettext_lazy("采纳"),
        gettext_lazy("牵头单位采纳，写入本单位草稿的进展情况；须带 If-Match。"),
    ),
    send_back=(gettext_lazy("退回反馈"), gettext_lazy("牵头单位退回，写明理由；须带 If-Match。")),
)
class ContributionViews(TakesFiles, ReadOnly[Contribution]):
    """Parts: read by policy."""

    queryset = Contribution.objects.none()
    serializer_class = ContributionSerializer
    filterset_class = ContributionFilters
    takes_files = frozenset({"create", "update"})

    def rows(self) -> QuerySet[Contribution]:
        """The parts that the person may read."""
        rows: QuerySet[Contribution] = policy.scope(self.request.user, "contribution.view")
        return rows.select_related(
            "responsibility__task__plan",
            "responsibility__unit",
            "responsibility__side",
            "period__plan",
            "submitted_by",
            "taken_by",
        ).order_by("-period__year", "-period__quarter", "responsibility", "pk")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One, with its version as ETag."""
        return self._answer(self.get_object())

    @extend_schema(
        request=json_or_form(NewPart), responses={201: ContributionSerializer, 409: None}
    )
    def create(self, request: Request) -> Response:
        """Begin a quarter's part."""
        values, files = sent(request, NewPart)
        side = values["responsibility"]
        period = side.task.plan.periods.of(quarter_or_400(values["period"])).first()
        if not policy.can(self._person, "contribution.edit", side):
            raise PermissionDenied(_("本单位不配合该任务，不能填写。"))
        if period is None:
            raise ValidationError({"period": [_("该方案没有这个季度的填报期。")]})
        try:
            row = self._save(side, period, values, files, version=0)
        except Stale as error:
            raise Conflict(_("本季度已有配合情况，请读取后用 PUT 修改。")) from error
        return self._answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=json_or_form(ChangedPart), responses=ANSWERS, parameters=[IF_MATCH])
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Save the text anew."""
        row, version = self.get_object(), matched_version(request)
        values, files = sent(request, ChangedPart)
        saved = self._save(row.responsibility, row.period, values, files, version=version)
        return self._answer(saved)

    @extend_schema(request=Nothing, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take back what was told."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        return self._answer(
            contributions.recall(self._as_read(), by=self._person, now=workdays.now())
        )

    @extend_schema(request=Nothing, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def take(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take it in."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        row = self._as_read()
        lead = contributions.lead_for(row, self._person)
        if lead is None:
            raise PermissionDenied
        with transaction.atomic():
            contributions.take(row, lead, by=self._person, now=workdays.now())
        return self._answer(self.get_object())

    @extend_schema(
        request=PartReturn,
        responses={204: None, 409: None, 412: None, 428: None},
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send it back, with a reason."""
        row = self._as_read()
        body = PartReturn(data=request.data)
        body.is_valid(raise_exception=True)
        reason = body.validated_data["reason"]
        contributions.send_back(row, reason=reason, by=self._person, now=workdays.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @property
    def _person(self) -> User:
        return person(self.request)

    def _as_read(self) -> Contribution:
        row = self.get_object()
        row.version = matched_version(self.request)
        return row

    def _save(
        self,
        side: Responsibility,
        period: Any,
        values: dict[str, Any],
        files: list[Any],
        *,
        version: int,
    ) -> Contribution:
        by, now = self._person, workdays.now()
        row: Contribution = contributions.save(
            side,
            period,
            values["text"],
            by=by,
            now=now,
            version=version,
            submit=values.get("submit", False),
            attach=lambda saved: attach_all(saved, files, by=by, now=now),
        )
        return row

    def _answer(self, row: Contribution, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(row).data, code, headers=etag(row.version))
