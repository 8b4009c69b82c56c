"""Every field of every model with another value than it has: what nobody may set by posting it."""

import re
from collections.abc import Container, Iterator
from typing import Any

from django.apps import apps
from django.db import models

from units.models import AuditEntry

APPS = ("units", "tasks", "reports")
# Rows that tell of a change, with times and numbers of their own.
APART = (AuditEntry,)
# Written by the clock of the database, whatever day it is here.
CLOCKED = ("finished_at", "run_after", "sealed_at")
LETTER = re.compile(r"\b(urges?/(?:units/)?)(\d+)")
Rows = dict[str, dict[Any, dict[str, Any]]]


def business_models() -> Iterator[type[models.Model]]:
    """The models of the project."""
    for label in APPS:
        yield from apps.get_app_config(label).get_models(include_auto_created=True)


def extras() -> dict[str, Any]:
    """By field name, and by the column's where that is another."""
    found: dict[str, Any] = {"pk": 1, "password": "changed", "groups": [1], "user_permissions": [1]}
    for model in business_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.Field):
                found[field.name] = changed(field)
                found[field.attname] = found[field.name]
    return found


def changed(field: Any) -> Any:
    """A value of the field's kind that is hardly ever its own."""
    if field.choices:
        return list(field.choices)[-1][0]
    if field.is_relation:
        last = field.related_model._default_manager.order_by("-pk").first()
        number = last.pk if last else 1
        return [number] if field.many_to_many else number
    match field:
        case models.BooleanField():
            return True
        case models.DateTimeField():
            return "2030-01-01T00:00:00Z"
        case models.DateField():
            return "2030-01-01"
        case models.IntegerField() | models.DecimalField():
            return 77
        case models.JSONField():
            return '["changed"]'
    return "changed"


def rows(tables: Container[str] | None = None) -> Rows:
    """All rows of the business, or those of some tables, by table and key."""
    return {
        model._meta.db_table: {row[model._meta.pk.attname]: row for row in _values(model)}
        for model in business_models()
        if model not in APART and (tables is None or model._meta.db_table in tables)
    }


def _values(model: type[models.Model]) -> list[dict[str, Any]]:
    names = [field.attname for field in model._meta.concrete_fields]
    return list(model._default_manager.order_by("pk").values(*names))


def difference(before: Rows, after: Rows) -> list[str]:
    """What became of the rows, without the numbers that new ones get."""
    fresh = {table: after[table].keys() - before[table].keys() for table in after}
    told = []
    for model in business_models():
        table = model._meta.db_table
        if table not in after:
            continue
        told += [f"{table} {pk} gone" for pk in before[table].keys() - after[table].keys()]
        for pk, row in after[table].items():
            old = before[table].get(pk, {})
            news = {
                field.attname: _plain(field, row[field.attname], fresh)
                for field in model._meta.concrete_fields
                if row[field.attname] != old.get(field.attname) and not field.primary_key
            }
            if news:
                told.append(f"{table} {pk if old else 'new'}: {sorted(news.items())}")
    return sorted(told)


def _plain(field: Any, value: Any, fresh: dict[str, set[Any]]) -> str:
    if field.is_relation and value in fresh.get(field.related_model._meta.db_table, ()):
        return "new"
    if field.name in CLOCKED:
        return "now" if value else "never"
    if field.name == "password":  # salt and chance
        return "unusable" if str(value).startswith("!") else "set"
    return LETTER.sub(lambda found: _unnumbered(found, fresh), str(value))


def _unnumbered(found: "re.Match[str]", fresh: dict[str, set[Any]]) -> str:
    """The key and the address of a letter without the number that a new one gets."""
    is_new = int(found[2]) in fresh.get("tasks_urgeunit", ())
    return f"{found[1]}new" if is_new else found[0]
