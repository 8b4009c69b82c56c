"""API of 抽查: drawn by inspectors, checked, drawn again from the record."""

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.parts import TaskRef, plan_filter
from tasks.api.writes import ByCode
from tasks.models import Plan, Sample, SampleRow
from tasks.services import samples
from tasks.services.samples import MAX_NOTE, MAX_RESULT, MOST
from tracker.lib import workdays
from tracker.lib.api.fields import CleanText, Shown, StrictSerializer
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.models import Jurisdiction
from units.web import person

WITH_SIDE = (
    "responsibility__task__plan",
    "responsibility__unit",
    "responsibility__side",
    "checked_by",
    "finding",
)
ROW = OpenApiParameter(
    "row", OpenApiTypes.INT, OpenApiParameter.PATH, description=_("抽查明细的编号")
)


class SampleRowSerializer(serializers.ModelSerializer[SampleRow]):
    """A drawn side, and what the check found."""

    task = TaskRef(source="responsibility.task", read_only=True)
    unit = Shown("name", source="responsibility.unit")
    side = Shown(source="responsibility.side", allow_null=True)
    checked_by = serializers.StringRelatedField[Any](allow_null=True)

    class Meta:
        model = SampleRow
        fields = [
            "id",
            "order",
            "responsibility",
            "task",
            "unit",
            "side",
            "result",
            "checked_by",
            "checked_at",
            "finding",
        ]
        read_only_fields = fields


class SampleSerializer(serializers.ModelSerializer[Sample]):
    """A draw: from how many, how many, by whom; `seed` draws the same again."""

    plan = Shown(allow_null=True)
    jurisdiction = Shown()
    base = serializers.SerializerMethodField(help_text=_("抽样总体的数量"))
    drawn = serializers.IntegerField(read_only=True, help_text=_("抽出的数量"))
    checked = serializers.IntegerField(read_only=True, help_text=_("已核查的数量"))
    drawn_by = serializers.StringRelatedField[Any](allow_null=True)

    class Meta:
        model = Sample
        fields = [
            "id",
            "plan",
            "jurisdiction",
            "size",
            "base",
            "drawn",
            "checked",
            "seed",
            "note",
            "drawn_by",
            "drawn_at",
        ]
        read_only_fields = fields

    def get_base(self, row: Sample) -> int:
        return len(row.base)


class OneSample(SampleSerializer):
    """A draw with its rows, in the order drawn."""

    rows = SampleRowSerializer(many=True, read_only=True)

    class Meta(SampleSerializer.Meta):
        fields = [*SampleSerializer.Meta.fields, "rows"]
        read_only_fields = fields


class NewSample(StrictSerializer):
    """How many closed-off sides are drawn, and of what."""

    jurisdiction = ByCode(label=_("抽查范围"), queryset=Jurisdiction.objects.all())
    plan = ByCode(label=_("方案"), queryset=Plan.objects.tracked(), required=False, allow_null=True)
    size = serializers.IntegerField(label=_("抽取数量"), min_value=1, max_value=MOST)
    note = CleanText(label=_("说明"), required=False, allow_blank=True, max_length=MAX_NOTE)


class Checking(StrictSerializer):
    """What the check of a drawn side found."""

    result = CleanText(label=_("核查结果"), max_length=MAX_RESULT)


class AgainSerializer(serializers.Serializer[Any]):
    """What drawing from the record gives."""

    is_same = serializers.BooleanField(help_text=_("与原抽取相同"))
    responsibilities = serializers.ListField(source="ids", child=serializers.IntegerField())


class SampleFilters(filters.FilterSet):
    """Filters of samples."""

    plan = plan_filter("plan")


@said(
    list=(_("抽查列表"), _("督查员在所督查辖区内的抽查。")),
    retrieve=(_("一次抽查"), _("一次抽查及抽出的各项。")),
    create=(_("抽取"), _("督查员在辖区内从已销号的任务中随机抽取；种子和总体均有记录。")),
    again=(_("按记录重抽"), _("按记录的总体、数量和种子重新抽取，说明是否与原抽取相同。")),
    check=(_("填写核查结果"), _("督查员填写一项的核查结果；再填以后次为准，前后均有记录。")),
)
class SampleViews(ReadOnly[Sample]):
    """Samples of the places inspected."""

    queryset = Sample.objects.none()
    serializer_class = SampleSerializer
    filterset_class = SampleFilters

    def rows(self) -> QuerySet[Sample]:
        """The samples that the person may read, newest first."""
        seen: QuerySet[Sample] = policy.scope(self.request.user, "sample.view")
        return (
            seen.select_related("plan", "jurisdiction", "drawn_by")
            .annotate(drawn=Count("rows"), checked=Count("rows", filter=~Q(rows__result="")))
            .order_by("-drawn_at", "-pk")
        )

    @extend_schema(responses=OneSample)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One with its rows."""
        return self._answer(self.get_object().pk)

    @extend_schema(request=NewSample, responses={201: OneSample})
    def create(self, request: Request) -> Response:
        """Draw."""
        body = NewSample(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        made = samples.draw(
            values["jurisdiction"],
            values.get("plan"),
            size=values["size"],
            note=values.get("note", ""),
            by=person(request),
            now=workdays.now(),
        )
        return self._answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(responses=AgainSerializer)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def again(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Draw again from the record."""
        return Response(AgainSerializer(samples.draw_again(self.get_object())).data)

    @extend_schema(request=Checking, responses=SampleRowSerializer, parameters=[ROW])
    @action(
        detail=True, methods=["post"], url_path=r"rows/(?P<row>\d{1,18})/check", url_name="check"
    )
    def check(self, request: Request, pk: str, row: str) -> Response:
        """Write down what the check of a row found."""
        found = self.get_object().rows.filter(pk=int(row)).first()
        if found is None:
            raise Http404
        body = Checking(data=request.data)
        body.is_valid(raise_exception=True)
        result = body.validated_data["result"]
        samples.check(found, result=result, by=person(request), now=workdays.now())
        shown = SampleRow.objects.select_related(*WITH_SIDE).get(pk=found.pk)
        return Response(SampleRowSerializer(shown).data)

    def _answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        rows = SampleRow.objects.select_related(*WITH_SIDE)
        sample = self.rows().prefetch_related(Prefetch("rows", rows)).get(pk=pk)
        return Response(OneSample(sample, context=self.get_serializer_context()).data, code)
