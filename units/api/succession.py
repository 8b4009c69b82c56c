"""API of 机构变动: as the pages, through the same service."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tracker.lib import workdays
from tracker.lib.api.fields import CleanText, StrictSerializer
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units import policy
from units.filters import UnitFilter
from units.models import Succession, Unit
from units.services import succession
from units.services.succession_rules import MAX_BASIS, MAX_NAME, SuccessionText
from units.states import SuccessionKind
from units.web import person

MOST_DUTIES = 1000


class UnitRef(serializers.ModelSerializer[Unit]):
    """A unit by number and name."""

    class Meta:
        model = Unit
        fields = ["id", "name"]


class SuccessionSerializer(serializers.ModelSerializer[Succession]):
    """A change; `done_at` is null until its day has come."""

    old = UnitRef(many=True, read_only=True)
    new = UnitRef(many=True, read_only=True)

    class Meta:
        model = Succession
        fields = ["id", "kind", "day", "old", "new", "new_name", "basis", "entered_at", "done_at"]
        read_only_fields = fields


class UnitsField(serializers.ListField):
    """Numbers of units."""

    child = serializers.IntegerField(min_value=1, max_value=2**31 - 1)

    def to_internal_value(self, data: Any) -> list[Unit]:
        numbers = super().to_internal_value(data)
        found = Unit.objects.in_bulk(numbers)
        for number in numbers:
            if number not in found:
                raise serializers.ValidationError(
                    _("没有编号为%(text)s的单位。") % {"text": number}
                )
        return list(found.values())


class DutyBody(StrictSerializer):
    """Which of several heirs takes a duty."""

    responsibility = serializers.IntegerField(label=_("责任编号"), min_value=1)
    unit = serializers.IntegerField(label=_("承接单位编号"), min_value=1)


class NewSuccession(StrictSerializer):
    """A change as it is entered."""

    kind = serializers.ChoiceField(label=_("方式"), choices=SuccessionKind.choices)
    day = serializers.DateField(label=_("生效日期"))
    old = UnitsField(label=_("原单位"), min_length=1, max_length=20)
    new = UnitsField(label=_("承接单位"), required=False, max_length=20)
    new_name = CleanText(label=_("新名称"), required=False, allow_blank=True, max_length=MAX_NAME)
    basis = CleanText(label=_("依据"), max_length=MAX_BASIS)
    duties = serializers.ListField(
        label=_("责任分派"), child=DutyBody(), required=False, max_length=MOST_DUTIES
    )

    @property
    def text(self) -> SuccessionText:
        """As the service takes it."""
        values = dict(self.validated_data)
        duties = {one["responsibility"]: one["unit"] for one in values.pop("duties", [])}
        return SuccessionText(**values, duties=duties)


class Going(serializers.Serializer[Any]):
    """A duty that goes over; `told` where the heir has a part in the task already."""

    responsibility = serializers.IntegerField(source="duty", read_only=True)
    words = serializers.CharField(read_only=True)
    unit = UnitRef(read_only=True)
    heir = UnitRef(read_only=True)
    told = serializers.CharField(read_only=True)


class ForeseenSerializer(serializers.Serializer[Any]):
    """What a change would move."""

    duties = Going(source="going", many=True, read_only=True)
    reports = serializers.IntegerField(read_only=True)


class Cancelling(StrictSerializer):
    """Why the change does not come."""

    reason = CleanText(label=_("取消的理由"), max_length=500)


class SuccessionFilters(filters.FilterSet):
    """Filters of changes."""

    unit = UnitFilter(method="with_unit", label=_("单位：编号或任一名称"))
    kind = filters.MultipleChoiceFilter(choices=SuccessionKind.choices, label=_("方式"))
    waiting = filters.BooleanFilter(field_name="done_at", lookup_expr="isnull", label=_("待办理"))

    def with_unit(self, rows: Any, name: str, unit: Unit) -> Any:
        return rows.about(unit)


@said(
    list=(_("机构变动列表"), _("单位的更名、合并、拆分、撤销，新的在前。")),
    retrieve=(_("一项机构变动"), _("一项更名、合并、拆分或撤销。")),
    create=(
        _("登记机构变动"),
        _("协调办公室登记；生效日期已到的立即办理，未到的到期办理。"),
    ),
    foresee=(_("核对机构变动"), _("只说明将移交的责任和填报，不登记。")),
    cancel=(_("取消机构变动"), _("未办理的可以取消，须写明理由。")),
)
class SuccessionViews(ReadOnly[Succession]):
    """Changes of units: read by all, entered by the offices whose side has the unit."""

    queryset = Succession.objects.none()
    serializer_class = SuccessionSerializer
    filterset_class = SuccessionFilters

    def rows(self) -> QuerySet[Succession]:
        """The changes that the person may read."""
        rows = policy.scope(self.request.user, "succession.view")
        return Succession.objects.filter(pk__in=rows.values("pk")).for_list()

    def _asked(self, request: Request) -> SuccessionText:
        body = NewSuccession(data=request.data)
        body.is_valid(raise_exception=True)
        return body.text

    @extend_schema(request=NewSuccession, responses={201: SuccessionSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enter a change."""
        row = succession.enter(self._asked(request), by=person(request), now=workdays.now())
        return Response(self.get_serializer(self.rows().get(pk=row.pk)).data, 201)

    @extend_schema(request=NewSuccession, responses={200: ForeseenSerializer}, filters=False)
    @action(detail=False, methods=["post"])
    def foresee(self, request: Request) -> Response:
        """Say what a change would move."""
        found = succession.foresee(self._asked(request), by=person(request), today=self.today)
        return Response(ForeseenSerializer(found).data)

    @extend_schema(request=Cancelling, responses={204: None, 409: None})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str = "") -> Response:
        """Take back a change that waits."""
        row = self.get_object()
        body = Cancelling(data=request.data)
        body.is_valid(raise_exception=True)
        succession.cancel(row, reason=body.validated_data["reason"], by=person(request))
        return Response(status=204)
