"""API of what is late: sides of tasks, milestones, reports, findings; each told apart."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tasks.api.parts import SideSerializer, TaskRef, plan_filter, shown_sides, side_as_dict
from tasks.columns import LATE_LIST
from tasks.filters.late import saying
from tasks.models import Responsibility
from tasks.services import late
from tasks.services.late import FILING_KINDS, ITEM_KINDS, TASK_KINDS, Band, LateKind
from tasks.services.late_facts import Facts, due_of, facts_of, subject_of
from tasks.views.overdue import LateRow, late_rows
from tracker.lib import workdays
from tracker.lib.api.filters import Ordering
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from tracker.lib.pagination import Pages
from tracker.lib.search import LONGEST
from units.api.exports import Exports
from units.filters import PlaceFilter, UnitFilter
from units.models import User
from units.web import person

KINDS = LateKind.choices
OWN_DATE = late.HAS_OWN_DATE


class RemindedSerializer(serializers.Serializer[Any]):
    """On how many days somebody was told of it, and how often whom."""

    days = serializers.IntegerField()
    last = serializers.DateField(allow_null=True)
    people = serializers.DictField(child=serializers.IntegerField())
    urged = serializers.IntegerField(help_text=_("发函次数"))
    called = serializers.IntegerField(help_text=_("电话催办次数"))


class LateSerializer(SideSerializer):
    """A side of a task that is late, or a milestone, a report, a finding of it.

    `id` is the side's. `item` is the milestone's or finding's own, `period` the report's.
    `reminded` stands only where it may be known.
    """

    id = serializers.IntegerField()
    subject = serializers.CharField(help_text=_("事项，发出催办时用"))
    task = TaskRef()
    kind = serializers.ChoiceField(KINDS, help_text=_("逾期、期满未办结，或其他超期类别"))
    days_late = serializers.IntegerField()
    workdays_late = serializers.IntegerField(help_text=_("超期工作日"))
    first_due_on = serializers.DateField(allow_null=True, help_text=_("首次时限"))
    extensions = serializers.IntegerField(
        help_text=_("该项自身时限的延期次数：任务为可阅看的批准延期，节点为改期，整改为调整期限")
    )
    item = serializers.IntegerField(required=False, help_text=_("节点或督查意见的编号"))
    title = serializers.CharField(required=False, help_text=_("节点内容，或督查发现的问题"))
    period = serializers.CharField(required=False, help_text=_("季度"))
    reminded = RemindedSerializer(required=False)

    def to_representation(self, side: Any) -> dict[str, Any]:
        today, kind = self.context["today"], kind_of(self.context["kind"], side)
        told = side_as_dict(side, today, self.context["shown"])
        due, facts = due_of(kind, side), self.context["facts"][side.pk, item_of(side)]
        row = {
            "id": side.pk,
            "subject": subject_of(kind, side),
            "task": TaskRef(side.task).data,
            "kind": kind.value,
            "days_late": (today - due).days if due else 0,
            "workdays_late": workdays.workdays_between(due, today) if due else 0,
            "first_due_on": facts.first.isoformat() if facts.first else None,
            "extensions": facts.extensions,
            **told,
            "due_on": due.isoformat() if due else None,
        }
        if kind in ITEM_KINDS:
            row |= {"item": side.item, "title": side.item_title}
        if kind in FILING_KINDS:
            row["period"] = str(late.quarter_of_row(side))
        if facts.reminded is not None:
            row["reminded"] = RemindedSerializer(facts.reminded).data
        return row


def kind_of(asked: LateKind | None, side: Responsibility) -> LateKind:
    """The kind asked for; without any a side says itself which of the two it is."""
    if asked is not None and asked not in TASK_KINDS:
        return asked
    return LateKind.EXPIRED if side.due_is_plans else LateKind.OVERDUE


def item_of(side: Any) -> Any:
    """What tells rows of one side apart: the milestone, the finding, the quarter."""
    return getattr(side, "item", None) or (
        str(late.quarter_of_row(side)) if hasattr(side, "filing_year") else None
    )


class LateFilters(filters.FilterSet):
    """Filters of what is late."""

    plan = plan_filter("task__plan")
    kind = filters.ChoiceFilter(
        choices=KINDS,
        method="of_kind",
        label=_("不填为逾期和期满未办结；其他类别须写明"),
    )
    unit = UnitFilter(field_name="unit", label=_("牵头单位：编号或任一名称"))
    jurisdiction = PlaceFilter(field_name="side", label=_("所属方：行政区划代码或名称，含下级"))
    band = filters.ChoiceFilter(
        choices=Band.choices, method="in_band", label=_("超期时长，按工作日")
    )
    search = filters.CharFilter(
        method="with_words", max_length=LONGEST, label=_("任务、单位名称中的文字，多个词须同时出现")
    )
    ordering = Ordering(fields={"due": "due_on", "unit__name": "unit"})

    def in_band(self, sides: Any, name: str, band: str) -> Any:
        kind = self.form.cleaned_data.get("kind") or LateKind.OVERDUE
        return late.in_band(sides, band, workdays.today(), late.date_of(LateKind(kind)))

    def with_words(self, sides: Any, name: str, text: str) -> Any:
        return saying(sides, text)

    def of_kind(self, sides: Any, name: str, kind: str) -> Any:
        if kind not in TASK_KINDS:
            return sides
        return sides.filter(OWN_DATE) if kind == LateKind.OVERDUE else sides.exclude(OWN_DATE)


class LatePages(Pages):
    """Pages that also count each kind."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the shape of the answer."""
        described = super().get_paginated_response_schema(schema)
        kinds = {kind.value: {"type": "integer"} for kind in TASK_KINDS}
        described["properties"]["counts"] = {"type": "object", "properties": kinds}
        described["required"].append("counts")
        return described


