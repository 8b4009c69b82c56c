"""Pieces that several answers of the API share."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from tasks import policy
from tasks.models import Action, Plan, Responsibility, Task
from tasks.policy import Person
from tasks.states import Light, LightWord, TaskState
from tracker.lib.api.fields import Shown
from tracker.lib.api.filters import Code
from tracker.lib.workdays import Quarter

CENTRAL = "central"  # the side of a lead that belongs to none


def side_code(side: Responsibility) -> str:
    """The code of the place whose office coordinates; `central` where there is none."""
    return side.side.code if side.side else CENTRAL


def shown_sides(user: Person, tasks: Iterable[Task | int]) -> frozenset[int]:
    """Of the sides of these tasks, those whose progress the person may read; one query."""
    seen = policy.scope(user, "progress.view").filter(task__in=list(tasks))
    return frozenset(seen.values_list("pk", flat=True))


def quarter_or_400(text: str) -> Quarter:
    """The quarter that the text names; ValidationError by the field `period`."""
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise ValidationError({"period": [str(error)]}) from error


class ActionRef(serializers.ModelSerializer[Action]):
    """The chapter that groups tasks."""

    class Meta:
        model = Action
        fields = ["number", "title"]


class TaskRef(serializers.ModelSerializer[Task]):
    """Which task is meant."""

    plan = Shown()

    class Meta:
        model = Task
        fields = ["id", "plan", "number", "title"]


class SealSerializer(serializers.Serializer[Any]):
    """A closed quarter's snapshot, which its figures are."""

    plan = serializers.CharField(source="period.plan.code")
    period = serializers.CharField(source="period.code", help_text=gettext_lazy("如 2026Q3"))
    day = serializers.DateField(help_text=gettext_lazy("封存日"))
    digest = serializers.CharField(help_text=gettext_lazy("快照的 SHA-256"))


class ClosableSerializer(serializers.Serializer[Any]):
    """A quarter past its grace, which the person's office may close on this side."""

    id = serializers.IntegerField(source="period.pk", help_text=gettext_lazy("填报期编号"))
    plan = serializers.CharField(source="period.plan.code")
    period = serializers.CharField(source="period.code", help_text=gettext_lazy("如 2026Q3"))
    side = serializers.CharField(source="side.jurisdiction.code")
    grace_until = serializers.DateField(source="period.grace_until")


class SideSerializer(serializers.Serializer[Any]):
    """One side of a task. `progress` and `light_reason` stand only where they may be read."""

    side = serializers.CharField(help_text=gettext_lazy("所属方的行政区划代码"))
    unit = serializers.CharField(help_text=gettext_lazy("牵头单位"))
    state = serializers.ChoiceField(TaskState.choices)
    light = serializers.ChoiceField(Light.choices, allow_null=True)
    light_word = serializers.CharField(allow_null=True)
    light_reason = serializers.CharField(required=False)
    due_on = serializers.DateField(allow_null=True)
    due_is_plans = serializers.BooleanField()
    progress = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text=gettext_lazy("最近一次审核通过的完成进度；空为尚无审核通过的进度"),
    )


def side_as_dict(
    side: Responsibility, today: datetime.date, shown: frozenset[int]
) -> dict[str, Any]:
    """What `SideSerializer` describes. A reference plan's side has no light."""
    word = None if side.task.plan.is_reference else side.light_word(today)
    row: dict[str, Any] = {
        "side": side_code(side),
        "unit": side.unit.name,
        "state": side.state,
        "light": word.light.value if word else None,
        "light_word": str(word.label) if word else None,
        "due_on": side.due_on_in_force,
        "due_is_plans": side.due_is_plans,
    }
    if side.pk in shown:
        row["progress"] = side.latest_percent
        if word:
            row["light_reason"] = side.light_reason(today)
    return row


def ranks_of(values: Iterable[str]) -> list[int]:
    """Ranks of the words that `light` filters by: a colour stands for each of its words."""
    wanted = set(values)
    return [word.rank for word in LightWord if {word.value, word.light.value} & wanted]


def plan_filter(field_name: str = "plan", **more: Any) -> Code:
    """Filter by a plan's code."""
    return Code(
        field_name=field_name,
        queryset=Plan.objects.order_by("pk"),
        label=gettext_lazy("方案代码，如 joint-2022"),
        error_messages={"invalid_choice": gettext_lazy("没有代码为“%(value)s”的方案。")},
        **more,
    )


class QuarterFilter(filters.CharFilter):
    """Rows of a quarter such as 2026Q3; `field_name` leads to the period."""

    def filter(self, qs: Any, value: str) -> Any:
        """Return the quarter's rows."""
        if not value:
            return qs
        quarter = quarter_or_400(value)
        stem = f"{self.field_name}__" if self.field_name else ""
        return qs.filter(**{f"{stem}year": quarter.year, f"{stem}quarter": quarter.number})


def unknown(name: str, value: object) -> ValidationError:
    """The error for a filter's value that names nothing."""
    return ValidationError({name: [_("没有“%(value)s”，请核对。") % {"value": value}]})
