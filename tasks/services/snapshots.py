"""Snapshots: what a closing keeps of a quarter, how it is read again, and that it was not changed.

A side's row keeps its duty, its report and whom to call; the head keeps what belongs to the plan
as a whole: tasks, units, cooperating parts, district tasks, targets. Words are kept in Chinese,
as in the books. A closed period that has no snapshot is read as of its day.
"""

import copy
import datetime
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import F
from django.db.models.fields.json import KT
from django.utils import translation

from tasks.models import Period, Responsibility, Snapshot, SnapshotRow
from tasks.services import plan_quarter, snapshot_parts
from tasks.services.frozen import Values
from tasks.services.plan_quarter import PlanQuarter
from tasks.states import LightWord
from units.models import Unit, User

BATCH = 500
COLUMNS = (
    "order", "responsibility_id", "unit_id", "unit_name", "side_id", "task_number", "state",
    "light_word", "reason", "percent", "due_on", "report_state", "data",
)  # fmt: skip
HEAD = ("period_id", "day", "missing", "unreviewed", "note", "data")


def take(
    period: Period,
    *,
    missing: Sequence[Values],
    unreviewed: Sequence[Values],
    note: str,
    by: User | None,
    now: datetime.datetime,
    content: PlanQuarter | None = None,
) -> Snapshot:
    """Keep the period as it now stands; the caller has locked and closed it, and records."""
    with translation.override(settings.LANGUAGE_CODE):
        content = content or plan_quarter.load(period, today=now.date())
        rows = [_row(content, side, order) for order, side in enumerate(content.sides, 1)]
        head = snapshot_parts.head_of(content)
    snapshot = Snapshot(
        period=period,
        day=content.day,
        taken_by=by,
        taken_at=now,
        missing=list(missing),
        unreviewed=list(unreviewed),
        note=note,
        data=head,
    )
    snapshot.digest = digest_of(snapshot, rows)
    snapshot.save(force_insert=True)
    for row in rows:
        row.snapshot = snapshot
    SnapshotRow.objects.bulk_create(rows, batch_size=BATCH)
    return snapshot


def _row(content: PlanQuarter, side: Responsibility, order: int) -> SnapshotRow:
    report = content.reports.get(side.pk)
    return SnapshotRow(
        order=order,
        responsibility_id=side.pk,
        unit_id=side.unit_id,
        unit_name=side.unit.name,
        side_id=side.side_id,
        task_number=side.task.number,
        state=str(side.state),
        light_word=side.light_word(content.day).value,
        reason=side.light_reason(content.day)[:200],
        percent=side.latest_percent,
        due_on=side.due_on_in_force,
        report_state=str(report.state) if report else "",
        data=snapshot_parts.side_data(content, side),
    )


# --- that nothing was changed -----------------------------------------------------------------


def digest_of(snapshot: Snapshot, rows: Iterable[SnapshotRow]) -> str:
    """SHA-256 over the head and the rows in their order, as JSON with sorted keys."""
    content = [
        {name: getattr(snapshot, name) for name in HEAD},
        *({name: getattr(row, name) for name in COLUMNS} for row in rows),
    ]
    text = json.dumps(
        content, default=str, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def verify(snapshot: Snapshot) -> bool:
    """Whether the snapshot still is what its digest says; reads it anew."""
    stored = Snapshot.objects.get(pk=snapshot.pk)
    return digest_of(stored, stored.rows.order_by("order")) == stored.digest


# --- reading it again -------------------------------------------------------------------------


def in_force(period: Period) -> Snapshot | None:
    """The snapshot that a closed period shows."""
    if not period.closed_on:
        return None
    return Snapshot.objects.in_force().filter(period=period).first()


def kept_quarter(period: Period) -> PlanQuarter | None:
    """The plan in the quarter as the closing kept it; None where it kept nothing."""
    snapshot = in_force(period)
    if snapshot is None:
        return None
    rows = list(snapshot.rows.order_by("order"))
    parts = snapshot_parts.Thawed(snapshot, period)
    sides = [parts.side(row) for row in rows]
    return parts.quarter(sides, rows)


def cells_of(periods: Iterable[Period]) -> Mapping[tuple[int, int], Any]:
    """By (side, period) the rows of snapshots in force, without their texts; one query.

    Annotated with `period_id` and, of the quarter's own report, `report` (its number), `kind`
    and `told` (its percent), as text.
    """
    closed = [period.pk for period in periods if period.closed_on]
    rows = (
        SnapshotRow.objects.filter(
            snapshot__in=Snapshot.objects.in_force().filter(period__in=closed)
        )
        .annotate(
            period_id=F("snapshot__period_id"),
            report=KT("data__report__id"),
            kind=KT("data__report__kind"),
            told=KT("data__report__percent"),
        )
        .select_related("unit")
        .defer("data")
        .order_by()
    )
    return {(row.responsibility_id, row.period_id): row for row in rows}


def states_of(
    sides: Iterable[Responsibility], periods: Iterable[Period]
) -> Mapping[tuple[int, int], SnapshotRow]:
    """By (side, period) who led these and how they stood, and nothing more; one query."""
    closed = [period.pk for period in periods if period.closed_on]
    rows = SnapshotRow.objects.filter(
        responsibility__in=sides,
        snapshot__in=Snapshot.objects.in_force().filter(period__in=closed),
    ).annotate(period_id=F("snapshot__period_id"))
    few = rows.only("responsibility", "unit", "state", "report_state").order_by()
    return {(row.responsibility_id, row.period_id): row for row in few}


def as_kept(side: Responsibility, row: SnapshotRow) -> Responsibility:
    """The side as the row has it: unit, name, state, date, percent, light. Never saved.

    The unit is the one that led then: a merger gives its tasks to another, and its past to nobody.
    """
    kept = copy.copy(side)
    kept.unit = unit_of(row)
    kept.state = row.state
    if row.due_on != side.due_on_in_force:
        kept.due_on = row.due_on
    kept.percent = row.percent  # type: ignore[attr-defined]  # as with_percent annotates it
    kept.kept_light = (LightWord(row.light_word), row.reason)
    return kept


def unit_of(row: SnapshotRow) -> Unit:
    """The unit that led then, with the name that it had then. Never saved."""
    unit = copy.copy(row.unit)
    unit.name = row.unit_name
    return unit


def sides_beside(periods: Iterable[Period], units: Collection[int]) -> set[int]:
    """The sides of tasks in which one of the units had a part when the period was closed."""
    found: set[int] = set()
    for snapshot in Snapshot.objects.in_force().filter(period__in=list(periods)):
        rows = list(
            snapshot.rows.values_list("responsibility_id", "unit_id", KT("data__duty__task_id"))
        )
        tasks = {int(task) for _side, unit, task in rows if unit in units}
        parts = snapshot.data["cooperating"]
        tasks |= {part["task_id"] for part in parts if part["unit_id"] in units}
        found |= {side for side, _unit, task in rows if int(task) in tasks}
    return found
