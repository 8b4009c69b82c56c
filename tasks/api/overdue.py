"""API of what is late: 逾期 and 期满未办结, told and counted apart."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tasks.api.parts import SideSerializer, TaskRef, plan_filter, shown_sides, side_as_dict
from tasks.models import Responsibility
from tasks.states import LATE_WORDS, LightWord
from tracker.lib.api.filters import Ordering
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from tracker.lib.pagination import Pages
from units.filters import PlaceFilter, UnitFilter

KINDS = [(word.value, word.label) for word in LATE_WORDS]
OWN_DATE = Q(due_on__isnull=False) | Q(task__due_on__isnull=False)


class LateSerializer(SideSerializer):
    """A side of a task that is late."""

    id = serializers.IntegerField()
    task = TaskRef()
    kind = serializers.ChoiceField(KINDS, help_text=_("逾期，或期满未办结"))
    days_late = serializers.IntegerField()

    def to_representation(self, side: Responsibility) -> dict[str, Any]:
        today = self.context["today"]
        late = side_as_dict(side, today, self.context["shown"])
        due = side.due_on_in_force
        kind = LightWord.EXPIRED if side.due_is_plans else LightWord.OVERDUE
        return {
            "id": side.pk,
            "task": TaskRef(side.task).data,
            "kind": kind.value,
            "days_late": (today - due).days if due else 0,
            **late,
            "due_on": due.isoformat() if due else None,
        }


class LateFilters(filters.FilterSet):
    """Filters of what is late."""

    plan = plan_filter("task__plan")
    kind = filters.ChoiceFilter(choices=KINDS, method="of_kind", label=_("逾期，或期满未办结"))
    unit = UnitFilter(field_name="unit", label=_("牵头单位：编号或任一名称"))
    jurisdiction = PlaceFilter(field_name="side", label=_("所属方：行政区划代码或名称，含下级"))
    ordering = Ordering(fields={"due": "due_on", "unit__name": "unit"})

    def of_kind(self, sides: Any, name: str, kind: str) -> Any:
        return sides.filter(OWN_DATE) if kind == LightWord.OVERDUE else sides.exclude(OWN_DATE)


class LatePages(Pages):
    """Pages that also count each kind."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the shape of the answer."""
        described = super().get_paginated_response_schema(schema)
        kinds = {kind: {"type": "integer"} for kind, _label in KINDS}
        described["properties"]["counts"] = {"type": "object", "properties": kinds}
        described["required"].append("counts")
        return described


@said(
    list=(_("逾期事项"), _("每行是一项任务的一方；counts 分列逾期与期满未办结的数目。")),
    retrieve=(_("一个逾期事项"), _("一项任务逾期或期满未办结的一方。")),
)
class LateViews(ReadOnly[Responsibility]):
    """Sides of tasks that are late; `counts` tells the two kinds apart."""

    queryset = Responsibility.objects.none()
    serializer_class = LateSerializer
    filterset_class = LateFilters
    pagination_class = LatePages

    def rows(self) -> QuerySet[Responsibility]:
        """All late sides, for everyone logged in."""
        late = Responsibility.objects.with_light(self.today).late(self.today)
        # `due` is annotated by both of these words.
        by_date: Any = late.select_related("task__plan", "unit", "side")
        ordered: QuerySet[Responsibility] = by_date.order_by(
            "due", "task__plan", "task__number", "pk"
        )
        return ordered

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The page, with the number of each kind."""
        rows = self.filter_queryset(self.get_queryset())
        overdue = rows.filter(OWN_DATE).order_by().count()
        page = self.paginate_queryset(rows) or []
        response = self.get_paginated_response(self.get_serializer(page, many=True).data)
        total = response.data["count"]
        response.data["counts"] = {"overdue": overdue, "expired": total - overdue}
        return response

    def get_serializer(self, *args: Any, **kwargs: Any) -> "serializers.BaseSerializer[Any]":
        """Tell the serializer which sides' progress the person may read."""
        if args:
            sides = args[0] if kwargs.get("many") else [args[0]]
            shown = shown_sides(self.request.user, [side.task_id for side in sides])
            kwargs["context"] = {**self.get_serializer_context(), "shown": shown}
        return super().get_serializer(*args, **kwargs)
