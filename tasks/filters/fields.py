"""Fields and filters that say in a sentence what is wrong with a value."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import fields

from tasks.models import Period
from tracker.lib.api.filters import nulls_last
from tracker.lib.forms import WRONG_DAY, day_widget
from tracker.lib.lists import PARAMETER
from tracker.lib.text import clean_text
from tracker.lib.workdays import Quarter
from units.filters import refusal
from units.services.names import UnitNameError, find_numbered

LATE_KINDS = [
    ("overdue", _("逾期")),
    ("expired", _("期满未办结")),
    ("late", _("逾期或期满未办结")),
    ("none", _("未超期")),
]
# What an API client would say.
LATE_ALIASES = {"true": "overdue", "1": "overdue", "false": "none", "0": "none"}


class StrictForm(forms.Form):
    """A filter that the page does not have is a sentence, never passed over: see decision 8."""

    def clean(self) -> dict[str, Any]:
        unknown = [name for name in self.data if name not in {*self.fields, "page", PARAMETER}]
        if unknown:
            raise ValidationError(
                [
                    gettext("本页没有名为“%(name)s”的筛选条件，请从地址中去掉。")
                    % {"name": clean_text(name)[:50]}
                    for name in unknown
                ]
            )
        return self.cleaned_data


class KeyField(fields.ModelChoiceField):  # type: ignore[misc]  # untyped
    """A row by its key; a key that no row has is a sentence."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(clean_text(value) if isinstance(value, str) else value)

    def label_from_instance(self, obj: Any) -> str:
        return str(getattr(obj, "name", "") or obj)


class KeyFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]  # untyped
    field_class = KeyField


class UnitField(KeyField):
    """A unit by its id or by any of its names."""

    def to_python(self, value: Any) -> Any:
        text = clean_text(str(value or ""))
        if not text:
            return None
        try:
            return find_numbered(text[:100])
        except UnitNameError as error:
            raise refusal(str(error)) from error

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
            raise refusal(str(error)) from error
        if not Period.objects.of(quarter).exists():
            raise refusal(
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
    """Sorts, and by plan and number where that leaves rows level; rows without a value last."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        chosen = [nulls_last(self.get_ordering_value(one)) for one in value or []]
        return qs.order_by(*chosen, "plan_id", "number")


def sentence(what: Any) -> dict[str, Any]:
    return {"invalid_choice": what}


def day_filter(lookup: str, label: Any, field_name: str = "due") -> Any:
    """A filter by a date, with the browser's own calendar."""
    return django_filters.DateFilter(
        field_name=field_name,
        lookup_expr=lookup,
        label=label,
        widget=day_widget(),
        error_messages={"invalid": WRONG_DAY},
    )


def words_filter(method: str) -> Any:
    """A search by words."""
    return django_filters.CharFilter(
        method=method,
        label=_("关键词"),
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": "100"}),
    )
