"""API of 佐证材料: listed and taken by policy; put and removed through the service alone."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.models import Evidence
from tasks.models.evidence import OWNERS
from tasks.policy.evidence import owners_read
from tasks.services import evidence
from tasks.views import evidence as pages
from tracker.lib import workdays
from tracker.lib.api.fields import StrictSerializer
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from tracker.lib.uploads import KINDS
from units.models import User

FILES: dict[tuple[str, str] | str, Any] = {
    ("200", content_type): OpenApiTypes.BINARY for content_type, _endings in KINDS.values()
}
OWNER_WORDS = gettext_lazy("佐证对象")
NUMBER_WORDS = gettext_lazy("该对象的编号")


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """A file, by whom and when; `owner` and `owner_id` say with what it stands."""

    owner = serializers.SerializerMethodField()
    owner_id = serializers.SerializerMethodField()
    uploaded_by = serializers.StringRelatedField[Any](allow_null=True)
    url = serializers.HyperlinkedIdentityField(view_name="api:evidence-file")

    class Meta:
        model = Evidence
        fields = [
            "id",
            "owner",
            "owner_id",
            "name",
            "kind",
            "size",
            "sha256",
            "is_sign_sheet",
            "uploaded_by",
            "uploaded_at",
            "url",
        ]
        read_only_fields = fields

    def get_owner(self, row: Evidence) -> str:
        return next(name for name in OWNERS if getattr(row, f"{name}_id") is not None)

    def get_owner_id(self, row: Evidence) -> int:
        return int(getattr(row, f"{self.get_owner(row)}_id"))


class NewEvidence(StrictSerializer):
    """A file, and with what it is to stand; as multipart/form-data."""

    owner = serializers.ChoiceField([(name, name) for name in OWNERS], label=OWNER_WORDS)
    id = serializers.IntegerField(label=NUMBER_WORDS, min_value=1, max_value=2**63 - 1)
    file = serializers.FileField(label=gettext_lazy("文件"), max_length=1000)


class EvidenceFilters(filters.FilterSet):
    """`owner` and `id` name with what the files stand; both or neither."""

    owner = filters.ChoiceFilter(
        choices=[(name, name) for name in OWNERS], label=OWNER_WORDS, method="by_owner"
    )
    id = filters.NumberFilter(label=NUMBER_WORDS, method="as_it_is", min_value=1)

    def by_owner(self, rows: QuerySet[Evidence], _name: str, value: str) -> QuerySet[Evidence]:
        """Those of the kind; of one row where `id` names it."""
        number = self.form.cleaned_data.get("id")
        found = {f"{value}__isnull": False} if number is None else {f"{value}_id": int(number)}
        return rows.filter(**found)

    def as_it_is(self, rows: QuerySet[Evidence], _name: str, _value: object) -> QuerySet[Evidence]:
        """`by_owner` reads it; without a kind it says nothing."""
        if not self.form.cleaned_data.get("owner"):
            raise ValidationError({"id": [_("请同时写明 owner，如 report。")]})
        return rows


@said(
    list=(
        gettext_lazy("佐证材料列表"),
        gettext_lazy("可见的佐证材料；按 owner 和 id 查某一填报、节点或申请的。"),
    ),
    retrieve=(gettext_lazy("一份佐证材料"), gettext_lazy("名称、大小、SHA-256 和下载地址。")),
    create=(
        gettext_lazy("上传佐证材料"),
        gettext_lazy("以 multipart/form-data 上传；按内容判断类型，只收 PDF、Word、Excel 和图片。"),
    ),
    destroy=(gettext_lazy("删除佐证材料"), gettext_lazy("所属填报尚在本单位手中时可删除。")),
    file=(gettext_lazy("下载佐证材料"), gettext_lazy("以附件返回文件；每次下载都有记录。")),
)
class EvidenceViews(ReadOnly[Evidence]):
    """Files: read by policy."""

    queryset = Evidence.objects.none()
    serializer_class = EvidenceSerializer
    filterset_class = EvidenceFilters

    def get_parsers(self) -> list[Any]:
        """Only an upload has a body."""
        return [MultiPartParser()]

    def rows(self) -> QuerySet[Evidence]:
        """The files that the person may read."""
        rows: QuerySet[Evidence] = policy.scope(self.request.user, "evidence.view")
        return rows.select_related("uploaded_by").order_by("uploaded_at", "pk")

    @extend_schema(
        request={"multipart/form-data": NewEvidence}, responses={201: EvidenceSerializer}
    )
    def create(self, request: Request) -> Response:
        """Put a file with a row."""
        body = NewEvidence(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        owner = owners_read(self._person, values["owner"]).filter(pk=values["id"]).first()
        if owner is None:
            raise ValidationError({"id": [_("没有这条记录，或您不可见。")]})
        row = evidence.attach(owner, values["file"], by=self._person, now=workdays.now())
        return Response(self.get_serializer(row).data, status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a file away."""
        evidence.detach(self.get_object(), by=self._person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=FILES)
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """Send the file."""
        return pages.file(request._request, int(pk))

    @property
    def _person(self) -> User:
        if not isinstance(self.request.user, User):
            raise PermissionDenied
        return self.request.user
