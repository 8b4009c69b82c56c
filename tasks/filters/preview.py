"""What is asked of a day's reminders: of which day, rule, unit and person."""

import datetime
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.filters.fields import StrictForm, UnitFilter, day_filter, sentence
from tasks.models import Notice
from tasks.reminders.preview import Asked
from tasks.reminders.rules import NAMES
from tracker.lib.days import check_day
from units.models import Unit


def _ordinary() -> Any:
    """The day's filter: a day that can be meant."""
    made = day_filter("exact", _("日期"), "made_on")
    made.method = "keep_all"
    made.extra["validators"] = [check_day]
    return made


class PreviewFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped
    """Filters of a day; what is not stored is narrowed in the same way."""

    day = _ordinary()
    rule = django_filters.ChoiceFilter(
        choices=list(NAMES.items()),
        method="keep_all",
        label=_("规则"),
        empty_label=_("全部规则"),
        error_messages=sentence(_("没有“%(value)s”这条规则，请从列表中选择。")),
    )
    unit = UnitFilter(
        queryset=Unit.objects.all(),
        method="keep_all",
        label=_("单位"),
        empty_label=_("全部单位"),
    )
    person = django_filters.CharFilter(
        method="keep_all",
        label=_("接收人"),
        max_length=50,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": "50"}),
    )

    class Meta:
        model = Notice
        form = StrictForm
        fields: list[str] = []

    @property
    def given(self) -> dict[str, Any]:
        """What was asked for, checked."""
        cleaned: dict[str, Any] = getattr(self.form, "cleaned_data", {})
        return cleaned

    def asked(self) -> Asked:
        """Everything but the day."""
        given = self.given
        return Asked(given.get("rule") or "", given.get("unit"), given.get("person") or "")

    def day_or(self, today: datetime.date) -> datetime.date:
        """The day, or today."""
        day: datetime.date = self.given.get("day") or today
        return day

    def keep_all(self, rows: Any, name: str, value: Any) -> Any:
        return rows
