"""Filters of the offices' queue of reports."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.filters.fields import KeyFilter, StrictForm, UnitFilter, sentence
from tasks.models import Plan, ProgressReport
from tasks.services.review_queue import NO_FLAGS
from tasks.states import ReportKind
from tracker.lib.text import clean_text
from tracker.lib.workdays import Quarter
from units.filters import refusal
from units.models import Unit

FLAGGED, UNFLAGGED = "yes", "no"


class AnyQuarterField(forms.CharField):
    """A quarter, whether anything waits of it or not."""

    def to_python(self, value: Any) -> Any:
        text = clean_text(str(value or ""))
        if not text:
            return None
        try:
            return Quarter.parse(text)
        except ValueError as error:
            raise refusal(str(error)) from error


class AnyQuarterFilter(django_filters.Filter):  # type: ignore[misc]  # untyped
    field_class = AnyQuarterField

    def filter(self, qs: Any, value: Quarter | None) -> Any:
        if value is None:
            return qs
        return qs.filter(period__year=value.year, period__quarter=value.number)


class ReviewFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of the reports that wait for a person."""

    plan = KeyFilter(
        queryset=Plan.objects.tracked(),
        field_name="responsibility__task__plan",
        to_field_name="code",
        label=_("方案"),
        empty_label=_("全部方案"),
        error_messages=sentence(_("没有这个方案，或该方案仅供参考，请从列表中选择。")),
    )
    quarter = AnyQuarterFilter(label=_("季度"))
    unit = UnitFilter(
        queryset=Unit.objects.all(),
        field_name="responsibility__unit",
        label=_("牵头单位"),
        empty_label=_("全部牵头单位"),
    )
    kind = django_filters.ChoiceFilter(
        choices=ReportKind.choices,
        label=_("填报方式"),
        empty_label=_("不限"),
        error_messages=sentence(_("没有“%(value)s”这种填报方式，请从列表中选择。")),
    )
    flagged = django_filters.ChoiceFilter(
        choices=[(FLAGGED, _("有提示")), (UNFLAGGED, _("无提示"))],
        method="filter_flagged",
        label=_("核对提示"),
        empty_label=_("不限"),
        error_messages=sentence(_("“%(value)s”无效：请选择有提示或无提示。")),
    )

    class Meta:
        model = ProgressReport
        form = StrictForm
        fields: list[str] = []

    def filter_flagged(self, reports: Any, name: str, value: str) -> Any:
        return reports.filter(NO_FLAGS if value == UNFLAGGED else ~NO_FLAGS)
