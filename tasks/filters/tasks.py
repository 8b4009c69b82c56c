"""Filters of the list of tasks, for web and API alike; a meaningless value is an error."""

import datetime
from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tasks.filters.fields import (
    LATE_KINDS,
    KeyFilter,
    LateFilter,
    Ordering,
    QuarterFilter,
    StrictForm,
    UnitFilter,
    day_filter,
    sentence,
    words_filter,
)
from tasks.filters.sides import BySide, ranks_of
from tasks.filters.words import tasks_saying, words_of
from tasks.models import Action, Plan, Responsibility, Task
from tasks.models.lights import STATE_ORDER
from tasks.states import Light, LightWord, TaskState
from tracker.lib import workdays
from units.filters import within
from units.models import Jurisdiction, Unit

LIGHT_CHOICES = [*LightWord.choices, *Light.choices]


class TaskFilter(BySide, django_filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of `Task.objects.for_list(today)`. Bad values are errors of `form`, by field."""

    search = words_filter("filter_search")
    plan = KeyFilter(
        queryset=Plan.objects.all(),
        to_field_name="code",
        label=_("方案"),
        empty_label=_("全部方案"),
        error_messages=sentence(_("没有这个方案，请从列表中选择。")),
    )
    action = KeyFilter(
        queryset=Action.objects.all(),
        label=_("行动"),
        empty_label=_("全部行动"),
        error_messages=sentence(_("该方案没有这个行动，请从列表中选择。")),
    )
    jurisdiction = KeyFilter(
        queryset=Jurisdiction.objects.all(),
        to_field_name="code",
        method="filter_jurisdiction",
        label=_("所属方"),
        empty_label=_("各方"),
        error_messages=sentence(_("没有这个辖区：请填六位行政区划代码，如500000。")),
    )
    lead_unit = UnitFilter(
        queryset=Unit.objects.all(),
        method="filter_lead_unit",
        label=_("牵头单位"),
        empty_label=_("全部牵头单位"),
    )
    cooperating_unit = UnitFilter(
        queryset=Unit.objects.all(),
        method="filter_cooperating_unit",
        label=_("配合单位"),
        empty_label=_("全部配合单位"),
    )
    unit = UnitFilter(queryset=Unit.objects.all(), method="filter_unit", label=_("责任单位"))
    state = django_filters.ChoiceFilter(
        choices=TaskState.choices,
        method="filter_state",
        label=_("状态"),
        empty_label=_("全部状态"),
        error_messages=sentence(_("没有“%(value)s”这个状态，请从列表中选择。")),
    )
    light = django_filters.ChoiceFilter(
        choices=LIGHT_CHOICES,
        method="filter_light",
        label=_("灯"),
        error_messages=sentence(_("没有“%(value)s”这种灯，请从列表中选择。")),
    )
    overdue = LateFilter(
        choices=LATE_KINDS,
        method="filter_overdue",
        label=_("超期"),
        empty_label=_("不限"),
        error_messages=sentence(_("“%(value)s”无效：请选择逾期、期满未办结或未超期。")),
    )
    unreported = QuarterFilter(method="filter_unreported", label=_("季度未报"))
    due_after = day_filter("gte", _("时限不早于"))
    due_before = day_filter("lte", _("时限不晚于"))
    ordering = Ordering(
        fields=(
            ("number", "number"),
            ("title", "title"),
            ("due", "due_on"),
            ("light_rank", "light"),
            ("state_rank", "state"),
            ("plan_id", "plan"),
        ),
        label=_("排序"),
        error_messages=sentence(_("不能按“%(value)s”排序。")),
    )

    class Meta:
        model = Task
        form = StrictForm
        fields: list[str] = []

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        queryset: QuerySet[Task] | None = None,
        *,
        request: HttpRequest | None = None,
        prefix: str | None = None,
        today: datetime.date | None = None,
    ) -> None:
        super().__init__(data, queryset, request=request, prefix=prefix)
        self.today = today or workdays.today()

    def filter_search(self, tasks: Any, name: str, value: str) -> Any:
        return tasks.filter(*(tasks_saying(word) for word in words_of(value)))

    def filter_jurisdiction(self, tasks: Any, name: str, place: Jurisdiction) -> Any:
        """Led on the place's side, or set by the place's own plan; places below count too."""
        sides = Responsibility.objects.leads().filter(task=OuterRef("pk"), side__in=within(place))
        return tasks.filter(Exists(sides) | Q(plan__jurisdiction__in=within(place)))

    def filter_lead_unit(self, tasks: Any, name: str, unit: Unit) -> Any:
        return tasks.led_by(unit)

    def filter_cooperating_unit(self, tasks: Any, name: str, unit: Unit) -> Any:
        return tasks.cooperated_by(unit)

    def filter_unit(self, tasks: Any, name: str, unit: Unit) -> Any:
        return tasks.filter(Exists(Responsibility.objects.filter(task=OuterRef("pk"), unit=unit)))

    def filter_state(self, tasks: Any, name: str, value: str) -> Any:
        return tasks.filter(state_rank=STATE_ORDER.index(TaskState(value)))

    def filter_light(self, tasks: Any, name: str, value: str) -> Any:
        return tasks.filter(light_rank__in=ranks_of(value))

    def filter_overdue(self, tasks: Any, name: str, value: str) -> Any:
        match value:
            case "overdue":
                return tasks.overdue(self.today)
            case "expired":
                return tasks.expired(self.today)
            case "late":
                return tasks.late(self.today)
        late = Responsibility.objects.late(self.today).filter(task=OuterRef("pk"))
        return tasks.exclude(Exists(late))

    def light_counts(self) -> dict[LightWord, int]:
        """How many tasks there are of each light under the other filters."""
        counted = self.counts_by_light(without=("light", "overdue"))
        return {word: counted[word.rank] for word in LightWord if word.rank in counted}
