"""Writing history. Each service calls `record` in its own transaction."""

import contextlib
import datetime
import decimal
import functools
from collections.abc import Collection, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from tracker.lib.workdays import today
from units.models import AuditEntry, User
from units.states import Result, Source


@dataclass(frozen=True)
class Context:
    """Where a change comes from."""

    source: Source = Source.COMMAND
    ip: str | None = None
    request_id: str = ""


_ELSEWHERE = Context()
_context: ContextVar[Context] = ContextVar("audit_context")


@contextlib.contextmanager
def context(source: Source, *, ip: str | None = None, request_id: str = "") -> Iterator[None]:
    """Everything recorded inside comes from `source`."""
    token = _context.set(Context(source, ip, request_id))
    try:
        yield
    finally:
        _context.reset(token)


def record(
    verb: str,
    obj: models.Model | None,
    *,
    by: User | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    result: Result = Result.DONE,
) -> AuditEntry:
    """Write one entry. `verb` is dotted (`report.submit`); before and after hold changed fields."""
    here = _context.get(_ELSEWHERE)
    entry = AuditEntry(
        actor=by,
        actor_name=str(by) if by else "系统",
        source=here.source,
        ip=here.ip,
        request_id=here.request_id,
        verb=verb,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        object_name=str(obj)[:300] if obj is not None else "",
        before=plain(before or {}),
        after=plain(after or {}),
        reason=reason,
        result=result,
    )
    _insert(entry)
    return entry


# One statement on the way of every write: what the person belongs to on the day (at most three
# names) is looked up by the insert itself. Number and time come from the trigger.
_COLUMNS = (
    "at", "actor_id", "actor_name", "source", "ip", "request_id", "verb", "object_type",
    "object_id", "object_name", "result", "before", "after", "reason",
)  # fmt: skip
_INSERT = f"""INSERT INTO "units_auditentry" (unit_name, {", ".join(_COLUMNS)})
VALUES (units_bodies(%s, %s), clock_timestamp(), {", ".join(["%s"] * (len(_COLUMNS) - 1))})
RETURNING id, at, unit_name
"""  # noqa: S608 - names of columns alone


def _insert(entry: AuditEntry) -> None:
    values = [
        field.get_db_prep_save(getattr(entry, field.attname), connection) for field in _fields()
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [entry.actor_id, today(), *values])
        entry.pk, entry.at, entry.unit_name = cursor.fetchone()
    entry._state.adding, entry._state.db = False, connection.alias


@functools.cache
def _fields() -> list[Any]:
    by_column = {field.column: field for field in AuditEntry._meta.concrete_fields}
    return [by_column[name] for name in _COLUMNS[1:]]


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON holds them: rows by their name, dates as ISO text."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def changes(row: models.Model, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(before, after) of the fields in `values` that differ from the row's."""
    old = {name: getattr(row, name) for name in values}
    changed = [name for name in values if old[name] != values[name]]
    return {n: old[n] for n in changed}, {n: values[n] for n in changed}


Told = tuple[dict[str, Any], dict[str, Any]]


def save_changes(
    row: models.Model,
    values: Mapping[str, Any],
    *,
    verb: str,
    by: User | None,
    reason: str = "",
    also: Mapping[str, Any] | None = None,
    told: Told | None = None,
    exclude: Collection[str] = (),
) -> bool:
    """Check and write those of the values that differ, with an entry; False where none does.

    `also` are fields that follow from the change and are written with it, untold; `told` is what
    changed beside the row (before, after) and stands in the same entry. `exclude` is not checked.
    """
    before, after = changes(row, values)
    if after:
        written = {**after, **(also or {})}
        for name, value in written.items():
            setattr(row, name, value)
        row.full_clean(exclude=set(exclude))
        row.save(update_fields=[*written])
    if told is not None:
        before, after = before | told[0], after | told[1]
    if not after:
        return False
    record(verb, row, by=by, before=before, after=after, reason=reason)
    return True
