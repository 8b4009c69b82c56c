"""API of the form: which are to be taken, what was sent in, what it would change, applying it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reports import policy
from reports.api.runs import RunSerializer
from reports.api.upload_shapes import (
    ApplyRequest,
    BatchAnswer,
    BatchRequest,
    NewUploads,
    OfferSerializer,
    PreviewSerializer,
    UploadSerializer,
    UploadWithPreview,
)
from reports.models import Upload
from reports.returns.shapes import Refused
from reports.services import form_offer, upload_batches, upload_later, uploads
from reports.services.upload_applying import Wish
from reports.services.upload_preview import preview
from reports.states import UploadState
from reports.views import forms as form_pages
from reports.views import uploads as pages
from tasks.api.parts import quarter_or_400
from tracker.lib import workdays
from tracker.lib.api.fields import Nothing
from tracker.lib.api.if_match import IF_MATCH, etag, matched
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly, check_query
from tracker.lib.excel import XLSX
from tracker.lib.excel.slots import Busy
from units.filters import UnitFilter
from units.models import User

ANY_FILE: dict[tuple[str, str] | str, Any] = {("200", pages.UNKNOWN): OpenApiTypes.BINARY}
BOOK: dict[tuple[str, str] | str, Any] = {("200", XLSX): OpenApiTypes.BINARY}


class UploadFilters(filters.FilterSet):
    """Filters of what was sent in."""

    state = filters.MultipleChoiceFilter(choices=UploadState.choices, label=_("状态，可多个"))
    unit = UnitFilter(field_name="unit", label=_("单位：编号或任一名称"))
    period = filters.CharFilter(method="of_quarter", label=_("季度，如 2026Q3"))
    batch = filters.UUIDFilter(field_name="batch", label=_("批次"))

    def of_quarter(self, rows: QuerySet[Upload], name: str, text: str) -> QuerySet[Upload]:
        return rows.filter(quarter=str(quarter_or_400(text)))


@said(
    list=(_("上传的回填表"), _("可见的回填表上传，新的在前。")),
    retrieve=(
        _("一份上传的回填表"),
        _("state 为 ready 时，preview 列出将写入的内容；ETag 随预览而变。"),
    ),
    create=(
        _("上传回填表"),
        _("以 multipart/form-data 上传一份或多份 .xlsx，或一个 .zip；由后台读取，用 id 查询。"),
    ),
    apply=(
        _("写入回填表"),
        _(
            "全部写入，或一概不写入；If-Match 为预览时的 ETag，内容有变化的返回 412。"
            "行数多的由后台写入，返回 202，state 为 applying，用 id 查询结果。"
        ),
    ),
    apply_batch=(
        _("写入一批回填表"),
        _("逐份写入一次上传的回填表；有误、需核对或需选择的留下，并说明原因。"),
    ),
    drop=(_("作废上传的回填表"), _("已读取、尚未写入的可以作废。")),
    file=(_("下载上传的原文件"), _("以附件返回文件；每次下载都有记录。")),
    marked=(_("下载标注副本"), _("在有误的单元格加批注的副本。")),
)
class UploadViews(ReadOnly[Upload]):
    """Forms that were sent in: listed, looked at, applied."""

    queryset = Upload.objects.none()
    serializer_class = UploadSerializer
    filterset_class = UploadFilters

    def get_parsers(self) -> list[Any]:
        """Files come as a form, words as JSON."""
        known: Any = getattr(self, "action_map", None) or {}
        name = known.get(str(getattr(self.request, "method", "") or "").lower())
        return [MultiPartParser()] if name == "create" else [JSONParser()]

    @property
    def throttle_scope(self) -> str | None:
        """Sending files is counted apart."""
        return "export" if getattr(self, "action", "") == "create" else None

    def rows(self) -> QuerySet[Upload]:
        """What the person may see."""
        rows: QuerySet[Upload] = policy.scope(self.request.user, "upload.view")
        related = ("unit", "office", "uploaded_by", "ended_by")
        return rows.select_related(*related).order_by("-pk")

    @extend_schema(responses=UploadWithPreview)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The row, with what it would change."""
        return self._told(self.get_object())

    @extend_schema(
        request={"multipart/form-data": NewUploads}, responses={202: UploadSerializer(many=True)}
    )
    def create(self, request: Request) -> Response:
        """Send some."""
        sent_in: Any = request.data
        words = {name: text for name, text in sent_in.items() if name != "files"}
        body = NewUploads(data={**words, "files": request.FILES.getlist("files")})
        body.is_valid(raise_exception=True)
        given = body.validated_data
        quarter = quarter_or_400(given["period"]) if "period" in given else None
        sent = uploads.send(given["files"], by=self._person, now=workdays.now(), quarter=quarter)
        return Response(self.get_serializer(sent, many=True).data, status.HTTP_202_ACCEPTED)

    @extend_schema(
        request=ApplyRequest,
        responses={
            200: UploadWithPreview,
            202: UploadWithPreview,
            409: None,
            412: None,
            428: None,
        },
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str) -> Response:
        """Write it."""
        row = self._applicable()
        seen = matched(request)
        body = ApplyRequest(data=request.data)
        body.is_valid(raise_exception=True)
        wish = Wish(seen=seen, **body.validated_data)
        done = upload_later.apply_or_queue(row, wish, by=self._person, now=workdays.now())
        later = done.state == UploadState.APPLYING
        return self._told(done, status.HTTP_202_ACCEPTED if later else status.HTTP_200_OK)

    @extend_schema(request=BatchRequest, responses={200: BatchAnswer})
    @action(
        detail=False,
        methods=["post"],
        url_path="apply-batch",
        url_name="apply-batch",
        pagination_class=None,
        filter_backends=[],
    )
    def apply_batch(self, request: Request) -> Response:
        """Write all of a batch about which there is nothing to decide."""
        body = BatchRequest(data=request.data)
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = {"submit": False, "reason": "", **body.validated_data}
        rows = upload_batches.waiting(given.pop("batch"), by=self._person).rows
        done = upload_batches.apply_all(rows, by=self._person, now=workdays.now(), **given)
        told = {
            "applied": [row.pk for row in done.applied],
            "queued": [row.pk for row in done.queued],
            "left": [{"id": row.pk, "why": why} for row, why in done.left],
        }
        return Response(BatchAnswer(told).data)

    @extend_schema(request=Nothing, responses={200: UploadWithPreview, 409: None})
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Give it up."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        return self._told(uploads.drop(self._applicable(), by=self._person, now=workdays.now()))

    @extend_schema(responses=ANY_FILE)
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """Send the file."""
        return pages.file(request._request, int(pk))

    @extend_schema(responses=BOOK)
    @action(detail=True, methods=["get"])
    def marked(self, request: Request, pk: str) -> HttpResponseBase:
        """Send the marked copy."""
        try:
            return pages.marked_copy(request._request, int(pk))
        except Busy as error:
            raise Throttled(pages.WAIT, str(error)) from error

    def _applicable(self) -> Upload:
        row: Upload = self.get_object()
        if not policy.can(self._person, "upload.apply", row):
            raise PermissionDenied
        return row

    def _told(self, row: Upload, code: int = status.HTTP_200_OK) -> Response:
        shown = dict(self.get_serializer(row).data) | {"preview": None, "refusal": ""}
        headers: dict[str, str] = {}
        if row.state == UploadState.READY:
            try:
                found = preview(row, by=self._person, today=self.today)
            except Refused as error:
                shown["refusal"] = str(error)
            else:
                shown["preview"] = PreviewSerializer(found).data
                headers = etag(found.seen)
        return Response(shown, code, headers=headers)

    @property
    def _person(self) -> User:
        if not isinstance(self.request.user, User):
            raise PermissionDenied
        return self.request.user