@said(
    list=(
        _("逾期事项"),
        _(
            "每行是一项任务的一方；写明 kind 的，可查节点、进展、督查整改等其他超期类别。"
            "counts 分列逾期与期满未办结的数目。"
        ),
    ),
    retrieve=(_("一个逾期事项"), _("一项任务逾期或期满未办结的一方。")),
)
class LateViews(Exports[Responsibility], ReadOnly[Responsibility]):
    """Sides of tasks that are late; `counts` tells the two kinds apart."""

    queryset = Responsibility.objects.none()
    serializer_class = LateSerializer
    filterset_class = LateFilters
    pagination_class = LatePages
    exported = LATE_LIST

    def told(self, some: list[Any]) -> list[LateRow]:
        """As the page shows them."""
        return late_rows(person(self.request), self.kind or LateKind.OVERDUE, some, self.today)

    @property
    def kind(self) -> LateKind | None:
        """The kind asked for, as far as it is one."""
        asked = self.request.query_params.get("kind", "")
        return LateKind(asked) if asked in LateKind.values else None

    def rows(self) -> QuerySet[Responsibility]:
        """Late sides, for everyone logged in; of the other kinds what the person may know."""
        if self.kind is None or self.kind in TASK_KINDS:
            return self._in_order(self._late_sides(), "due")
        rows = late.of_kind(self.kind, self.today).with_light(self.today)
        known = late.known_to(person(self.request), self.kind, rows)
        return self._in_order(known, late.date_of(self.kind))

    def _late_sides(self) -> Any:
        return Responsibility.objects.with_light(self.today).late(self.today)

    def _in_order(self, rows: Any, date: str) -> QuerySet[Responsibility]:
        # The date is annotated.
        ordered: QuerySet[Responsibility] = rows.select_related(
            "task__plan", "unit", "side"
        ).order_by(date, "task__plan", "task__number", "pk")
        return ordered

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The page, with the number of each kind of late sides."""
        rows = self.filter_queryset(self.get_queryset())
        page = self.paginate_queryset(rows) or []
        response = self.get_paginated_response(self.get_serializer(page, many=True).data)
        sides = rows if self.kind is None or self.kind in TASK_KINDS else self._counted()
        total = response.data["count"] if sides is rows else sides.count()
        overdue = sides.filter(OWN_DATE).order_by().count()
        response.data["counts"] = {"overdue": overdue, "expired": total - overdue}
        return response

    def _counted(self) -> Any:
        """Late sides under the same filters, whatever the kind asked for."""
        return self.filter_queryset(self._late_sides())

    def get_serializer(self, *args: Any, **kwargs: Any) -> "serializers.BaseSerializer[Any]":
        """Tell the serializer what the person may read of the sides."""
        if args:
            sides = args[0] if kwargs.get("many") else [args[0]]
            user = person(self.request)
            kinds = [kind_of(self.kind, side) for side in sides]
            kwargs["context"] = {
                **self.get_serializer_context(),
                "kind": self.kind,
                "shown": shown_sides(self.request.user, [side.task_id for side in sides]),
                "facts": _facts(user, kinds[0] if kinds else LateKind.OVERDUE, sides),
            }
        return super().get_serializer(*args, **kwargs)


def _facts(user: User, kind: LateKind, sides: list[Any]) -> dict[Any, Facts]:
    """By side and item; of one page, which is of one kind or of the two of sides."""
    found = facts_of(user, kind, sides)
    return {(side.pk, item_of(side)): told for side, told in zip(sides, found, strict=True)}
