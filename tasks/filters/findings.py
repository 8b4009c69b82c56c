"""Filters of the list of findings."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks.filters.fields import KeyFilter, StrictForm, UnitFilter, sentence, words_filter
from tasks.filters.words import words_of
from tasks.models import Finding, Plan
from tasks.states import FINDING_OPEN, FindingState
from units.filters import within
from units.models import Jurisdiction, Unit

OPEN, OVERDUE, OFFICE = "open", "overdue", "office"
STATES = [
    (OPEN, _("未销号")),
    (OVERDUE, _("逾期未整改")),
    (OFFICE, _("待协调办公室答复")),
    *FindingState.choices,
]


class FindingFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped
    """By state, plan, place, unit and words."""

    state = django_filters.ChoiceFilter(
        choices=STATES,
        method="filter_state",
        label=_("状态"),
        empty_label=_("全部状态"),
        error_messages=sentence(_("“%(value)s”无效：请从状态列表中选择。")),
    )
    plan = KeyFilter(
        queryset=Plan.objects.tracked(),
        field_name="responsibility__task__plan",
        to_field_name="code",
        label=_("方案"),
        empty_label=_("全部方案"),
        error_messages=sentence(_("没有这个方案，或该方案仅供参考，请从列表中选择。")),
    )
    jurisdiction = KeyFilter(
        queryset=Jurisdiction.objects.all(),
        method="filter_jurisdiction",
        to_field_name="code",
        label=_("所属方"),
        empty_label=_("各方"),
        error_messages=sentence(_("没有这个辖区：请填六位行政区划代码，如500000。")),
    )
    unit = UnitFilter(
        queryset=Unit.objects.filter(responsibilities__findings__isnull=False).distinct(),
        field_name="responsibility__unit",
        label=_("单位"),
        empty_label=_("全部单位"),
    )
    search = words_filter("filter_search")

    class Meta:
        model = Finding
        form = StrictForm
        fields: list[str] = []

    def __init__(self, data: Any, queryset: Any, *, today: Any, **kwargs: Any) -> None:
        self.today = today
        super().__init__(data, queryset, **kwargs)

    def filter_state(self, rows: Any, name: str, value: str) -> Any:
        match value:
            case "open":
                return rows.filter(state__in=FINDING_OPEN)
            case "overdue":
                return rows.overdue(self.today)
            case "office":
                return rows.waiting_for_office()
        return rows.filter(state=value)

    def filter_jurisdiction(self, rows: Any, name: str, place: Jurisdiction) -> Any:
        """The place and those below it."""
        return rows.filter(responsibility__side__in=within(place))

    def filter_search(self, rows: Any, name: str, value: str) -> Any:
        for word in words_of(value):
            rows = rows.filter(
                Q(problem__icontains=word)
                | Q(demand__icontains=word)
                | Q(responsibility__task__title__icontains=word)
            )
        return rows
