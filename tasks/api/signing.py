"""API of 审签: what may be done about one report, and which units' reports are signed."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.entries import ReportSerializer
from tasks.api.reviewing import Filed
from tasks.models import ProgressReport
from tasks.services import shelf, signing
from tasks.services.signing import MAX_REMARK
from tasks.services.signing_rules import version_code
from tracker.lib import workdays
from tracker.lib.api.fields import CleanText, Nothing, StrictSerializer
from tracker.lib.api.files import MOST
from tracker.lib.api.if_match import IF_MATCH, matched_version
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.models import Unit
from units.web import person

ANSWERS: dict[int, Any] = {200: ReportSerializer, 409: None, 412: None, 428: None}


class SignRefusal(StrictSerializer):
    """Why the signer sends a report back."""

    reason = CleanText(label=_("退回意见"), max_length=MAX_REMARK)


class SignedSheet(StrictSerializer):
    """The scan of the signed 审签单, as multipart/form-data."""

    code = CleanText(label=_("版本码"), max_length=20)
    file = serializers.FileField(label=_("审签单扫描件"), max_length=1000)


class MoreFiles(StrictSerializer):
    """Files for what was signed, as multipart/form-data."""

    evidence = serializers.ListField(
        child=serializers.FileField(max_length=1000),
        label=_("佐证材料"),
        min_length=1,
        max_length=MOST,
    )


class SheetCode(serializers.Serializer[Any]):
    """What stands on the 审签单 of the present version."""

    code = serializers.CharField(label=_("版本码"))
    version = serializers.IntegerField()


SIGNING_WORDS: dict[str, tuple[Any, Any]] = {
    "ask_signature": (_("送审签"), _("填报人把草稿送本单位审签人；须带 If-Match。")),
    "sign": (_("审签"), _("审签人审签，审签后可报送；须带 If-Match。")),
    "refuse_signature": (_("审签退回"), _("审签人退回填报人，写明意见；须带 If-Match。")),
    "sign_sheet": (_("审签单版本码"), _("现在内容的版本码，印在审签单上。")),
    "sign_on_paper": (
        _("上传审签单"),
        _("以 multipart/form-data 上传签字的审签单和版本码，作为审签；须带 If-Match。"),
    ),
    "add_files": (
        _("为已审签的添加佐证材料"),
        _("以 multipart/form-data 上传；审签随之取消，须重新审签；须带 If-Match。"),
    ),
    "unsign": (_("取消审签"), _("取消审签以便修改；须带 If-Match。")),
    "hand_in": (_("报送已审签的"), _("报送已审签的进展；须带 If-Match。")),
}


class SigningActions(Filed[ProgressReport]):
    """The way of a report to its signature, and out."""

    @extend_schema(request=Nothing, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="ask-signature")
    def ask_signature(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send it to the signer."""
        return self._on_the_way(signing.ask)

    @extend_schema(request=Nothing, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Sign it."""
        return self._on_the_way(signing.sign)

    @extend_schema(request=SignRefusal, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="refuse-signature")
    def refuse_signature(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send it back to who fills in."""
        return self._on_the_way(signing.refuse, SignRefusal)

    @extend_schema(responses={200: SheetCode, 409: None})
    @action(detail=True, methods=["get"], url_path="sign-sheet")
    def sign_sheet(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The code of the version that would be signed."""
        report = self.get_object()
        told = {"code": version_code(report), "version": report.version}
        return Response(SheetCode(told).data)

    @extend_schema(
        request={"multipart/form-data": SignedSheet}, responses=ANSWERS, parameters=[IF_MATCH]
    )
    @action(
        detail=True, methods=["post"], url_path="sign-on-paper", parser_classes=[MultiPartParser]
    )
    def sign_on_paper(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Hand up the signed sheet."""
        return self._on_the_way(_on_paper, SignedSheet)

    @extend_schema(
        request={"multipart/form-data": MoreFiles}, responses=ANSWERS, parameters=[IF_MATCH]
    )
    @action(detail=True, methods=["post"], url_path="add-files", parser_classes=[MultiPartParser])
    def add_files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put files with what was signed; it is signed again."""
        return self._on_the_way(_more_files, MoreFiles)

    @extend_schema(request=Nothing, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def unsign(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take the signature away."""
        return self._on_the_way(signing.unsign)

    @extend_schema(request=Nothing, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="hand-in")
    def hand_in(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Hand in what was signed."""
        return self._on_the_way(signing.hand_in)

    def _on_the_way(
        self, service: Callable[..., ProgressReport], body: type[StrictSerializer] = Nothing
    ) -> Response:
        """Do it on the version that the caller has read."""
        report = self.get_object()
        report.version = matched_version(self.request)
        form = body(data=self.request.data or {})
        form.is_valid(raise_exception=True)
        with shelf.kept_whole():
            done = service(report, by=self.person, now=workdays.now(), **form.validated_data)
        return self.answer(done)


def _more_files(report: ProgressReport, *, evidence: list[Any], **given: Any) -> ProgressReport:
    return signing.add_files(report, evidence, **given)


def _on_paper(report: ProgressReport, *, file: Any, **given: Any) -> ProgressReport:
    return signing.sign_on_paper(report, file, **given)


class UnitSigning(serializers.ModelSerializer[Unit]):
    """Whether a unit's reports are signed before they go out."""

    class Meta:
        model = Unit
        fields = ["id", "name", "signs_reports"]
        read_only_fields = ["id", "name"]


class SigningSwitch(StrictSerializer):
    """The switch."""

    signs_reports = serializers.BooleanField(label=_("须审签"))


@said(
    list=(_("须审签的单位"), _("可设置的单位，及其进展报送前是否须审签。")),
    retrieve=(_("一个单位是否须审签"), _("该单位的进展报送前是否须审签。")),
    update=(_("设置须审签"), _("审签人或所属方协调办公室设置。")),
)
class UnitSigningViews(ReadOnly[Unit]):
    """Which units' reports are signed: for who may say so."""

    queryset = Unit.objects.none()
    serializer_class = UnitSigning

    def rows(self) -> QuerySet[Unit]:
        """The units of which the person may say it."""
        rows: QuerySet[Unit] = policy.scope(self.request.user, "signing.set")
        return rows.order_by("pk")

    @extend_schema(request=SigningSwitch, responses={200: UnitSigning})
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Set it."""
        unit = self.get_object()
        body = SigningSwitch(data=request.data)
        body.is_valid(raise_exception=True)
        value = body.validated_data["signs_reports"]
        unit = signing.set_required(unit, value=value, by=person(request))
        return Response(self.get_serializer(unit).data)
