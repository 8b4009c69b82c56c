"""Filters of the targets page."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks.filters.fields import KeyFilter, StrictForm, UnitFilter, sentence, words_filter
from tasks.filters.words import words_of
from tasks.models import Plan, Target
from tasks.models.attainment_sql import placed
from tasks.states import Attained
from units.models import Unit

NO_YEAR = "none"


def _years() -> list[tuple[str, Any]]:
    years = Target.objects.exclude(year=None).order_by("year").values_list("year", flat=True)
    named = [(str(year), str(year)) for year in years.distinct()]
    return [*named, (NO_YEAR, _("未定年份"))]


def _places() -> list[tuple[str, str]]:
    names = placed(Target.objects.order_by()).values_list("where_named", flat=True).distinct()
    return [(name, name) for name in sorted(filter(None, names))]


class TargetFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of `Target.objects.with_attainment(today)`; `attained` is left to the page."""

    search = words_filter("filter_search")
    plan = KeyFilter(
        queryset=Plan.objects.all(),
        to_field_name="code",
        label=_("方案"),
        empty_label=_("全部方案"),
        error_messages=sentence(_("没有这个方案，请从列表中选择。")),
    )
    year = django_filters.ChoiceFilter(
        method="filter_year",
        label=_("目标年"),
        empty_label=_("不限"),
        error_messages=sentence(_("没有目标年为“%(value)s”的目标，请从列表中选择。")),
    )
    place = django_filters.ChoiceFilter(
        field_name="where_named",
        label=_("地域"),
        empty_label=_("不限"),
        error_messages=sentence(_("没有地域为“%(value)s”的目标，请从列表中选择。")),
    )
    unit = UnitFilter(
        queryset=Unit.objects.filter(targets__isnull=False).distinct(),
        label=_("测算填报单位"),
        empty_label=_("不限"),
    )
    attained = django_filters.ChoiceFilter(
        choices=Attained.choices,
        method="keep_all",
        label=_("达到情况"),
        error_messages=sentence(_("“%(value)s”无效：请选择达到、未达到或无数据。")),
    )

    class Meta:
        model = Target
        form = StrictForm
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["year"].extra["choices"] = _years()
        self.filters["place"].extra["choices"] = _places()

    def keep_all(self, targets: Any, name: str, value: str) -> Any:
        return targets

    def filter_year(self, targets: Any, name: str, value: str) -> Any:
        return targets.filter(year=None if value == NO_YEAR else int(value))

    def filter_search(self, targets: Any, name: str, value: str) -> Any:
        for word in words_of(value):
            targets = targets.filter(
                Q(indicator__name__icontains=word)
                | Q(words__icontains=word)
                | Q(clause__icontains=word)
                | Q(where_named__icontains=word)
            )
        return targets
