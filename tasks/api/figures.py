"""API of indicators and targets."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tasks import policy
from tasks.api.parts import TaskRef, plan_filter
from tasks.columns import TARGET_LIST
from tasks.models import Indicator, Observation, Target
from tasks.models.attainment import Attainment, attainments
from tasks.states import Attained, TargetKind
from tasks.views.targets import TargetRow, target_rows
from tracker.lib.api.fields import Shown
from tracker.lib.api.filters import ByNumber, Ordering, Words
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.api.exports import Exports
from units.filters import PlaceFilter, UnitFilter

PLACE = _("辖区：行政区划代码或名称，含下级")


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    """What is measured, and in what."""

    class Meta:
        model = Indicator
        fields = ["id", "name", "measure"]


class JudgedBySerializer(serializers.ModelSerializer[Observation]):
    """The observation on which an answer rests."""

    figure = serializers.CharField(read_only=True, help_text=_("带计量单位的值，或类别"))
    place = serializers.CharField(source="where", read_only=True)

    class Meta:
        model = Observation
        fields = ["id", "figure", "value", "category", "basis", "period_text", "place"]
        read_only_fields = fields


class AttainmentSerializer(serializers.Serializer[Attainment]):
    """Whether a target is reached, from which observation, and what to know of it."""

    result = serializers.ChoiceField(Attained.choices, help_text=_("达到、未达到或无数据"))
    word = serializers.CharField(source="result.label")
    is_due = serializers.BooleanField(help_text=_("目标年是否已过"))
    reason = serializers.CharField(help_text=_("无数据的原因，或须留意之处"))
    observation = JudgedBySerializer(allow_null=True)
    forecast = JudgedBySerializer(allow_null=True, help_text=_("预计值，不作为达到的依据"))


class TargetList(serializers.ListSerializer[Any]):
    """Judges all the rows in one query."""

    def to_representation(self, data: Any) -> list[Any]:
        rows = list(data)
        answers = attainments(rows, self.context["today"])
        for row in rows:
            row.__dict__["_answer"] = answers[row.pk]
        return super().to_representation(rows)


class TargetSerializer(serializers.ModelSerializer[Target]):
    """A promised value: a number, a range, or words."""

    plan = Shown()
    indicator = IndicatorSerializer(read_only=True)
    place = Shown(allow_null=True)
    document = Shown(allow_null=True)
    task = TaskRef(read_only=True, allow_null=True)
    unit = Shown("name", allow_null=True)
    promise = serializers.CharField(read_only=True, help_text=_("目标的完整说法"))
    attainment = serializers.SerializerMethodField()

    class Meta:
        model = Target
        list_serializer_class = TargetList
        fields = [
            "id",
            "plan",
            "order",
            "indicator",
            "kind",
            "year",
            "operator",
            "comparator",
            "value",
            "value_max",
            "category",
            "basis",
            "words",
            "promise",
            "baseline_year",
            "place",
            "place_name",
            "task",
            "unit",
            "document",
            "clause",
            "note",
            "attainment",
        ]

    @extend_schema_field(AttainmentSerializer)
    def get_attainment(self, target: Target) -> Any:
        """The answer as of today."""
        known = target.__dict__.get("_answer")
        answer = known or target.attainment(self.context["today"])
        return AttainmentSerializer(answer).data


class IndicatorFilters(filters.FilterSet):
    """Filters of indicators."""

    search = Words(fields=["name", "measure"], label=_("指标、计量单位中的文字"))
    ordering = Ordering(fields={"name": "name"})


class TargetFilters(filters.FilterSet):
    """Filters of targets."""

    plan = plan_filter()
    indicator = ByNumber(queryset=Indicator.objects.order_by("name", "pk"), label=_("指标编号"))
    kind = filters.MultipleChoiceFilter(choices=TargetKind.choices, label=_("类型，可多个"))
    year = filters.NumberFilter(min_value=1900, max_value=2200, label=_("目标年"))
    jurisdiction = PlaceFilter(field_name="place", label=PLACE)
    unit = UnitFilter(field_name="unit", label=_("测算填报单位：编号或任一名称"))
    attainment = filters.ChoiceFilter(
        field_name="attained",
        choices=Attained.choices,
        label=_("达到情况：attained、missed 或 no_data"),
    )
    search = Words(
        fields=["indicator__name", "words", "place_name", "clause"],
        label=_("指标、文字目标、地域、条款中的文字"),
    )
    ordering = Ordering(fields={"plan__code": "plan", "order": "order", "year": "year"})


@said(
    list=(_("指标列表"), _("指标及其计量单位。")),
    retrieve=(_("一项指标"), _("指标及其计量单位。")),
)
class IndicatorViews(ReadOnly[Indicator]):
    """What is measured."""

    queryset = Indicator.objects.none()
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilters

    def rows(self) -> QuerySet[Indicator]:
        """All indicators, for everyone logged in."""
        return Indicator.objects.order_by("name", "pk")


@said(
    list=(
        _("目标列表"),
        _("方案提出的目标：数值、区间、类别或文字，目标年和基准年；达到与否由已审核的监测值算出。"),
    ),
    retrieve=(_("一项目标"), _("方案提出的一项目标。")),
)
class TargetViews(Exports[Target], ReadOnly[Target]):
    """What plans promise."""

    queryset = Target.objects.none()
    serializer_class = TargetSerializer
    filterset_class = TargetFilters
    exported = TARGET_LIST

    def told(self, some: list[Target]) -> list[TargetRow]:
        """Each with its answer."""
        return target_rows(some, self.today)

    def rows(self) -> QuerySet[Target]:
        """All targets, for everyone logged in."""
        rows: Any = policy.scope(self.request.user, "target.view")
        if "attainment" in self.request.query_params:
            rows = rows.with_attainment(self.today)
        targets: QuerySet[Target] = rows.select_related(
            "plan__jurisdiction",
            "plan__region",
            "indicator",
            "place",
            "document",
            "task__plan",
            "unit",
        )
        return targets.order_by("plan", "order", "pk")
