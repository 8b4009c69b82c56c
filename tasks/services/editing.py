"""What every change of a plan's text and duties does: compare, check, save, record."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Plan
from tracker.lib.stale import Stale
from tracker.lib.text import clean_text
from units.models import User
from units.services import audit

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Entry = TypeVar("Entry", bound=DataclassInstance)
else:
    Entry = TypeVar("Entry")

PARKED = 10_000  # where rows wait while their numbers are exchanged
MANY_LINES = frozenset({"summary"})


class Unconfirmed(ValidationError):
    """What cannot be undone waits for a yes: `value` sent along as `field`."""

    def __init__(self, message: str, *, field: str, value: int) -> None:
        super().__init__(message)
        self.field = field
        self.value = value


def values_of(entry: "DataclassInstance") -> dict[str, Any]:
    """The entry's values by field; rows stay rows."""
    return {field.name: getattr(entry, field.name) for field in fields(entry)}


def stamp(entry: "DataclassInstance") -> str:
    """The values in few letters: equal for equal values, whoever wrote them and when."""
    content = json.dumps({k: _plain(v) for k, v in values_of(entry).items()}, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, int) else str(value)


def check_seen(now: "DataclassInstance", seen: str) -> None:
    """Raise Stale unless the row is still as the person saw it."""
    if seen != stamp(now):
        raise Stale(
            _("对方已改：您打开之后，这里已由他人保存。您填写的内容尚未保存，请核对后再保存。")
        )


def cleaned(entry: Entry) -> Entry:
    """The entry with its texts cleaned; line ends only where a text has lines."""
    texts: dict[str, Any] = {}
    for name, value in values_of(entry).items():
        if isinstance(value, str):
            text = clean_text(value)
            texts[name] = text if name in MANY_LINES else " ".join(text.split())
    return replace(entry, **texts)


def create(row: models.Model, *, verb: str, by: User, after: Mapping[str, Any]) -> None:
    """Check and write a new row, with an audit entry."""
    row.full_clean()
    row.save(force_insert=True)
    audit.record(verb, row, by=by, after=after)


def locked_plan(plan: Plan | int, *, by: User) -> Plan:
    """The plan, locked, so that one change of it waits for another; PermissionDenied."""
    number = plan if isinstance(plan, int) else plan.pk
    # Not for update of its key: reports and notices may go on referring to it.
    locked = Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=number)
    if not policy.can(by, "plan.edit", locked):
        raise PermissionDenied
    return locked


def is_tracking(plan: Plan) -> bool:
    """Whether tracking has begun: from then on a date is changed with a reason alone."""
    return plan.periods.exists()


def check_reason(plan: Plan, changed: bool, reason: str) -> str:
    """The reason, cleaned; ValidationError where a date is corrected without one."""
    reason = clean_text(reason)[:500]
    if changed and not reason and is_tracking(plan):
        raise ValidationError(
            {
                "reason": _(
                    "方案已启用填报，更正时限须写明理由（如文件勘误）；推迟完成时间请按延期办理。"
                )
            }
        )
    return reason


def renumber(
    rows: list[Any], moved: Any, place: int, *, field: str
) -> tuple[dict[str, int], dict[str, int]]:
    """Put a row at a place (from 1) of its list; the numbers in use stay, in order.

    Returns the numbers (before, after) of what moved. The caller has locked the list and records.
    """
    numbers = sorted(getattr(row, field) for row in rows)
    ordered = [row for row in rows if row.pk != moved.pk]
    ordered.insert(max(0, min(place - 1, len(ordered))), moved)
    changed = [
        (row, number)
        for row, number in zip(ordered, numbers, strict=True)
        if getattr(row, field) != number
    ]
    # By number first: two rows may have the same name.
    names = {row.pk: f"{row.pk} {row}" for row, _number in changed}
    before = {names[row.pk]: getattr(row, field) for row, _number in changed}
    for row, number in changed:
        setattr(row, field, number + PARKED)
        row.save(update_fields=[field])
    for row, number in changed:
        setattr(row, field, number)
        row.save(update_fields=[field])
    return before, {names[row.pk]: number for row, number in changed}
