"""API of tasks."""

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from tasks import policy
from tasks.api.parts import (
    ActionRef,
    SideSerializer,
    TaskRef,
    plan_filter,
    ranks_of,
    shown_sides,
    side_as_dict,
    side_code,
    unknown,
)
from tasks.api.plan_writes import TaskWrites
from tasks.api.story import STORY_FIELDS, StoryFields, ToldSerializer
from tasks.columns import TASK_LIST
from tasks.filters.fields import QuarterField
from tasks.filters.sides import BySide
from tasks.models import Action, Responsibility, Task
from tasks.models.lights import STATE_ORDER
from tasks.services.history import History
from tasks.services.search import tasks_saying
from tasks.states import Light, LightWord, TaskState
from tasks.views.lists import teller
from tracker.lib import workdays
from tracker.lib.api.fields import Shown
from tracker.lib.api.filters import Day, Ordering
from tracker.lib.api.schema import said
from tracker.lib.lists import Head
from tracker.lib.search import LONGEST, words_of
from units.api.exports import Exports
from units.filters import PlaceFilter, UnitFilter, within
from units.models import Jurisdiction, Unit, User
from units.services.exports import Part, part_of

LATE = [
    ("true", _("逾期：已过自身时限")),
    ("false", _("未逾期")),
    ("expired", _("期满未办结：仅过方案期限")),
    ("late", _("逾期和期满未办结")),
]


class TaskSerializer(serializers.ModelSerializer[Task]):
    """A task with its two sides; `light` is that of the worse one."""

    plan = Shown()
    action = ActionRef(read_only=True)
    leads = serializers.SerializerMethodField(help_text=_("牵头单位，按文中次序"))
    cooperating = serializers.SerializerMethodField(help_text=_("配合单位，按文中次序"))
    due_on = serializers.DateField(source="due_on_in_force", read_only=True, allow_null=True)
    due_is_plans = serializers.BooleanField(read_only=True, help_text=_("时限取自方案期限"))
    state = serializers.ChoiceField(TaskState.choices, read_only=True, allow_null=True)
    light = serializers.SerializerMethodField(help_text=_("参考方案为空"))
    light_word = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField(
        help_text=_("各方最近一次审核通过的完成进度；空为尚无审核通过的进度；不可见的一方不列")
    )
    implements = TaskRef(many=True, read_only=True)
    sides = serializers.SerializerMethodField()

    class Meta:
        model = Task
        fields = [
            "id",
            "plan",
            "number",
            "title",
            "clause",
            "summary",
            "action",
            "leads",
            "cooperating",
            "due_on",
            "due_is_plans",
            "state",
            "light",
            "light_word",
            "progress",
            "sides",
            "implements",
        ]

    def get_leads(self, task: Task) -> list[str]:
        return [side.unit.name for side in task.leads]

    def get_cooperating(self, task: Task) -> list[str]:
        return [part.unit.name for part in task.cooperating]

    @extend_schema_field(serializers.ChoiceField(Light.choices, allow_null=True))
    def get_light(self, task: Task) -> str | None:
        word = self._word(task)
        return word.light.value if word else None

    def get_light_word(self, task: Task) -> str | None:
        word = self._word(task)
        return str(word.label) if word else None

    def get_progress(self, task: Task) -> dict[str, int | None]:
        shown = self.context["shown"]
        return {side_code(s): s.latest_percent for s in task.leads if s.pk in shown}

    @extend_schema_field(SideSerializer(many=True))
    def get_sides(self, task: Task) -> list[dict[str, Any]]:
        context = self.context
        return [side_as_dict(s, context["today"], context["shown"]) for s in task.leads]

    def _word(self, task: Task) -> LightWord | None:
        return None if task.plan.is_reference else task.light_word(self.context["today"])


class WholeTaskSerializer(StoryFields, TaskSerializer):
    """A task with its story."""

    class Meta(TaskSerializer.Meta):
        fields = [*TaskSerializer.Meta.fields, *STORY_FIELDS]


class Unreported(filters.CharFilter):
    """A quarter that is a period of some plan."""

    field_class = QuarterField


