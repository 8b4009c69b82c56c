"""API of report runs and their files."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelError
from django.db.models import Prefetch, QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reports import policy
from reports.models import ReportFile, ReportRun
from reports.services import ending, runs
from reports.states import RUN_KINDS, BookKey, Language, Paper, RunState
from reports.views import runs as views
from tasks.api.parts import plan_filter, quarter_or_400
from tasks.models import Plan
from tracker.lib.api.fields import Nothing, Shown, StrictSerializer
from tracker.lib.api.filters import Ordering
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly, check_query
from tracker.lib.excel import XLSX
from units.filters import UnitField, UnitFilter
from units.models import Unit, User
from units.web import person

FILE_KINDS = {
    ("200", "application/zip"): OpenApiTypes.BINARY,
    ("200", XLSX): OpenApiTypes.BINARY,
}


class FileSerializer(serializers.ModelSerializer[ReportFile]):
    """A file to take, with its SHA-256."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = ReportFile
        fields = ["name", "url", "size", "sha256", "removed_at"]

    def get_url(self, file: ReportFile) -> str:
        path = reverse("api:report-file", args=[file.pk])
        return str(self.context["request"].build_absolute_uri(path))


class RunSerializer(serializers.ModelSerializer[ReportRun]):
    """A run; `files` once its state is `done`, those that the person may take."""

    plan = Shown(allow_null=True)
    period = serializers.CharField(source="quarter", read_only=True)
    lead_unit = Shown("name", allow_null=True)
    requested_by = serializers.StringRelatedField[Any](allow_null=True)
    step = serializers.CharField(read_only=True)
    error = serializers.CharField(read_only=True)
    files = FileSerializer(many=True, read_only=True)

    class Meta:
        model = ReportRun
        fields = [
            "id",
            "book",
            "period",
            "plan",
            "lead_unit",
            "paper",
            "language",
            "state",
            "done",
            "total",
            "step",
            "error",
            "requested_by",
            "created_at",
            "started_at",
            "finished_at",
            "files",
        ]
        read_only_fields = fields


class UnitByName(serializers.CharField):
    """A unit by its number or any of its names."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the unit."""
        try:
            return UnitField().clean(super().to_internal_value(data))
        except ModelError as error:
            raise serializers.ValidationError(error.messages) from error


class RunRequest(StrictSerializer):
    """Which book is wanted, for which quarter; all plans and all lead units unless named."""

    book = serializers.ChoiceField(BookKey.choices, label=_("报表"))
    period = serializers.CharField(label=_("季度"), max_length=20, help_text=_("如 2026Q3"))
    plan = serializers.SlugRelatedField[Plan](
        label=_("方案"),
        slug_field="code",
        queryset=Plan.objects.all(),
        required=False,
        allow_null=True,
        error_messages={"does_not_exist": _("没有代码为“{value}”的方案。")},
    )
    lead_unit = UnitByName(
        label=_("牵头单位"),
        required=False,
        allow_null=True,
        help_text=_("编号或任一名称"),
    )
    paper = serializers.ChoiceField(Paper.choices, label=_("纸张"), required=False)
    language = serializers.ChoiceField(Language.choices, label=_("语言"), required=False)


class RunFilters(filters.FilterSet):
    """Filters of runs."""

    book = filters.ChoiceFilter(choices=RUN_KINDS, label=_("报表"))
    state = filters.MultipleChoiceFilter(choices=RunState.choices, label=_("状态，可多个"))
    plan = plan_filter()
    period = filters.CharFilter(method="of_quarter", label=_("季度，如 2026Q3"))
    lead_unit = UnitFilter(field_name="lead_unit", label=_("牵头单位：编号或任一名称"))
    ordering = Ordering(fields={"created_at": "created_at"})

    def of_quarter(self, rows: QuerySet[ReportRun], name: str, text: str) -> QuerySet[ReportRun]:
        return rows.filter(quarter=str(quarter_or_400(text)))


@said(
    list=(_("报表生成列表"), _("可见的报表生成，新的在前。")),
    retrieve=(_("一次报表生成"), _("状态为 done 时 files 列出可下载的文件。")),
    create=(_("生成报表"), _("提交后由后台生成；用返回的 id 查询进度。")),
    cancel=(_("取消生成"), _("排队中或生成中的可以取消，不留下文件。")),
    again=(_("重新生成"), _("失败、已取消的重新排队；文件已清理的另行生成。")),
)
class RunViews(ReadOnly[ReportRun]):
    """Runs of books: asked for, watched, their files taken."""

    queryset = ReportRun.objects.none()
    serializer_class = RunSerializer
    filterset_class = RunFilters

    @property
    def throttle_scope(self) -> str | None:
        """Asking for a run is counted apart."""
        return "export" if getattr(self, "action", "") == "create" else None

    def rows(self) -> QuerySet[ReportRun]:
        """The runs that the person may see, each with the files that the person may take."""
        files = policy.scope(self.request.user, "file.view").order_by("order")
        rows: QuerySet[ReportRun] = policy.scope(self.request.user, "run.view")
        return (
            rows.select_related("plan", "lead_unit", "requested_by")
            .prefetch_related(Prefetch("files", files))
            .order_by("-pk")
        )

    @extend_schema(request=RunRequest, responses={202: RunSerializer})
    def create(self, request: Request) -> Response:
        """Ask for a book; the answer's `id` tells how far it is."""
        body = RunRequest(data=request.data)
        body.is_valid(raise_exception=True)
        wanted: dict[str, Any] = dict(body.validated_data)
        if not isinstance(request.user, User):
            raise PermissionDenied
        run = _requested(wanted, request.user)
        return Response(self.get_serializer(run).data, status.HTTP_202_ACCEPTED)

    @extend_schema(request=Nothing, responses={200: RunSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Stop one that waits or is made."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        run = ending.cancel(self.get_object(), by=person(request))
        return Response(self.get_serializer(self.rows().get(pk=run.pk)).data)

    @extend_schema(request=Nothing, responses={202: RunSerializer})
    @action(detail=True, methods=["post"])
    def again(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make anew what failed or was cancelled, or whose files were kept long enough."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        run = ending.run_again(self.get_object(), by=person(request))
        return Response(
            self.get_serializer(self.rows().get(pk=run.pk)).data, status.HTTP_202_ACCEPTED
        )


def _requested(wanted: dict[str, Any], by: User) -> ReportRun:
    quarter = quarter_or_400(wanted.pop("period"))
    unit: Unit | None = wanted.pop("lead_unit", None)
    try:
        return runs.request_run(quarter=quarter, lead_unit=unit, by=by, **wanted)
    except PermissionDenied as error:
        raise PermissionDenied(str(error) or _("您无权生成该报表。")) from error


@said(get=(_("下载报表文件"), _("以附件返回文件；每次下载都有记录。")))
class FileView(APIView):
    """A file of a run, as an attachment; each taking is on record."""

    @extend_schema(
        operation_id="report_files_retrieve", responses=FILE_KINDS, tags=["report-files"]
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Send the file."""
        check_query(request, [])
        return views.file(request._request, pk)
