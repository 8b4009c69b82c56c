"""Rows as plain values, and rows of plain values that are read as any other, never saved."""

import datetime
import decimal
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)
Values = dict[str, Any]


def freeze(row: object, names: Iterable[str]) -> Values:
    """The row's fields, as JSON holds them."""
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    return value


def thaw(model: type[M], values: Mapping[str, Any], **related: models.Model | None) -> M:
    """A row of the model with these values and related rows; the fields that are not kept rest."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    given = {
        name: fields[name].to_python(value) for name, value in values.items() if name in fields
    }
    row = model(**given)
    for name, other in related.items():
        setattr(row, name, other)
    row._state.adding = False
    row._state.db = "default"
    return row
