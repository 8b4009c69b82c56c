"""Filters of the list of tasks, for web and API alike; a meaningless value is an error."""

import datetime
from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import fields

from tasks import policy
from tasks.models import Action, Period, Plan, Responsibility, Task
from tasks.models.lights import STATE_ORDER
from tasks.states import REPORTED_STATES, Light, LightWord, TaskState
from tracker.lib import workdays
from tracker.lib.text import clean_text
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Unit, UnitName
from units.services.names import UnitNameError, find_unit

MOST_WORDS = 5
LATE_KINDS = [
    ("overdue", _("逾期")),
    ("expired", _("期满未办结")),
    ("late", _("逾期或期满未办结")),
    ("none", _("未超期")),
]
# What an API client would say.
LATE_ALIASES = {"true": "overdue", "1": "overdue", "false": "none", "0": "none"}


class KeyField(fields.ModelChoiceField):  # type: ignore[misc]  # untyped
    """A row by its key; a key that no row has is a sentence."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(clean_text(value) if isinstance(value, str) else value)


class KeyFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]  # untyped
    field_class = KeyField


class UnitField(KeyField):
    """A unit by its id or by any of its names."""

    def to_python(self, value: Any) -> Any:
        text = clean_text(str(value or ""))
        if not text:
            return None
        if text.isascii() and text.isdigit():
            unit = Unit.objects.filter(pk=int(text)).first()
            if unit is None:
                raise ValidationError(gettext("没有编号为%(id)s的单位。") % {"id": text[:20]})
            return unit
        try:
            return find_unit(text[:100])
        except UnitNameError as error:
            raise ValidationError(str(error)) from error

    def validate(self, value: Any) -> None:
        """Any unit is a good answer, also one that the list does not offer."""


class UnitFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]  # untyped
    field_class = UnitField


class QuarterField(forms.CharField):
    """A quarter that is a period of some plan."""

    def to_python(self, value: Any) -> Any:
        text = clean_text(str(value or ""))
        if not text:
            return None
        try:
            quarter = Quarter.parse(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if not Period.objects.of(quarter).exists():
            raise ValidationError(
                gettext("没有%(period)s的填报期，请另选季度。") % {"period": quarter.label}
            )
        return quarter


class QuarterFilter(django_filters.Filter):  # type: ignore[misc]  # untyped
    field_class = QuarterField


class LateField(fields.ChoiceField):  # type: ignore[misc]  # untyped
    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value))
        return LATE_ALIASES.get(text.lower(), text)


class LateFilter(django_filters.ChoiceFilter):  # type: ignore[misc]  # untyped
    field_class = LateField


class Ordering(django_filters.OrderingFilter):  # type: ignore[misc]  # untyped
    """Sorts, and by plan and number where that leaves rows level."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        chosen = [self.get_ordering_value(one) for one in value or []]
        return qs.order_by(*chosen, "plan_id", "number")


def _none(what: Any) -> dict[str, Any]:
    return {"invalid_choice": what}


BAD_DATE = {"invalid": _("日期无效：请按“2025-12-31”的形式填写一个存在的日期。")}
LIGHT_CHOICES = [*LightWord.choices, *Light.choices]


class TaskFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of `Task.objects.for_list(today)`. Bad values are errors of `form`, by field."""

    search = django_filters.CharFilter(
        method="filter_search",
        label=_("关键词"),
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": "100"}),
    )
    plan = KeyFilter(
        queryset=Plan.objects.all(),
        to_field_name="code",
        label=_("方案"),
        empty_label=_("全部方案"),
        error_messages=_none(_("没有这个方案，请从列表中选择。")),
    )
    action = KeyFilter(
        queryset=Action.objects.all(),
        label=_("行动"),
        empty_label=_("全部行动"),
        error_messages=_none(_("该方案没有这个行动，请从列表中选择。")),
    )
    jurisdiction = KeyFilter(
        queryset=Jurisdiction.objects.all(),
        to_field_name="code",
        method="filter_jurisdiction",
        label=_("所属方"),
        empty_label=_("各方"),
        error_messages=_none(_("没有这个辖区：请填六位行政区划代码，如500000。")),
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
        error_messages=_none(_("没有“%(value)s”这个状态，请从列表中选择。")),
    )
    light = django_filters.ChoiceFilter(
        choices=LIGHT_CHOICES,
        method="filter_light",
        label=_("灯"),
        error_messages=_none(_("没有“%(value)s”这种灯，请从列表中选择。")),
    )
    overdue = LateFilter(
        choices=LATE_KINDS,
        method="filter_overdue",
        label=_("超期"),
        empty_label=_("不限"),
        error_messages=_none(_("“%(value)s”无效：请选择逾期、期满未办结或未超期。")),
    )
    unreported = QuarterFilter(method="filter_unreported", label=_("季度未报"))
    due_after = django_filters.DateFilter(
        field_name="due",
        lookup_expr="gte",
        label=_("时限不早于"),
        error_messages=BAD_DATE,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    due_before = django_filters.DateFilter(
        field_name="due",
        lookup_expr="lte",
        label=_("时限不晚于"),
        error_messages=BAD_DATE,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
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
        error_messages=_none(_("不能按“%(value)s”排序。")),
    )

    class Meta:
        model = Task
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
        for word in clean_text(value).split()[:MOST_WORDS]:
            tasks = tasks.filter(_says(word))
        return tasks

    def filter_jurisdiction(self, tasks: Any, name: str, place: Jurisdiction) -> Any:
        sides = Responsibility.objects.filter(task=OuterRef("pk"), side=place)
        return tasks.filter(Exists(sides) | Q(plan__jurisdiction=place))

    def filter_lead_unit(self, tasks: Any, name: str, unit: Unit) -> Any:
        return tasks.led_by(unit)

    def filter_cooperating_unit(self, tasks: Any, name: str, unit: Unit) -> Any:
        return tasks.cooperated_by(unit)

    def filter_unit(self, tasks: Any, name: str, unit: Unit) -> Any:
        return tasks.filter(Exists(Responsibility.objects.filter(task=OuterRef("pk"), unit=unit)))

    def filter_state(self, tasks: Any, name: str, value: str) -> Any:
        return tasks.filter(state_rank=STATE_ORDER.index(TaskState(value)))

    def filter_light(self, tasks: Any, name: str, value: str) -> Any:
        words = [word for word in LightWord if value in (word.value, word.light.value)]
        return tasks.filter(light_rank__in=[word.rank for word in words])

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

    def filter_unreported(self, tasks: Any, name: str, quarter: Quarter) -> Any:
        """A side of which the person may read the progress has handed in nothing."""
        user: Any = self.request.user if self.request else AnonymousUser()
        handed_in = policy.scope(user, "report.view").filter(
            responsibility=OuterRef("pk"),
            period__year=quarter.year,
            period__quarter=quarter.number,
            state__in=REPORTED_STATES,
        )
        sides = (
            Responsibility.objects.open()
            .filter(task=OuterRef("pk"), pk__in=policy.scope(user, "progress.view"))
            .exclude(Exists(handed_in))
        )
        asked = Period.objects.of(quarter).filter(plan=OuterRef("plan"))
        return tasks.filter(Exists(sides), Exists(asked))

    def light_counts(self) -> dict[LightWord, int]:
        """How many tasks there are of each light under the other filters."""
        tasks: Any = self.queryset
        for name, value in self.form.cleaned_data.items():
            if name not in {"light", "overdue", "ordering"}:
                tasks = self.filters[name].filter(tasks, value)
        ranks = tasks.order_by().values_list("light_rank").annotate(n=Count("pk"))
        counted = {rank: n for rank, n in ranks if rank is not None}
        return {word: counted[word.rank] for word in LightWord if word.rank in counted}


def _says(word: str) -> Q:
    """The word stands in the title, the summary, or a name of a unit."""
    named = UnitName.objects.filter(unit=OuterRef("unit"), name__icontains=word)
    units = Responsibility.objects.filter(task=OuterRef("pk")).filter(
        Q(unit__name__icontains=word) | Exists(named)
    )
    return Q(title__icontains=word) | Q(summary__icontains=word) | Q(Exists(units))
