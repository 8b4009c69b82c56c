"""Writing history. Each service calls `record` in its own transaction."""

import contextlib
import datetime
import decimal
import json
from collections.abc import Collection, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from tracker.lib.workdays import today
from units.models import User
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


@contextlib.contextmanager
def through(source: Source) -> Iterator[None]:
    """The same person at the same machine, but the change inside came by another door."""
    here = _context.get(_ELSEWHERE)
    with context(source, ip=here.ip, request_id=here.request_id):
        yield


# One statement on the way of every write, and nothing read back: what the person belongs to on
# the day (at most three names) is looked up by the insert itself. Number and time come from the
# trigger.
_INSERT = """INSERT INTO "units_auditentry" (
    unit_name, at, actor_id, actor_name, source, ip, request_id, verb,
    object_type, object_id, object_name, before, after, reason, result
) VALUES (
    units_bodies(%s, %s), clock_timestamp(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s
)"""


def record(
    verb: str,
    obj: models.Model | None,
    *,
    by: User | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    result: Result = Result.DONE,
) -> None:
    """Write one entry. `verb` is dotted (`report.submit`); before and after hold changed fields."""
    here = _context.get(_ELSEWHERE)
    actor = by.pk if by else None
    row = (
        *(actor, today()),
        *(actor, str(by) if by else "系统", here.source.value, here.ip, here.request_id, verb),
        *(("", "", "") if obj is None else _named(obj)),
        *(json.dumps(plain(before or {})), json.dumps(plain(after or {})), reason, result.value),
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)


def _named(obj: models.Model) -> tuple[str, str, str]:
    """(type, number, name) of a row."""
    return obj._meta.label_lower, str(obj.pk), str(obj)[:300]


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
