"""API of entering plans: their head, sides, actions, tasks."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api import plan_bodies as bodies
from tasks.api.parts import plan_filter
from tasks.api.writes import REFUSALS, Place, Writable
from tasks.models import Action, Plan, Task
from tasks.services import plan_copy, plan_edit, plan_texts
from tasks.services.editing import Unconfirmed
from tasks.services.plan_edit import PlanHead
from tasks.services.plan_texts import ActionText, TaskText
from tracker.lib import workdays
from tracker.lib.api.fields import Nothing, Shown
from tracker.lib.api.if_match import IF_MATCH
from tracker.lib.api.schema import said


class PlanWrites(Writable[Plan]):
    """Writing plans; reading them stands with `PlanViews`."""

    edit_verb = "plan.edit"

    def entry_of(self, row: Plan) -> PlanHead:
        """The plan's head."""
        return PlanHead.of(row)

    @extend_schema(request=bodies.NewPlan)
    def create(self, request: Request) -> Response:
        """Begin a plan."""
        values = self.checked(bodies.NewPlan)
        code, office = values.pop("code"), values.pop("office")
        head = PlanHead(**values | {"issuers": tuple(values.get("issuers", ()))})
        with transaction.atomic():
            plan = plan_edit.create_plan(code, head, office, by=self.person)
            return self.answer(plan, status.HTTP_201_CREATED)

    @extend_schema(request=bodies.PlanBody, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a plan's head."""
        plan, seen = self.editable(), self.seen()
        values = self.checked(bodies.PlanBody)
        merged = self.merged(plan, values)
        head = PlanHead(**merged | {"issuers": tuple(merged["issuers"])})
        try:
            plan = plan_edit.edit_plan(
                plan,
                head,
                seen=seen,
                by=self.person,
                today=workdays.today(),
                reason=values.get("reason", ""),
                opens=values.get("opens"),
            )
        except Unconfirmed as question:
            how = _("确认请加 opens：%(n)d。") % {"n": question.value}
            raise ValidationError({question.field: [*question.messages, how]}) from None
        return self.answer(plan)

    @extend_schema(parameters=[IF_MATCH], responses={204: None, **REFUSALS})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a draft on which nothing hangs."""
        plan, seen = self.editable(), self.seen()
        plan_edit.delete_plan(plan, seen=seen, by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        request=Nothing,
        summary=gettext_lazy("印发"),
        description=gettext_lazy("将征求意见稿改为已印发；缺项逐条列明。"),
    )
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Issue a draft."""
        plan = self.editable()
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        return self.answer(plan_edit.publish(plan, by=self.person))

    @extend_schema(
        request=bodies.CopyBody,
        summary=gettext_lazy("编制下一期"),
        description=gettext_lazy("以本方案的行动、任务和本方责任单位建立下一期的征求意见稿。"),
    )
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Begin the next plan with this one's text."""
        source = self.get_object()
        values = self.checked(bodies.CopyBody)
        plan = plan_copy.copy_plan(source, **values, by=self.person)
        return self.answer(plan, status.HTTP_201_CREATED)

    @extend_schema(
        request=bodies.SideBody,
        summary=gettext_lazy("增设一方"),
        description=gettext_lazy("增设协调办公室所在的一方。"),
    )
    @action(detail=True, methods=["post"])
    def sides(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a side."""
        plan = self.editable()
        office = self.checked(bodies.SideBody)["office"]
        plan_edit.add_side(plan, office, by=self.person)
        return self.answer(plan, status.HTTP_201_CREATED)

    @extend_schema(
        request=bodies.SideRef,
        summary=gettext_lazy("移除一方"),
        description=gettext_lazy("由该方协调办公室移除没有责任单位的一方。"),
    )
    @action(detail=True, methods=["post"], url_path="remove-side")
    def remove_side(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a side away."""
        plan = self.editable()
        code = self.checked(bodies.SideRef)["side"]
        sides = plan.sides.select_related("jurisdiction", "office")
        side = sides.filter(jurisdiction__code=code).first()
        if side is None:
            raise ValidationError({"side": [_("方案没有这一方。")]})
        plan_edit.remove_side(side, by=self.person)
        return self.answer(plan)


class ActionSerializer(serializers.ModelSerializer[Action]):
    """A chapter of a plan."""

    plan = Shown()

    class Meta:
        model = Action
        fields = ["id", "plan", "number", "numeral", "title", "clause"]


class ActionFilters(filters.FilterSet):
    """Filters of actions."""

    plan = plan_filter()


@said(
    list=(gettext_lazy("行动列表"), gettext_lazy("各方案的行动，按序号。")),
    retrieve=(gettext_lazy("一个行动"), gettext_lazy("一个行动；可改的人另得 ETag。")),
    create=(gettext_lazy("新增行动"), gettext_lazy("方案任一方的协调办公室新增行动。")),
    partial_update=(gettext_lazy("修改行动"), gettext_lazy("只改写明的项；须带 If-Match。")),
    destroy=(gettext_lazy("删除行动"), gettext_lazy("删除没有任务的行动；须带 If-Match。")),
    move=(gettext_lazy("移动行动"), gettext_lazy("移到方案中的第几位，序号随之调整。")),
)
class ActionViews(Writable[Action]):
    """Actions of plans."""

    queryset = Action.objects.none()
    serializer_class = ActionSerializer
    filterset_class = ActionFilters

    def rows(self) -> QuerySet[Action]:
        """All actions, for everyone logged in."""
        plans = policy.scope(self.request.user, "plan.view").values("pk")
        rows = Action.objects.filter(plan__in=plans).select_related("plan")
        return rows.order_by("plan", "number", "pk")

    def entry_of(self, row: Action) -> ActionText:
        """The action's text."""
        return ActionText.of(row)

    def may_edit(self, row: Action) -> bool:
        """Whether the person's office coordinates a side of the plan."""
        return policy.can(self.request.user, "plan.edit", row.plan)

    @extend_schema(request=bodies.NewAction)
    def create(self, request: Request) -> Response:
        """Add an action."""
        values = self.checked(bodies.NewAction)
        plan: Plan = values.pop("plan")
        values.setdefault("number", plan_texts.next_number(plan, Action))
        row = plan_texts.create_action(plan, ActionText(**values), by=self.person)
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=bodies.ActionBody, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change an action."""
        row, seen = self.editable(), self.seen()
        text = ActionText(**self.merged(row, self.checked(bodies.ActionBody)))
        return self.answer(plan_texts.edit_action(row, text, seen=seen, by=self.person))

    @extend_schema(parameters=[IF_MATCH], responses={204: None, **REFUSALS})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete an action."""
        row, seen = self.editable(), self.seen()
        plan_texts.delete_action(row, seen=seen, by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=Place)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put an action at a place."""
        row = self.editable()
        plan_texts.move_action(row, self.checked(Place)["place"], by=self.person)
        return self.answer(row)


class TaskWrites(Writable[Task]):
    """Writing tasks; reading them stands with `TaskViews`."""

    def entry_of(self, row: Task) -> TaskText:
        """The task's text."""
        return TaskText.of(row)

    def may_edit(self, row: Task) -> bool:
        """Whether the person's office coordinates a side of the plan."""
        return policy.can(self.request.user, "plan.edit", row.plan)

    @extend_schema(request=bodies.NewTask)
    def create(self, request: Request) -> Response:
        """Add a task."""
        values = self.checked(bodies.NewTask)
        plan: Plan = values.pop("plan")
        if not policy.can(self.person, "plan.edit", plan):
            raise PermissionDenied
        values.setdefault("number", plan_texts.next_number(plan, Task))
        text = self._text(plan, values)
        task = plan_texts.create_task(plan, text, by=self.person)
        return self.answer(task, status.HTTP_201_CREATED)

    @extend_schema(request=bodies.TaskBody, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a task's text, date and links."""
        task, seen = self.editable(), self.seen()
        values = self.checked(bodies.TaskBody)
        reason = values.pop("reason", "")
        text = self._text(task.plan, self.merged(task, values))
        return self.answer(
            plan_texts.edit_task(task, text, seen=seen, by=self.person, reason=reason)
        )

    @extend_schema(parameters=[IF_MATCH], responses={204: None, **REFUSALS})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a task on which nothing hangs."""
        task, seen = self.editable(), self.seen()
        plan_texts.delete_task(task, seen=seen, by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        request=Place,
        summary=gettext_lazy("移动任务"),
        description=gettext_lazy("移到方案全部任务中的第几位，序号随之调整。"),
    )
    @action(detail=True, methods=["post"])
    def move(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put a task at a place."""
        task = self.editable()
        plan_texts.move_task(task, self.checked(Place)["place"], by=self.person)
        return self.answer(task)

    def _text(self, plan: Plan, values: dict[str, Any]) -> TaskText:
        found: Any = values["action"]
        if not isinstance(found, Action):
            found = plan.actions.filter(number=values["action"]).first()
        if found is None:
            words = {"number": values["action"]}
            raise ValidationError({"action": [_("方案没有行动%(number)s。") % words]})
        links = tuple(values.get("implements", ()))
        return TaskText(**values | {"action": found, "implements": links})
