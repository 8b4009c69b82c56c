"""API of the log of administration."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelError
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from tracker.lib.api.errors import Conflict
from tracker.lib.api.fields import StrictSerializer
from tracker.lib.api.filters import Day
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from tracker.lib.excel import XLSX
from tracker.lib.lists import PARAMETER, words_of
from units import policy
from units.api.exports import COLUMNS, heads_asked
from units.columns import LOG_LIST
from units.models import AuditEntry
from units.services import log, log_export
from units.services.exports import Export, part_of
from units.services.seals import Head
from units.services.verify import checked, head_of
from units.states import Result, Role
from units.verbs import ADMINISTRATION
from units.views.audit import CSV, FILES, as_file, record_export
from units.web import person

KIND = OpenApiParameter(
    "file",
    OpenApiTypes.STR,
    enum=[kind for kind, _label in FILES],
    description=gettext_lazy("文件格式，不填为 csv"),
)
LOG_FILES: dict[Any, Any] = {
    (200, CSV.partition(";")[0]): OpenApiTypes.BINARY,
    (200, XLSX): OpenApiTypes.BINARY,
    409: None,
}


def kind_asked(request: Request) -> str:
    """Which file the call asks for."""
    kind: str = request.query_params.get("file") or FILES[0][0]
    if kind not in dict(FILES):
        raise ValidationError({"file": [_("应为 csv 或 xlsx。")]})
    return kind


class AuditSerializer(serializers.ModelSerializer[AuditEntry]):
    """An entry of administration."""

    actor = serializers.CharField(source="actor_name")
    unit = serializers.CharField(source="unit_name")

    class Meta:
        model = AuditEntry
        fields = [
            "id",
            "at",
            "actor",
            "unit",
            "source",
            "ip",
            "verb",
            "object_type",
            "object_id",
            "object_name",
            "result",
            "before",
            "after",
            "reason",
        ]


class AuditFilters(filters.FilterSet):
    """Filters of the log."""

    verb = filters.MultipleChoiceFilter(
        choices=list(ADMINISTRATION.items()), label=gettext_lazy("动作")
    )
    since = Day(method="filter_since", label=gettext_lazy("自此日起"))
    until = Day(method="filter_until", label=gettext_lazy("至此日止"))
    actor = filters.CharFilter(
        field_name="actor_name",
        lookup_expr="icontains",
        max_length=50,
        label=gettext_lazy("操作人"),
    )
    what = filters.CharFilter(
        field_name="object_name",
        lookup_expr="icontains",
        max_length=100,
        label=gettext_lazy("对象"),
    )
    result = filters.ChoiceFilter(choices=Result.choices, label=gettext_lazy("结果"))

    def filter_since(self, rows: Any, name: str, day: Any) -> Any:
        """Of this day and later."""
        return log.narrowed(rows, since=day)

    def filter_until(self, rows: Any, name: str, day: Any) -> Any:
        """Of this day and before."""
        return log.narrowed(rows, until=day)


class HeadSerializer(StrictSerializer):
    """A head of the chain that somebody kept."""

    head = serializers.CharField(
        required=False, max_length=100, help_text=gettext_lazy("邮件中的“序号:摘要”一行")
    )

    def validate_head(self, text: str) -> Head:
        """The head; a sentence for what is none."""
        head = head_of(text)
        if head is None:
            raise ValidationError(_("应为“序号:64位摘要”，照抄邮件里的一行即可。"))
        return head


class BadSerializer(serializers.Serializer[Any]):
    """The first thing that does not hold."""

    fault = serializers.CharField()
    entry = serializers.IntegerField(allow_null=True)
    number = serializers.IntegerField(allow_null=True)
    sentence = serializers.CharField()


class VerifiedSerializer(serializers.Serializer[Any]):
    """What the walk along the chain found."""

    holds = serializers.BooleanField()
    entries = serializers.IntegerField()
    waiting = serializers.IntegerField()
    seconds = serializers.FloatField()
    speed = serializers.IntegerField()
    number = serializers.IntegerField(source="head.number")
    digest = serializers.CharField(source="head.digest")
    bad = BadSerializer(allow_null=True)


class LogPages(CursorPagination):
    """From the newest on, by `next`: nothing is counted."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Any:
        """The place in the log; ValidationError where `cursor` is none."""
        try:
            return super().decode_cursor(request)
        except NotFound as error:
            sentence = _("翻页标记无效：请照抄上一页的 next 或 previous。")
            raise ValidationError({"cursor": [sentence]}) from error


@said(
    list=(gettext_lazy("管理记录"), gettext_lazy("登录、账号、密码、角色等管理操作，新的在前。")),
    retrieve=(gettext_lazy("一条管理记录"), gettext_lazy("一条管理记录。")),
    export=(
        gettext_lazy("导出管理记录"),
        gettext_lazy("符合条件的记录，CSV 或 Excel；每次导出都有记录。"),
    ),
    verify=(
        gettext_lazy("核对记录"),
        gettext_lazy("从头核对封存链，指出第一条被改动、删除、插入或调换的记录。"),
    ),
)
class AuditViews(ReadOnly[AuditEntry]):
    """The log of administration, for the audit administrator alone."""

    queryset = AuditEntry.objects.none()
    serializer_class = AuditSerializer
    filterset_class = AuditFilters
    pagination_class = LogPages
    site_roles = (Role.AUDIT_ADMIN,)

    @classmethod
    def list_parameters(cls) -> list[str]:
        """The filters and the cursor."""
        return [*AuditFilters.base_filters, "cursor", "page_size"]

    @extend_schema(request=HeadSerializer, responses=VerifiedSerializer)
    @action(detail=False, methods=["post"], filter_backends=[], pagination_class=None)
    def verify(self, request: Request) -> Response:
        """Walk the chain, as the page does; on record."""
        self.rows()  # only who reads the log
        wanted = HeadSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        done = checked(person(request), known=wanted.validated_data.get("head"))
        return Response(VerifiedSerializer(done).data)

    def known_parameters(self) -> list[str]:
        """Of the export: the filters, which file, and the columns."""
        if self.action != "export":
            return super().known_parameters()
        return [*AuditFilters.base_filters, "file", PARAMETER]

    @extend_schema(responses=LOG_FILES, parameters=[KIND, COLUMNS])
    @action(detail=False, methods=["get"], pagination_class=None)
    def export(self, request: Request) -> HttpResponseBase:
        """The same entries as a file; each taking is on record."""
        kind, user = kind_asked(request), person(request)
        found = self.filter_queryset(self.get_queryset())
        form = AuditFilters(request.query_params, found, request=request).form
        form.is_valid()
        part = part_of(found, log_export.lines_of)
        heads = heads_asked(request, LOG_LIST, user)
        try:
            answer = as_file(Export(LOG_LIST, heads, [part], words_of(form)), kind, by=user)
        except ModelError as error:
            raise Conflict(error.messages[0]) from error
        if request.method == "GET":
            record_export(user, kind, form.cleaned_data, part="audit")
        return answer

    def rows(self) -> QuerySet[AuditEntry]:
        """Entries of administration."""
        if not policy.reads_log(self.request.user):
            raise PermissionDenied(_("管理记录只由审计管理员查看。"))
        return policy.scope(self.request.user, "audit.view").order_by("-pk")
