"""API of progress reports: read by policy; written through the services alone."""

from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.entries import (
    Answering,
    ChangedEntry,
    FlagSerializer,
    NewEntry,
    ReportSerializer,
    Returning,
    WholeEntry,
    entry_of,
    flags_as_dicts,
)
from tasks.api.filters import ReportFilters
from tasks.api.parts import quarter_or_400
from tasks.api.reviewing import ManyAtOnce
from tasks.api.signing import SIGNING_WORDS, SigningActions
from tasks.models import Period, ProgressReport, Responsibility, Task
from tasks.services import checks, coordination, progress, proxy
from tasks.states import ReportState
from tracker.lib import workdays
from tracker.lib.api.errors import Conflict
from tracker.lib.api.fields import Nothing
from tracker.lib.api.if_match import IF_MATCH, matched_version
from tracker.lib.api.schema import said
from tracker.lib.stale import Stale


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
        gettext_lazy("牵头单位填报一个季度的进展；submit 为 true 时同时报送。"),
    ),
    update=(
        gettext_lazy("整体修改"),
        gettext_lazy("重写草稿或被退回的进展，未写的项清空；须带 If-Match。"),
    ),
    partial_update=(gettext_lazy("部分修改"), gettext_lazy("只改写明的项；须带 If-Match。")),
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
    send_back=(
        gettext_lazy("退回"),
        gettext_lazy("协调办公室退回待审的进展，写明理由；须带 If-Match。"),
    ),
    **SIGNING_WORDS,
)
class ReportViews(ManyAtOnce, SigningActions):
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

    @extend_schema(request=NewEntry, responses={201: ReportSerializer, 409: None})
    def create(self, request: Request) -> Response:
        """Begin a quarter's report of a side that the person's unit leads."""
        body = NewEntry(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        verb = "report.enter" if values.get("on_behalf") else "report.edit"
        side = self._side(values["task"], values.get("side"), verb)
        period = _period(side, values["period"])
        try:
            report = self._write(side, period, values, version=0)
        except Stale as error:
            raise Conflict(
                _("该任务%(period)s已有填报，请读取后用 PUT 或 PATCH 修改。") % {"period": period}
            ) from error
        return self.answer(report, status.HTTP_201_CREATED)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A report, with its version as ETag for who may change or review it."""
        return self.answer(self.get_object())

    @extend_schema(
        request=WholeEntry,
        responses={200: ReportSerializer, 409: None, 412: None, 428: None},
        parameters=[IF_MATCH],
    )
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Save the whole report anew; what is left out becomes empty."""
        return self._change(WholeEntry)

    @extend_schema(
        request=ChangedEntry,
        responses={200: ReportSerializer, 409: None, 412: None, 428: None},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Save what is given; the rest stays."""
        return self._change(ChangedEntry)

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

    def _side(self, task: Task, code: str | None, verb: str) -> Responsibility:
        """The side of the task for which the person may report."""
        sides = task.responsibilities.leads().select_related("side", "task__plan")
        if code is not None:
            sides = sides.filter(side__code=code)
            if not sides:
                sentence = _("该任务没有代码为“%(side)s”的一方。") % {"side": code[:50]}
                raise ValidationError({"side": [sentence]})
        own = policy.scope(self.person, verb)
        mine = list(sides.filter(pk__in=own.values("pk")))
        if not mine:
            raise PermissionDenied(_("本单位不牵头该任务，不能填报。"))
        if len(mine) > 1:
            raise ValidationError({"side": [_("该任务有多方可填：请写明 side。")]})
        return mine[0]

    def _change(self, kind: type[WholeEntry]) -> Response:
        report = self.get_object()
        version = matched_version(self.request)
        body = kind(data=self.request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        if kind is ChangedEntry:
            values = {**asdict(progress.Entry.of(report)), **values}
        side, period = report.responsibility, report.period
        return self.answer(self._write(side, period, values, version=version))

    def _write(
        self, side: Responsibility, period: Period, values: dict[str, Any], *, version: int
    ) -> ProgressReport:
        given: dict[str, Any] = {"by": self.person, "now": workdays.now(), "version": version}
        if reason := values.get("on_behalf"):
            return proxy.enter(side, period, entry_of(values), reason=reason, **given)
        write = progress.submit if values.get("submit") else progress.save_draft
        return write(side, period, entry_of(values), **given)

    def _reviewed(self) -> ProgressReport:
        """The report, locked, and of the version that the reviewer has read."""
        report = self.get_object()
        waits = report.state == ReportState.SUBMITTED
        if waits and not policy.judges(self.person, report):
            raise PermissionDenied
        return self.as_read(report)


def _period(side: Responsibility, text: str) -> Period:
    quarter = quarter_or_400(text)
    period = side.task.plan.periods.of(quarter).first()
    if period is None:
        raise ValidationError(
            {
                "period": [
                    _("%(plan)s没有%(quarter)s的填报期。")
                    % {"plan": side.task.plan.name, "quarter": quarter.label}
                ]
            }
        )
    return period
