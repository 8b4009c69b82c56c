"""API of units."""

from django.core.exceptions import ValidationError as ModelError
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from tracker.lib.api.fields import CleanText, Shown, StrictSerializer
from tracker.lib.api.filters import Ordering
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from tracker.lib.search import LONGEST, words_of
from units import policy
from units.filters import PlaceFilter
from units.forms.units import KINDS
from units.models import Jurisdiction, Unit, UnitName, User
from units.services import units
from units.services.search import called
from units.states import UnitKind

ABOLISHED = [("also", gettext_lazy("含已撤销")), ("only", gettext_lazy("只看已撤销"))]


class PlaceSerializer(serializers.ModelSerializer[Jurisdiction]):
    """A jurisdiction."""

    class Meta:
        model = Jurisdiction
        fields = ["code", "name"]


class NameSerializer(serializers.ModelSerializer[UnitName]):
    """A name of a unit and the dates for which it holds."""

    class Meta:
        model = UnitName
        fields = ["name", "kind", "valid_from", "valid_until"]


class UnitSerializer(serializers.ModelSerializer[Unit]):
    """A unit; `jurisdiction` is null for a central one."""

    jurisdiction = PlaceSerializer(read_only=True, allow_null=True)
    names = NameSerializer(many=True, read_only=True)
    successor = Shown("name", allow_null=True)

    class Meta:
        model = Unit
        fields = [
            "id",
            "name",
            "jurisdiction",
            "kind",
            "is_central",
            "order",
            "names",
            "successor",
            "succeeded_on",
            "abolished_on",
        ]


class UnitFilters(filters.FilterSet):
    """Filters of units."""

    jurisdiction = PlaceFilter(label=gettext_lazy("所在辖区：行政区划代码或名称，含下级"))
    kind = filters.MultipleChoiceFilter(choices=UnitKind.choices, label=gettext_lazy("性质"))
    search = filters.CharFilter(
        method="with_words",
        max_length=LONGEST,
        label=gettext_lazy("单位名称、简称、曾用名中的文字"),
    )
    abolished = filters.ChoiceFilter(
        method="with_abolished",
        choices=ABOLISHED,
        label=gettext_lazy("已撤销的单位：also 一并列出，only 只列它们；不填为不列"),
    )
    ordering = Ordering(
        fields={"name": "name", "order": "order", "jurisdiction__code": "jurisdiction"}
    )

    def with_abolished(self, units: QuerySet[Unit], name: str, wanted: str) -> QuerySet[Unit]:
        return units.filter(abolished_on__isnull=False) if wanted == "only" else units

    def with_words(self, units: QuerySet[Unit], name: str, text: str) -> QuerySet[Unit]:
        return units.filter(called(words_of(text)))


class NewUnit(StrictSerializer):
    """A unit as an office enters it; without `jurisdiction` a central one."""

    name = CleanText(label=gettext_lazy("单位名称"), max_length=100)
    kind = serializers.ChoiceField(label=gettext_lazy("性质"), choices=KINDS)
    jurisdiction = serializers.SlugRelatedField(
        label=gettext_lazy("所在辖区的行政区划代码"),
        slug_field="code",
        queryset=Jurisdiction.objects.all(),
        required=False,
        allow_null=True,
    )
    full = CleanText(label=gettext_lazy("全称"), max_length=100, required=False, allow_blank=True)
    short = CleanText(label=gettext_lazy("简称"), max_length=100, required=False, allow_blank=True)
    basis = CleanText(label=gettext_lazy("依据"), max_length=200, required=False, allow_blank=True)


@said(
    list=(gettext_lazy("单位列表"), gettext_lazy("单位及其全称、简称、曾用名。")),
    retrieve=(gettext_lazy("一个单位"), gettext_lazy("一个单位及其全称、简称、曾用名。")),
    create=(
        gettext_lazy("登记单位"),
        gettext_lazy("协调办公室登记本辖区（含下级）或中央的单位。"),
    ),
)
class UnitViews(ReadOnly[Unit]):
    """Units and their names."""

    queryset = Unit.objects.none()
    serializer_class = UnitSerializer
    filterset_class = UnitFilters

    def rows(self) -> QuerySet[Unit]:
        """All units, for everyone logged in; a list leaves out those that are no more."""
        names = Prefetch("names", UnitName.objects.order_by("kind", "name"))
        units = Unit.objects.all()
        if self.action in {"list", "export"} and not self.request.query_params.get("abolished"):
            units = units.in_being(self.today)
        return (
            units.select_related("jurisdiction", "successor")
            .prefetch_related(names)
            .order_by("jurisdiction__code", "order", "pk")
        )

    @extend_schema(request=NewUnit, responses={201: UnitSerializer})
    def create(self, request: Request) -> Response:
        """Enter a unit that no document has named."""
        user = request.user
        if not isinstance(user, User) or not policy.scope(user, "unit.add").exists():
            raise PermissionDenied(_("只有协调办公室可以登记单位。"))
        body = NewUnit(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        place = values.pop("jurisdiction", None)
        try:
            unit = units.add_unit(units.UnitText(place=place, **values), by=user)
        except ModelError as error:
            raise serializers.ValidationError(_fields_of(error)) from error
        return Response(self.get_serializer(self.rows().get(pk=unit.pk)).data, 201)


def _fields_of(error: ModelError) -> dict[str, list[str]]:
    """A service's errors by the body's names."""
    return {{"place": "jurisdiction"}.get(n, n): m for n, m in error.message_dict.items()}
