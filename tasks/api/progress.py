"""API of progress reports: read by policy; written through the services alone."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.entries import (
    Answering,
    FlagSerializer,
    ReportSerializer,
    Returning,
    flags_as_dicts,
)
from tasks.api.filters import ReportFilters
from tasks.api.report_writes import ReportWrites
from tasks.api.reviewing import ManyAtOnce
from tasks.api.signing import SIGNING_WORDS, SigningActions
from tasks.models import ProgressReport
from tasks.services import checks, coordination, progress
from tasks.states import ReportState
from tracker.lib import workdays
from tracker.lib.api.fields import Nothing
from tracker.lib.api.if_match import IF_MATCH
from tracker.lib.api.schema import said


@said(
    list=(gettext_lazy("进展列表"), gettext_lazy("可见的进展填报。")),
    retrieve=(
        gettext_lazy("一份进展"),
        gettext_lazy(
            "一份进展填报；可改或可审的人另得 version、return_reason 和响应头 ETag（版本）。"
        ),
    ),
    create=(
        gettext_lazy("新填一份进展"),
        gettext_lazy(
            "牵头单位填报一个季度的进展；submit 为 true 时同时报送，核对提示见返回的 flags；"
            "用 multipart/form-data 可同时上传佐证材料。"
        ),
    ),
    update=(
        gettext_lazy("整体修改"),
        gettext_lazy(
            "重写草稿或被退回的进展，未写的项清空；用 multipart/form-data 可同时上传佐证材料；"
            "须带 If-Match。"
        ),
    ),
    partial_update=(
        gettext_lazy("部分修改"),
        gettext_lazy("只改写明的项；用 multipart/form-data 可同时上传佐证材料；须带 If-Match。"),
    ),
    approve=(
        gettext_lazy("审核通过"),
        gettext_lazy("协调办公室审核通过待审的进展；须带 If-Match。"),
    ),
    approve_many=(
        gettext_lazy("一并审核通过"),
        gettext_lazy("审核通过多份没有核对提示的进展，写明各份读到的版本；逐份说明结果。"),
    ),
    answer_request=(
        gettext_lazy("协调答复"),
        gettext_lazy("协调办公室答复填报单位的需协调事项；须带 If-Match。"),
    ),
    check=(
        gettext_lazy("提交前核对"),
        gettext_lazy("按已保存的内容列出提交时会有的核对提示；提示不妨碍提交。"),
    ),
    check_first=(
        gettext_lazy("请核对"),
        gettext_lazy(
            "按请求的内容（可连同佐证材料）列出提交时会有的核对提示，什么也不保存；"
            "已有草稿的须带 If-Match。"
        ),
    ),
    send_back=(
        gettext_lazy("退回"),
        gettext_lazy("协调办公室退回待审的进展，写明理由；须带 If-Match。"),
    ),
    **SIGNING_WORDS,
)
class ReportViews(ReportWrites, ManyAtOnce, SigningActions):
    """Reports: read by policy, written by leads, reviewed by offices."""

    model = ProgressReport
    queryset = ProgressReport.objects.none()
    serializer_class = ReportSerializer
    filterset_class = ReportFilters

    def rows(self) -> QuerySet[ProgressReport]:
        """The reports that the person may read."""
        rows: QuerySet[ProgressReport] = policy.scope(self.request.user, "report.view")
        told = policy.scope(self.request.user, "reason.view").filter(pk=OuterRef("pk"))
        return (
            rows.annotate(way_is_told=Exists(told))
            .select_related(
                "responsibility__task__plan",
                "responsibility__unit",
                "responsibility__side",
                "period__plan",
                "filled_by",
                "submitted_by",
                "reviewed_by",
                "signed_by",
            )
            .order_by("-period__year", "-period__quarter", "responsibility", "pk")
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A report, with its version as ETag for who may change or review it."""
        return self.answer(self.get_object())

    @extend_schema(
        request=Nothing,
        responses={200: ReportSerializer, 409: None, 412: None, 428: None},
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Accept a report."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        with transaction.atomic():
            report = self._reviewed()
            report = progress.approve(report, by=self.person, now=workdays.now())
        return self.answer(report)

    @extend_schema(
        request=Returning,
        responses={200: ReportSerializer, 409: None, 412: None, 428: None},
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send a report back, with a reason."""
        body = Returning(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            report = progress.return_report(
                self._reviewed(),
                reason=body.validated_data["reason"],
                by=self.person,
                now=workdays.now(),
            )
        return self.answer(report)

    @extend_schema(
        request=Answering,
        responses={200: ReportSerializer, 409: None, 412: None, 428: None},
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"], url_path="answer", url_name="answer")
    def answer_request(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer what the unit asks to be coordinated."""
        report = self.get_object()
        if not policy.can(self.person, "report.answer", report):
            raise PermissionDenied
        body = Answering(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            report = coordination.answer(
                self.as_read(report),
                body.validated_data["answer"],
                by=self.person,
                now=workdays.now(),
            )
        return self.answer(report)

    @extend_schema(responses={200: FlagSerializer(many=True)})
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def check(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What would be noticed, were the report handed in as it is stored."""
        report = self.get_object()
        if not policy.can(self.person, "report.edit", report.responsibility):
            raise PermissionDenied
        return Response(flags_as_dicts(checks.found(report, today=workdays.today())))

    def _reviewed(self) -> ProgressReport:
        """The report, locked, and of the version that the reviewer has read."""
        report = self.get_object()
        waits = report.state == ReportState.SUBMITTED
        if waits and not policy.judges(self.person, report):
            raise PermissionDenied
        return self.as_read(report)
