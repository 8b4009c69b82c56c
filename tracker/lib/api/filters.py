"""Filters of lists; a value that means nothing is an error, never silently nothing."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Model, OrderBy, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from django_filters.fields import ModelChoiceField

from tracker.lib.forms import WRONG_DAY

MAX_WORDS = 10
# int() itself takes "1_0" and other scripts' digits too.
NUMBER = re.compile(r"[0-9]{1,18}")


class Words(filters.CharFilter):
    """Rows in which every word stands somewhere in `fields`."""

    def __init__(self, *args: Any, fields: list[str], **kwargs: Any) -> None:
        self.fields = fields
        super().__init__(*args, max_length=100, **kwargs)

    def filter(self, qs: QuerySet[Model], value: str) -> QuerySet[Model]:
        """Return the rows with all the words."""
        found = qs.model._default_manager.all()
        for word in (value or "").split()[:MAX_WORDS]:
            anywhere = Q()
            for field in self.fields:
                anywhere |= Q(**{f"{field}__icontains": word})
            # A subquery: joins would show a row once for each of its names.
            qs = qs.filter(pk__in=found.filter(anywhere).values("pk"))
        return qs


def nulls_last(name: str) -> OrderBy:
    """`due` or `-due` for `order_by`: what has no value stands last either way."""
    if name.startswith("-"):
        return F(name[1:]).desc(nulls_last=True)
    return F(name).asc(nulls_last=True)


class Ordering(filters.OrderingFilter):
    """`ordering=-due_on`; rows that are equal keep one order, so that pages never overlap.

    Rows without a value stand last.
    """

    def filter(self, qs: QuerySet[Model], value: list[str] | None) -> QuerySet[Model]:
        """Return the rows in the order asked for."""
        if not value:
            return qs
        return qs.order_by(*[nulls_last(self.get_ordering_value(name)) for name in value], "pk")


class Day(filters.DateFilter):
    """A date such as 2026-01-31."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        wrong = {"invalid": WRONG_DAY}
        super().__init__(*args, input_formats=["%Y-%m-%d"], error_messages=wrong, **kwargs)


class YesNo(filters.TypedChoiceFilter):
    """`true` or `false`; anything else is an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = [("true", _("是")), ("false", _("否"))]
        super().__init__(*args, choices=choices, coerce="true".__eq__, **kwargs)

    def filter(self, qs: QuerySet[Model], value: Any) -> QuerySet[Model]:
        """Return the rows for which the field is so; all where nothing was asked."""
        if value in ("", None):
            return qs
        return qs.filter(**{f"{self.field_name}__{self.lookup_expr}": value})


class Code(filters.ModelChoiceFilter):
    """A row by its code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        wrong = {"invalid_choice": _("没有代码为“%(value)s”的记录，请核对。")}
        super().__init__(*args, **{"to_field_name": "code", "error_messages": wrong, **kwargs})


class _NumberField(ModelChoiceField):
    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if text and not NUMBER.fullmatch(text):
            params = {"value": text[:50]}
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", params)
        return super().to_python(text)


class ByNumber(filters.ModelChoiceFilter):
    """A row by its number, written in digits alone."""

    field_class = _NumberField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        wrong = {"invalid_choice": _("没有编号为%(value)s的记录。")}
        super().__init__(*args, **{"error_messages": wrong, **kwargs})