class TaskFilters(BySide, filters.FilterSet):
    """Filters of tasks; names as the design gives them. With a place or unit, of that side."""

    plan = plan_filter()
    action = filters.NumberFilter(
        field_name="action__number", min_value=1, max_value=999, label=_("行动序号")
    )
    unit = UnitFilter(method="of_unit", label=_("牵头或配合单位：编号或任一名称"))
    lead_unit = UnitFilter(method="led_by", label=_("牵头单位：编号或任一名称"))
    cooperating_unit = UnitFilter(method="cooperated_by", label=_("配合单位：编号或任一名称"))
    jurisdiction = PlaceFilter(
        method="of_place", label=_("牵头一方或方案所在辖区：行政区划代码或名称，含下级")
    )
    state = filters.MultipleChoiceFilter(
        choices=TaskState.choices, method="in_state", label=_("状态，可多个")
    )
    light = filters.MultipleChoiceFilter(
        choices=[*Light.choices, *LightWord.choices],
        method="with_word",
        label=_("灯的颜色或词，可多个"),
    )
    overdue = filters.ChoiceFilter(choices=LATE, method="late", label=_("逾期"))
    unreported = Unreported(
        method="filter_unreported", label=_("季度，如 2026Q3：有牵头单位未报的")
    )
    due_before = Day(field_name="due", lookup_expr="lte", label=_("时限不晚于"))
    due_after = Day(field_name="due", lookup_expr="gte", label=_("时限不早于"))
    search = filters.CharFilter(
        method="with_words",
        max_length=LONGEST,
        label=_("序号、标题、概要、条款、行动、方案、单位名称中的文字，多个词须同时出现"),
    )
    ordering = Ordering(
        fields={
            "plan__code": "plan",
            "number": "number",
            "title": "title",
            "due": "due_on",
            "light_rank": "light",
            "state_rank": "state",
        }
    )

    def filter_queryset(self, queryset: Any) -> Any:
        """Check the action too: its number means something only within a plan."""
        number, plan = (self.form.cleaned_data.get(name) for name in ("action", "plan"))
        if number is not None:
            actions = Action.objects.filter(number=number)
            if not (actions.filter(plan=plan) if plan else actions).exists():
                raise unknown("action", number)
        return super().filter_queryset(queryset)

    def with_words(self, tasks: Any, name: str, text: str) -> Any:
        return tasks.filter(*(tasks_saying(word) for word in words_of(text)))

    def of_unit(self, tasks: Any, name: str, unit: Unit) -> Any:
        parts = Responsibility.objects.filter(task=OuterRef("pk"), unit=unit)
        return tasks.filter(Exists(parts))

    def led_by(self, tasks: Any, name: str, unit: Unit) -> Any:
        return tasks.led_by(unit)

    def cooperated_by(self, tasks: Any, name: str, unit: Unit) -> Any:
        return tasks.cooperated_by(unit)

    def of_place(self, tasks: Any, name: str, place: Jurisdiction) -> Any:
        sides = Responsibility.objects.leads().filter(task=OuterRef("pk"), side__in=within(place))
        return tasks.filter(Q(Exists(sides)) | Q(plan__jurisdiction__in=within(place)))

    def in_state(self, tasks: Any, name: str, states: list[str]) -> Any:
        ranks = [STATE_ORDER.index(TaskState(state)) for state in states]
        return tasks.filter(state_rank__in=ranks) if states else tasks

    def with_word(self, tasks: Any, name: str, words: list[str]) -> Any:
        return tasks.filter(light_rank__in=ranks_of(words)) if words else tasks

    def late(self, tasks: Any, name: str, kind: str) -> Any:
        today = workdays.today()
        if kind == "false":
            return tasks.exclude(pk__in=Task.objects.overdue(today).values("pk"))
        kinds = {"true": tasks.overdue, "expired": tasks.expired, "late": tasks.late}
        return kinds[kind](today)


@said(
    list=(
        _("任务列表"),
        _(
            "任务及其牵头和配合单位、时限、状态、灯；进度只列可见的一方。"
            "按辖区或单位筛选时，灯、状态、时限、逾期等条件均按该方判断。"
        ),
    ),
    retrieve=(
        _("一项任务"),
        _(
            "一项任务的各方、时限、状态、灯，以及可见的进度、各季度填报、序时进度、联系人，"
            "任务的目标及其达到情况，落实本任务的任务。"
        ),
    ),
    history=(
        _("任务的历史"),
        _("任务的修改、交办签收、填报和审核，只列可见的记录，新的在前。"),
    ),
)
class TaskViews(Exports[Task], TaskWrites):
    """Tasks, for everyone logged in; progress only where it may be read. Offices write them."""

    queryset = Task.objects.none()
    serializer_class = TaskSerializer
    filterset_class = TaskFilters
    exported = TASK_LIST

    def exported_part(self, found: Any, heads: Sequence[Head]) -> Part:
        """As the page shows them, the light by the sides that the filters are about."""
        filters = TaskFilters(self.request.query_params, found, request=self.request)
        filters.is_valid()
        user = cast("User", self.request.user)
        tell = teller(user, filters, heads, self.today)
        return part_of(found.values_list("pk", flat=True), tell)

    def rows(self) -> QuerySet[Task]:
        """All tasks, for everyone logged in."""
        rows: Any = policy.scope(self.request.user, "task.view")
        ordered: QuerySet[Task] = rows.for_list(self.today).order_by("plan", "number", "pk")
        return ordered

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[Any]:
        """Tell the serializer which sides' progress the person may read."""
        if args:
            tasks = args[0] if kwargs.get("many") else [args[0]]
            shown = shown_sides(self.request.user, tasks)
            kwargs["context"] = {**self.get_serializer_context(), "shown": shown}
        return super().get_serializer(*args, **kwargs)

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """The whole story of one task; a row of the list is shorter."""
        return WholeTaskSerializer if self.action == "retrieve" else TaskSerializer

    def known_parameters(self) -> list[str]:
        """A history has pages, too."""
        return ["page", "page_size"] if self.action == "history" else super().known_parameters()

    @extend_schema(responses=ToldSerializer(many=True), filters=False)
    @action(detail=True, filterset_class=None)
    def history(self, request: Request, pk: str) -> Response:
        """What happened to the task."""
        history = History(cast("User", request.user), self.get_object())
        entries: Any = history.entries()
        page: Any = self.paginate_queryset(entries)
        return self.get_paginated_response(ToldSerializer(history.tell(page), many=True).data)
