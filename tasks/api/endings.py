"""API of 办结与销号: claimed by leads, decided by offices, through the services alone."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.parts import TaskRef, plan_filter
from tasks.models import Ending, Responsibility, Task
from tasks.services import endings, shelf
from tasks.services.ending_rules import MAX_TEXT, Claim
from tasks.services.evidence import attach_all
from tasks.states import EndingKind, EndingState
from tracker.lib import workdays
from tracker.lib.api.fields import ByNumber, CleanText, Nothing, Shown, StrictSerializer
from tracker.lib.api.files import TakesFiles, json_or_form, sent
from tracker.lib.api.filters import Ordering
from tracker.lib.api.if_match import IF_MATCH, etag, matched_version
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.filters import PlaceFilter, UnitFilter
from units.models import User
from units.web import person

WITH_ALL = (
    "responsibility__task__plan",
    "responsibility__unit",
    "responsibility__side",
    "carried_to__plan",
    "claimed_by",
    "decided_by",
    "revoked_by",
)


class EndingSerializer(serializers.ModelSerializer[Ending]):
    """A claim that one side of a task ends, and what became of it."""

    task = TaskRef(source="responsibility.task", read_only=True)
    unit = Shown("name", source="responsibility.unit")
    side = Shown(source="responsibility.side", allow_null=True)
    carried_to = TaskRef(read_only=True, allow_null=True)
    claimed_by = serializers.StringRelatedField[Any](allow_null=True)
    decided_by = serializers.StringRelatedField[Any](allow_null=True)
    revoked_by = serializers.StringRelatedField[Any](allow_null=True)

    class Meta:
        model = Ending
        fields = [
            "id",
            "responsibility",
            "task",
            "unit",
            "side",
            "kind",
            "state",
            "reason",
            "percent",
            "shortfall",
            "carried_to",
            "version",
            "claimed_by",
            "claimed_at",
            "decided_by",
            "decided_at",
            "decision_reason",
            "own_office_review",
            "revoked_by",
            "revoked_at",
            "revoke_reason",
        ]
        read_only_fields = fields


def _words(label: Any, **kwargs: Any) -> CleanText:
    return CleanText(label=label, max_length=MAX_TEXT, **kwargs)


class NewEnding(StrictSerializer):
    """How a side ends, and why."""

    responsibility = ByNumber(
        label=_("责任"),
        queryset=Responsibility.objects.select_related("task__plan", "unit", "side"),
        help_text=_("牵头责任的编号，见 /responsibilities/"),
    )
    kind = serializers.ChoiceField(EndingKind.choices, label=_("申请事项"))
    reason = _words(_("完成情况或理由"))
    shortfall = _words(_("未达100%的说明"), required=False, allow_blank=True)
    carried_to = ByNumber(
        label=_("结转至"),
        queryset=Task.objects.all(),
        required=False,
        allow_null=True,
        help_text=_("结转的：后续方案中任务的编号"),
    )


class Accepting(StrictSerializer):
    """Confirming; words are not needed."""

    reason = _words(_("核定意见"), required=False, allow_blank=True)


class Reason(StrictSerializer):
    """Why it is sent back or revoked."""

    reason = _words(_("理由"))


class EndingFilters(filters.FilterSet):
    """Filters of endings."""

    plan = plan_filter("responsibility__task__plan")
    kind = filters.ChoiceFilter(choices=EndingKind.choices, label=_("申请事项"))
    state = filters.ChoiceFilter(choices=EndingState.choices, label=_("状态"))
    unit = UnitFilter(field_name="responsibility__unit")
    jurisdiction = PlaceFilter(field_name="responsibility__side")
    ordering = Ordering(fields={"claimed_at": "claimed_at", "decided_at": "decided_at"})


ANSWERS = {200: EndingSerializer, 409: None, 412: None, 428: None}


@said(
    list=(_("办结与销号列表"), _("可见的办结、长期坚持、结转、中止申请及其核定。")),
    retrieve=(_("一项申请"), _("一项申请及其核定；响应头 ETag 为版本。")),
    create=(
        _("申请办结等"),
        _(
            "牵头单位申请办结、长期坚持、结转或中止；协调办公室可录入后三种。"
            "用 multipart/form-data 可同时上传佐证材料。"
        ),
    ),
    accept=(_("核定"), _("协调办公室核定，办结即销号；须带 If-Match。")),
    refuse=(_("退回申请"), _("协调办公室退回，写明理由；须带 If-Match。")),
    withdraw=(_("撤回申请"), _("核定前由申请人撤回；须带 If-Match。")),
    revoke=(_("撤销"), _("协调办公室撤销已核定的，任务恢复为推进中，写明理由；须带 If-Match。")),
)
class EndingViews(TakesFiles, ReadOnly[Ending]):
    """Ends of sides: read by policy."""

    queryset = Ending.objects.none()
    serializer_class = EndingSerializer
    filterset_class = EndingFilters
    takes_files = frozenset({"create"})

    def rows(self) -> QuerySet[Ending]:
        """The claims that the person may read."""
        rows: QuerySet[Ending] = policy.scope(self.request.user, "ending.view")
        return rows.select_related(*WITH_ALL).order_by("-claimed_at", "-pk")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One, with its version as ETag."""
        return self._answer(self.get_object())

    @extend_schema(request=json_or_form(NewEnding), responses={201: EndingSerializer, 409: None})
    def create(self, request: Request) -> Response:
        """Claim."""
        values, files = sent(request, NewEnding)
        side, by, now = values.pop("responsibility"), self._person, workdays.now()
        with shelf.kept_whole():
            made = endings.claim(side, Claim(**values), by=by, now=now)
            attach_all(made, files, by=by, now=now)
        return self._answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=Accepting, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Confirm."""
        return self._act(endings.accept, Accepting)

    @extend_schema(request=Reason, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send back."""
        return self._act(endings.refuse, Reason)

    @extend_schema(request=Nothing, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take back."""
        return self._act(endings.withdraw, Nothing)

    @extend_schema(request=Reason, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Open the side again."""
        return self._act(endings.revoke, Reason)

    @property
    def _person(self) -> User:
        return person(self.request)

    def _act(self, service: Any, body: type[StrictSerializer]) -> Response:
        """Do it on the version that the caller has read."""
        row = self.get_object()
        version = matched_version(self.request)
        form = body(data=self.request.data or {})
        form.is_valid(raise_exception=True)
        row.version = version
        with transaction.atomic():
            done = service(row, by=self._person, now=workdays.now(), **form.validated_data)
        return self._answer(done)

    def _answer(self, row: Ending, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(row).data, code, headers=etag(row.version))
