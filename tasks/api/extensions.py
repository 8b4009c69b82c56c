"""API of 延期: asked by leads, decided by offices, through the services alone."""

from typing import Any

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
from tasks.columns import EXTENSION_LIST
from tasks.models import Extension, Responsibility, Task
from tasks.services import extensions, shelf
from tasks.services.evidence import attach_all
from tasks.services.extensions import MAX_BODY, Grant
from tasks.services.milestone_rules import MAX_TEXT
from tasks.states import ExtensionState
from tracker.lib import workdays
from tracker.lib.api.fields import ByNumber as RowByNumber
from tracker.lib.api.fields import CleanText, Nothing, Shown, StrictSerializer
from tracker.lib.api.files import TakesFiles, json_or_form, sent
from tracker.lib.api.filters import ByNumber, Ordering
from tracker.lib.api.if_match import IF_MATCH, etag, matched_version
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.api.exports import Exports
from units.filters import PlaceFilter, UnitFilter
from units.models import User
from units.web import person

WITH_ALL = (
    "responsibility__task__plan",
    "responsibility__unit",
    "responsibility__side",
    "asked_by",
    "decided_by",
)


class ExtensionSerializer(serializers.ModelSerializer[Extension]):
    """A request for a later date, and what became of it."""

    task = TaskRef(source="responsibility.task", read_only=True)
    unit = Shown("name", source="responsibility.unit")
    side = Shown(source="responsibility.side", allow_null=True)
    asked_by = serializers.StringRelatedField[Any](allow_null=True)
    decided_by = serializers.StringRelatedField[Any](allow_null=True)

    class Meta:
        model = Extension
        fields = [
            "id",
            "responsibility",
            "task",
            "unit",
            "side",
            "state",
            "from_due",
            "from_plans",
            "new_due",
            "granted_due",
            "reason",
            "version",
            "asked_by",
            "asked_at",
            "decided_by",
            "decided_at",
            "decision_reason",
            "own_office_review",
            "approving_body",
            "approval_number",
        ]
        read_only_fields = fields


class NewExtension(StrictSerializer):
    """A later date, and why."""

    responsibility = RowByNumber(
        label=_("责任"),
        queryset=Responsibility.objects.select_related("task__plan", "unit", "side"),
        help_text=_("牵头责任的编号，见 /responsibilities/"),
        error_messages={
            "does_not_exist": _("没有编号为{pk_value}的责任。"),
            "incorrect_type": _("编号应为整数。"),
        },
    )
    new_due = serializers.DateField(label=_("申请时限"))
    reason = CleanText(label=_("延期理由"), max_length=MAX_TEXT)


class Granting(StrictSerializer):
    """Granting; another date than the asked one, who approved it where the date is the plan's."""

    due_on = serializers.DateField(
        label=_("批准时限"), required=False, allow_null=True, help_text=_("不填为申请的时限")
    )
    approving_body = CleanText(
        label=_("批准机关"), required=False, allow_blank=True, max_length=MAX_BODY
    )
    approval_number = CleanText(
        label=_("批准文号"), required=False, allow_blank=True, max_length=MAX_BODY
    )
    reason = CleanText(label=_("审批意见"), required=False, allow_blank=True, max_length=MAX_TEXT)


class RefusingExtension(StrictSerializer):
    """Why the date stays."""

    reason = CleanText(label=_("不批准的理由"), max_length=MAX_TEXT)


class ExtensionFilters(filters.FilterSet):
    """Filters of extensions."""

    plan = plan_filter("responsibility__task__plan")
    task = ByNumber(
        field_name="responsibility__task", queryset=Task.objects.all(), label=_("任务编号")
    )
    state = filters.ChoiceFilter(choices=ExtensionState.choices, label=_("状态"))
    unit = UnitFilter(field_name="responsibility__unit")
    jurisdiction = PlaceFilter(field_name="responsibility__side")
    ordering = Ordering(fields={"asked_at": "asked_at", "new_due": "new_due"})


ANSWERS: dict[int, Any] = {200: ExtensionSerializer, 409: None, 412: None, 428: None}


@said(
    list=(_("延期列表"), _("可见的延期申请及其审批。")),
    retrieve=(_("一项延期"), _("一项延期申请及其审批；响应头 ETag 为版本。")),
    create=(
        _("申请延期"),
        _("牵头单位在到期前申请，写明理由和新的时限。用 multipart/form-data 可同时上传佐证材料。"),
    ),
    grant=(
        _("批准延期"),
        _("协调办公室批准，可另定时限；原时限为方案期限的须有批准机关和文号；须带 If-Match。"),
    ),
    refuse=(_("不批准延期"), _("协调办公室不批准，写明理由；须带 If-Match。")),
    withdraw=(_("撤回延期申请"), _("审批前由牵头单位撤回；须带 If-Match。")),
)
class ExtensionViews(TakesFiles, Exports[Extension], ReadOnly[Extension]):
    """Requests for a later date: read by policy."""

    queryset = Extension.objects.none()
    serializer_class = ExtensionSerializer
    filterset_class = ExtensionFilters
    takes_files = frozenset({"create"})
    exported = EXTENSION_LIST

    def rows(self) -> QuerySet[Extension]:
        """The requests that the person may read."""
        rows: QuerySet[Extension] = policy.scope(self.request.user, "extension.view")
        return rows.select_related(*WITH_ALL).order_by("-asked_at", "-pk")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One, with its version as ETag."""
        return self._answer(self.get_object())

    @extend_schema(request=json_or_form(NewExtension), responses={201: ExtensionSerializer})
    def create(self, request: Request) -> Response:
        """Ask."""
        values, files = sent(request, NewExtension)
        side, by, now = values.pop("responsibility"), self._person, workdays.now()
        with shelf.kept_whole():
            made = extensions.ask(side, by=by, now=now, **values)
            attach_all(made, files, by=by, now=now)
        return self._answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=Granting, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def grant(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Grant."""
        row, values = self._read(Granting)
        decision = Grant(**values)
        return self._answer(extensions.grant(row, decision, by=self._person, now=workdays.now()))

    @extend_schema(request=RefusingExtension, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Refuse."""
        row, values = self._read(RefusingExtension)
        return self._answer(extensions.refuse(row, by=self._person, now=workdays.now(), **values))

    @extend_schema(request=Nothing, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take back."""
        row, _values = self._read(Nothing)
        return self._answer(extensions.withdraw(row, by=self._person, now=workdays.now()))

    @property
    def _person(self) -> User:
        return person(self.request)

    def _read(self, body: type[StrictSerializer]) -> tuple[Extension, dict[str, Any]]:
        """The row in the version that the caller has read, and the body's values."""
        row = self.get_object()
        row.version = matched_version(self.request)
        form = body(data=self.request.data or {})
        form.is_valid(raise_exception=True)
        return row, form.validated_data

    def _answer(self, row: Extension, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(row).data, code, headers=etag(row.version))
