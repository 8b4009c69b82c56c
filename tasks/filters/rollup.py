"""Of what a roll-up is made: of which plan, side and quarter, and by what."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from tasks.filters.fields import KeyFilter, QuarterFilter, StrictForm, sentence
from tasks.models import Plan, Responsibility
from tasks.services.rollup import By
from units.filters import within
from units.models import Jurisdiction


class KeptQuarter(QuarterFilter):
    """A quarter that the page reads itself."""

    def filter(self, qs: Any, value: Any) -> Any:
        return qs


class RollupFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of `Responsibility.objects.leads()`."""

    by = django_filters.ChoiceFilter(
        choices=By.choices,
        method="keep_all",
        label=_("汇总方式"),
        empty_label=None,
        error_messages=sentence(_("没有“%(value)s”这种汇总方式，请从列表中选择。")),
    )
    plan = KeyFilter(
        queryset=Plan.objects.tracked(),
        field_name="task__plan",
        to_field_name="code",
        label=_("方案"),
        empty_label=_("全部方案"),
        error_messages=sentence(_("没有这个方案，或该方案仅供参考，请从列表中选择。")),
    )
    side = KeyFilter(
        queryset=Jurisdiction.objects.all(),
        method="filter_side",
        to_field_name="code",
        label=_("所属方"),
        empty_label=_("各方"),
        error_messages=sentence(_("没有这个辖区：请填六位行政区划代码，如500000。")),
    )
    quarter = KeptQuarter(label=_("报送季度"))

    class Meta:
        model = Responsibility
        form = StrictForm
        fields: list[str] = []

    @property
    def given(self) -> dict[str, Any]:
        """What was asked for, checked."""
        cleaned: dict[str, Any] = getattr(self.form, "cleaned_data", {})
        return cleaned

    def keep_all(self, sides: Any, name: str, value: str) -> Any:
        return sides

    def filter_side(self, sides: Any, name: str, place: Jurisdiction) -> Any:
        return sides.filter(side__in=within(place))
