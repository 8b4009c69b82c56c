"""Filters of the overdue list: sides of tasks, 逾期 and 期满未办结 apart."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks.filters.fields import KeyFilter, UnitFilter, sentence, words_filter
from tasks.filters.words import unit_says, words_of
from tasks.models import Plan, Responsibility
from units.models import Jurisdiction, Unit

KINDS = [("overdue", _("逾期")), ("expired", _("期满未办结"))]


class LateSideFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of `Responsibility.objects.late(today)`. `kind` is left to the page, which counts."""

    kind = django_filters.ChoiceFilter(
        choices=KINDS,
        method="keep_all",
        label=_("超期"),
        error_messages=sentence(_("“%(value)s”无效：请选择逾期或期满未办结。")),
    )
    search = words_filter("filter_search")
    plan = KeyFilter(
        queryset=Plan.objects.tracked(),
        field_name="task__plan",
        to_field_name="code",
        label=_("方案"),
        empty_label=_("全部方案"),
        error_messages=sentence(_("没有这个方案，或该方案仅供参考，请从列表中选择。")),
    )
    jurisdiction = KeyFilter(
        queryset=Jurisdiction.objects.filter(planside__isnull=False).distinct(),
        field_name="side",
        to_field_name="code",
        label=_("所属方"),
        empty_label=_("各方"),
        error_messages=sentence(_("没有这个辖区：请填六位行政区划代码，如500000。")),
    )
    unit = UnitFilter(
        queryset=Unit.objects.filter(responsibilities__role="lead").distinct(),
        label=_("牵头单位"),
        empty_label=_("全部牵头单位"),
    )

    class Meta:
        model = Responsibility
        fields: list[str] = []

    def keep_all(self, sides: Any, name: str, value: str) -> Any:
        return sides

    def filter_search(self, sides: Any, name: str, value: str) -> Any:
        for word in words_of(value):
            sides = sides.filter(Q(task__title__icontains=word) | unit_says(word))
        return sides
