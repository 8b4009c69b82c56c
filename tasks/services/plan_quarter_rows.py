"""The many rows of a plan in a quarter, as few objects as may be: what rows share is made once."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from django.db.models import Model

from tasks.models import Action, Period, Plan, ProgressReport, Responsibility, Task
from tasks.states import ReportState, Role
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Unit

# What neither a book nor a snapshot tells.
UNTOLD = ("loaded", "document", "clause")
UNTOLD_OF_DUTY = (*UNTOLD, "written", "note")
UNTOLD_OF_REPORT = (
    "flags", "coordination_owner", "coordination_answer", "answered_by", "answered_at",
    "sign_asked_by", "sign_asked_at", "sign_remark", "signed_by", "signed_at", "signed_on_paper",
    "entered_by_office", "entered_reason", "own_office_review", "created_at", "updated_at",
    "quarter_index", "filled_by",
)  # fmt: skip


@dataclass(slots=True)
class Part:
    """A cooperating part: there are more of them than of all other rows, and little is asked."""

    id: int
    task_id: int
    unit_id: int
    role: str
    side_id: int | None
    order: int
    state: str
    state_since: datetime.date | None
    due_on: datetime.date | None
    leader: str
    division: str
    liaison: str
    phone: str
    task: Task
    unit: Unit
    side: Jurisdiction | None


OF_PART: Final = tuple(field.name for field in fields(Part))[:-3]


def sides_of(plan: Plan, quarter: Quarter) -> tuple[list[Responsibility], list[Part]]:
    """The leads with their percent up to the quarter, and the cooperating parts, by task."""
    rows = Responsibility.objects.filter(task__plan=plan).order_by("task__number", "order")
    leads = list(rows.leads().with_percent(quarter).defer(*UNTOLD_OF_DUTY))
    parts: list[Any] = list(rows.filter(role=Role.COOPERATING).values_list(*OF_PART))
    tasks = {task.pk: task for task in Task.objects.filter(plan=plan).defer(*UNTOLD).order_by()}
    for task in tasks.values():
        task.plan = plan
    _share(tasks.values(), "action", Action.objects.filter(plan=plan).defer("loaded").in_bulk())
    of_tasks, of_units, of_places = map(OF_PART.index, ("task_id", "unit_id", "side_id"))
    units = {part[of_units] for part in parts} | {side.unit_id for side in leads}
    places = {part[of_places] for part in parts} | {side.side_id for side in leads}
    by_unit = Unit.objects.in_bulk(units)
    by_place = {None: None, **Jurisdiction.objects.in_bulk(places - {None})}
    _share(leads, "task", tasks)
    _share(leads, "unit", by_unit)
    _share(leads, "side", by_place)
    shared = (
        (tasks[part[of_tasks]], by_unit[part[of_units]], by_place[part[of_places]])
        for part in parts
    )
    return leads, [Part(*[*part, *more]) for part, more in zip(parts, shared, strict=True)]


def reports_of(period: Period, states: Sequence[ReportState]) -> dict[int, ProgressReport]:
    """By the side's id what was told of the quarter.

    What was sent back is known as that while it is mended, its new text to nobody.
    """
    known = ProgressReport.objects.filter(state__in=states)
    told = (known | ProgressReport.objects.sent_back()).filter(period=period)
    return {row.responsibility_id: row for row in told.order_by().defer(*UNTOLD_OF_REPORT)}


def _share(rows: Collection[Model], name: str, found: Mapping[Any, Model | None]) -> None:
    """Give each row the object that it names: one for all that name it."""
    for row in rows:
        field: Any = row._meta.get_field(name)
        # What the row's own attribute does, without its questions.
        field.set_cached_value(row, found[getattr(row, field.attname)])
