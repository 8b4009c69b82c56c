"""API of units with the workbook of their list, which tells what they have to do."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from tasks.api.parts import plan_filter
from tasks.columns import UNIT_LIST
from tasks.models import Plan
from tasks.services import unit_facts
from tasks.views.units import UnitRow, unit_rows
from tracker.lib import workdays
from units.api.exports import Exports
from units.api.units import UnitFilters, UnitViews
from units.models import Unit
from units.web import person


class ListedUnitFilters(UnitFilters):
    """Filters of units, with those that the page has."""

    plan = plan_filter(method="in_plan")
    accounts = filters.ChoiceFilter(
        method="having_accounts",
        choices=unit_facts.ACCOUNTS,
        label=_("单位有无账号：with 有，without 没有；只列可知其人员的单位"),
    )

    @extend_schema_field(OpenApiTypes.STR)
    def in_plan(self, units: QuerySet[Unit], name: str, plan: Plan | None) -> QuerySet[Unit]:
        """Those that the plan names."""
        return units if plan is None else units.filter(unit_facts.named_in(plan))

    def having_accounts(self, units: Any, name: str, which: str) -> Any:
        """Those in which somebody, or nobody, has a post."""
        user = person(self.request)
        return units.filter(unit_facts.with_accounts(user, which, workdays.today()))


class ListedUnitViews(Exports[Unit], UnitViews):
    """Units and their names."""

    filterset_class = ListedUnitFilters
    exported = UNIT_LIST

    def told(self, some: list[Unit]) -> list[UnitRow]:
        """With their figures, as the page shows them."""
        return unit_rows(person(self.request), some, self.today)
