"""API of responsibilities and of 交办 and 签收."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api import plan_bodies as bodies
from tasks.api.parts import TaskRef, plan_filter
from tasks.api.writes import REFUSALS, Place, Writable
from tasks.models import Responsibility, Task
from tasks.services import duties, duty_lists
from tasks.services.duties import DutyText
from tasks.states import Role
from tracker.lib.api.fields import Shown
from tracker.lib.api.filters import ByNumber
from tracker.lib.api.if_match import IF_MATCH
from tracker.lib.api.schema import said
from units.filters import PlaceFilter, UnitFilter
from units.models import Jurisdiction, Unit
from units.services.names import UnitNameError, find_numbered


class DutySerializer(serializers.ModelSerializer[Responsibility]):
    """A unit's part in a task."""

    task = TaskRef(read_only=True)
    unit = serializers.CharField(source="unit.name", read_only=True)
    side = Shown(allow_null=True)

    class Meta:
        model = Responsibility
        fields = [
            "id",
            "task",
            "unit",
            "role",
            "side",
            "order",
            "written",
            "note",
            "state",
            "due_on",
        ]


class DutyFilters(filters.FilterSet):
    """Filters of responsibilities."""

    plan = plan_filter("task__plan")
    task = ByNumber(queryset=Task.objects.all(), label=_("任务编号"))
    unit = UnitFilter(label=_("单位：编号或任一名称"))
    role = filters.ChoiceFilter(choices=Role.choices, label=_("角色"))
    side = PlaceFilter(label=_("所属方：行政区划代码或名称，含下级"))


class LineSerializer(serializers.Serializer[Any]):
    """A name of a list: the unit that it was taken for, or why it was not."""

    written = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    unit = serializers.CharField(allow_null=True)
    problem = serializers.CharField(allow_blank=True)
    suggested = serializers.ListField(child=serializers.CharField())
    left_out = serializers.CharField(allow_blank=True)


class LinesSerializer(serializers.Serializer[Any]):
    """A list as it was understood; `taken` are the new responsibilities' numbers."""

    lines = LineSerializer(many=True)
    taken = serializers.ListField(child=serializers.IntegerField())


@said(
    list=(_("责任列表"), _("各任务的牵头和配合单位，按文中次序。")),
    retrieve=(_("一项责任"), _("一项责任；本方协调办公室另得 ETag。")),
    create=(_("新增责任"), _("协调办公室为本方单位列责任；单位可写任一名称。")),
    partial_update=(_("修改责任"), _("只改写明的项；须带 If-Match。")),
    destroy=(_("移除责任"), _("移除未填报、未交办的责任；须带 If-Match。")),
    move=(_("移动责任"), _("移到本方责任中的第几位。")),
    names=(_("读取单位名单"), _("读取文中的单位名单；take 为 true 且全部认出时一并加入。")),
)
class DutyViews(Writable[Responsibility]):
    """Who answers for what."""

    queryset = Responsibility.objects.none()
    serializer_class = DutySerializer
    filterset_class = DutyFilters
    edit_verb = "duty.edit"

    def rows(self) -> QuerySet[Responsibility]:
        """All responsibilities, for everyone logged in."""
        tasks = policy.scope(self.request.user, "task.view").order_by().values("pk")
        rows = Responsibility.objects.filter(task__in=tasks)
        return rows.select_related("task__plan", "unit", "side").order_by(
            "task__plan", "task__number", "order", "pk"
        )

    def entry_of(self, row: Responsibility) -> DutyText:
        """The responsibility's values."""
        return DutyText.of(row)

    @extend_schema(request=bodies.NewDuty)
    def create(self, request: Request) -> Response:
        """Give a unit a part in a task."""
        values = self.checked(bodies.NewDuty)
        task: Task = values.pop("task")
        self._check_plan(task)
        within = values.get("side") or task.plan.jurisdiction
        values["unit"] = _unit(values["unit"], within)
        duty = duties.create_duty(task, DutyText(**values), by=self.person)
        return self.answer(duty, status.HTTP_201_CREATED)

    @extend_schema(request=bodies.DutyBody, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a responsibility of one's own side."""
        duty, seen = self.editable(), self.seen()
        values = self.checked(bodies.DutyBody)
        reason = values.pop("reason", "")
        if "unit" in values:
            within = values.get("side", duty.side) or duty.task.plan.jurisdiction
            values["unit"] = _unit(values["unit"], within)
        text = DutyText(**self.merged(duty, values))
        return self.answer(duties.edit_duty(duty, text, seen=seen, by=self.person, reason=reason))

    @extend_schema(parameters=[IF_MATCH], responses={204: None, **REFUSALS})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a unit's part away."""
        duty, seen = self.editable(), self.seen()
        duties.delete_duty(duty, seen=seen, by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=Place)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put a responsibility at a place among one's own."""
        duty = self.editable()
        duties.move_duty(duty, self.checked(Place)["place"], by=self.person)
        return self.answer(duty)

    @extend_schema(request=bodies.NameList, responses=LinesSerializer)
    @action(detail=False, methods=["post"])
    def names(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read a list of units, and take it."""
        values = self.checked(bodies.NameList)
        task: Task = values["task"]
        self._check_plan(task)
        side = values.get("side")
        lines = duty_lists.read(
            values["names"],
            role=Role(values["role"]),
            within=side or task.plan.jurisdiction,
            present=list(task.responsibilities.all()),
        )
        taken: list[Responsibility] = []
        if values["take"] and duty_lists.is_takeable(lines):
            taken = duties.create_duties(task, duty_lists.texts_of(lines, side), by=self.person)
        shown = {"lines": lines, "taken": [duty.pk for duty in taken]}
        return Response(LinesSerializer(shown).data)

    def _check_plan(self, task: Task) -> None:
        if not policy.can(self.person, "plan.edit", task.plan):
            raise PermissionDenied


def _unit(words: str, within: Jurisdiction | None) -> Unit:
    """The unit of a number or a name; ValidationError says what is like it."""
    try:
        return find_numbered(words, within=within)
    except UnitNameError as error:
        raise ValidationError({"unit": [str(error)]}) from error
