"""Filters of the matrix: lead rows of one plan, by side, unit and range of quarters."""

from typing import Any

import django_filters
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from tasks.filters.fields import KeyFilter, QuarterFilter, StrictForm, UnitFilter, sentence
from tasks.models import Plan, Responsibility
from tasks.services.offered import mine
from tracker.lib.workdays import Quarter
from units.filters import within
from units.models import Jurisdiction, Unit

BY_ACTION, BY_UNIT = "action", "unit"
GROUPS = [(BY_ACTION, _("按行动")), (BY_UNIT, _("按单位"))]


class KeepAll(QuarterFilter):
    """A quarter that the page reads itself."""

    def filter(self, qs: Any, value: Any) -> Any:
        return qs


class MatrixFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of `Responsibility.objects.leads()`. Without a plan it opens with one's own."""

    plan = KeyFilter(
        queryset=Plan.objects.tracked(),
        field_name="task__plan",
        to_field_name="code",
        label=_("方案"),
        empty_label=None,
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
    unit = UnitFilter(
        queryset=Unit.objects.all(), label=_("牵头单位"), empty_label=_("全部牵头单位")
    )
    first = KeepAll(label=_("起始季度"))
    last = KeepAll(label=_("截止季度"))
    group = django_filters.ChoiceFilter(
        choices=GROUPS,
        method="keep_all",
        label=_("分组"),
        empty_label=None,
        error_messages=sentence(_("“%(value)s”无效：请选择按行动或按单位分组。")),
    )

    class Meta:
        model = Responsibility
        form = StrictForm
        fields: list[str] = []

    @property
    def user(self) -> Any:
        return self.request.user if self.request else AnonymousUser()

    @property
    def given(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = getattr(self.form, "cleaned_data", {})
        return cleaned

    def plan_chosen(self) -> Plan | None:
        """The plan asked for, else the first of the person's own, else the first there is."""
        plan: Plan | None = self.given.get("plan")
        return plan or own_plan(self.user)

    @property
    def quarters(self) -> tuple[Quarter | None, Quarter | None]:
        """From which to which; turned round where they were given the wrong way."""
        first, last = self.given.get("first"), self.given.get("last")
        if first and last and first > last:
            return last, first
        return first, last

    @property
    def by_unit(self) -> bool:
        return bool(self.given.get("group") == BY_UNIT)

    def keep_all(self, sides: Any, name: str, value: str) -> Any:
        return sides

    def filter_side(self, sides: Any, name: str, place: Jurisdiction) -> Any:
        return sides.filter(side__in=within(place))


def own_plan(user: Any) -> Plan | None:
    """The plan with which the matrix opens; None where no plan is tracked."""
    plans = Plan.objects.tracked()
    return plans.filter(mine(user)).first() or plans.first()
