"""API of indicators, targets and observations."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers

from tasks import policy
from tasks.api.parts import TaskRef, plan_filter
from tasks.models import Indicator, Observation, Target
from tasks.states import Basis, TargetKind
from tracker.lib.api.fields import Shown
from tracker.lib.api.filters import ByNumber, Code, Ordering, Words
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.filters import PlaceFilter, UnitFilter
from units.models import Document

PLACE = _("辖区：行政区划代码或名称，含下级")


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    """What is measured, and in what."""

    class Meta:
        model = Indicator
        fields = ["id", "name", "measure"]


class TargetSerializer(serializers.ModelSerializer[Target]):
    """A promised value: a number, a range, or words."""

    plan = Shown()
    indicator = IndicatorSerializer(read_only=True)
    place = Shown(allow_null=True)
    document = Shown(allow_null=True)
    task = TaskRef(read_only=True, allow_null=True)
    unit = Shown("name", allow_null=True)
    promise = serializers.CharField(read_only=True, help_text=_("目标的完整说法"))

    class Meta:
        model = Target
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
        ]


class ObservationSerializer(serializers.ModelSerializer[Observation]):
    """A measured value or class, with the span it speaks of."""

    indicator = IndicatorSerializer(read_only=True)
    place = Shown(allow_null=True)
    document = Shown(allow_null=True)
    figure = serializers.CharField(read_only=True, help_text=_("带计量单位的值，或类别"))

    class Meta:
        model = Observation
        fields = [
            "id",
            "indicator",
            "value",
            "category",
            "comparator",
            "figure",
            "basis",
            "period_text",
            "starts_on",
            "ends_on",
            "place",
            "place_name",
            "document",
            "clause",
            "note",
        ]


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
    search = Words(
        fields=["indicator__name", "words", "place_name", "clause"],
        label=_("指标、文字目标、地域、条款中的文字"),
    )
    ordering = Ordering(fields={"plan__code": "plan", "order": "order", "year": "year"})


class ObservationFilters(filters.FilterSet):
    """Filters of observations."""

    indicator = ByNumber(queryset=Indicator.objects.order_by("name", "pk"), label=_("指标编号"))
    document = Code(queryset=Document.objects.order_by("code"), label=_("来源文件的代码"))
    basis = filters.ChoiceFilter(choices=Basis.choices, label=_("口径"))
    jurisdiction = PlaceFilter(field_name="place", label=PLACE)
    search = Words(
        fields=["indicator__name", "period_text", "place_name", "note"],
        label=_("指标、时段、地域、备注中的文字"),
    )
    ordering = Ordering(fields={"ends_on": "ends_on", "indicator__name": "indicator"})


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
    list=(_("目标列表"), _("方案提出的目标：数值、区间或文字，目标年和基准年。")),
    retrieve=(_("一项目标"), _("方案提出的一项目标。")),
)
class TargetViews(ReadOnly[Target]):
    """What plans promise."""

    queryset = Target.objects.none()
    serializer_class = TargetSerializer
    filterset_class = TargetFilters

    def rows(self) -> QuerySet[Target]:
        """All targets, for everyone logged in."""
        rows: QuerySet[Target] = policy.scope(self.request.user, "target.view")
        return rows.select_related(
            "plan", "indicator", "place", "document", "task__plan", "unit"
        ).order_by("plan", "order", "pk")


@said(
    list=(_("监测值列表"), _("监测值及其口径、时段、地域和来源。")),
    retrieve=(_("一个监测值"), _("一个监测值及其口径、时段、地域和来源。")),
)
class ObservationViews(ReadOnly[Observation]):
    """What was measured."""

    queryset = Observation.objects.none()
    serializer_class = ObservationSerializer
    filterset_class = ObservationFilters

    def rows(self) -> QuerySet[Observation]:
        """All published observations, for everyone logged in."""
        return Observation.objects.select_related("indicator", "place", "document").order_by(
            "document", "order", "pk"
        )