@said(get=(_("可下载的回填表"), _("开放的季度，及可下载回填表的单位。")))
class FormsView(APIView):
    """The forms to take for the quarters that are open."""

    @extend_schema(operation_id="forms_list", responses=OfferSerializer(many=True), tags=["forms"])
    def get(self, request: Request) -> Response:
        """List them."""
        check_query(request, [])
        if not isinstance(request.user, User):
            raise PermissionDenied
        rows = [
            {
                "period": str(offer.quarter),
                "due_on": offer.due_on,
                "unit": unit.name,
                "url": request.build_absolute_uri(
                    reverse("api:form", args=[str(offer.quarter), unit.pk])
                ),
            }
            for offer in form_offer.offers(request.user, workdays.today())
            for unit in (*offer.own, *offer.others)
        ]
        return Response(OfferSerializer(rows, many=True).data)


@said(get=(_("下载回填表"), _("单位一个季度的回填表，已知的已填好；每次下载都有记录。")))
class FormView(APIView):
    """A unit's form for a quarter."""

    @extend_schema(operation_id="form_retrieve", responses=BOOK | {404: None}, tags=["forms"])
    def get(self, request: Request, quarter: str, unit: int) -> HttpResponseBase:
        """Send it."""
        check_query(request, [])
        try:
            return form_pages.form_file(request._request, quarter, unit)
        except Refused as error:
            raise NotFound(str(error)) from error


@said(
    post=(
        _("生成全部回填表"),
        _("本方各牵头单位一个季度的回填表，压缩包；由后台生成，用 report-runs 查询和下载。"),
    )
)
class AllFormsView(APIView):
    """The forms of all units of the person's sides."""

    @extend_schema(
        operation_id="forms_zip",
        request=Nothing,
        responses={202: RunSerializer(many=True), 404: None},
        tags=["forms"],
    )
    def post(self, request: Request, quarter: str) -> Response:
        """Have them made."""
        if not isinstance(request.user, User):
            raise PermissionDenied
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        made = form_pages.packs_of(request.user, quarter)
        rows = RunSerializer(made, many=True, context={"request": request})
        return Response(rows.data, status.HTTP_202_ACCEPTED)
