"""The many rows of a plan in a quarter, as few objects as may be: what rows share is made once."""

from collections.abc import Iterable, Sequence
from typing import Any

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


def sides_of(plan: Plan, quarter: Quarter) -> tuple[list[Responsibility], list[Responsibility]]:
    """The leads with their percent up to the quarter, and the cooperating parts, by task."""
    rows = Responsibility.objects.filter(task__plan=plan).defer(*UNTOLD_OF_DUTY)
    rows = rows.order_by("task__number", "order")
    leads = list(rows.leads().with_percent(quarter))
    parts = list(rows.filter(role=Role.COOPERATING))
    tasks = list(Task.objects.filter(plan=plan).defer(*UNTOLD).order_by())
    for task in tasks:
        task.plan = plan
    _share(tasks, "action", Action.objects.filter(plan=plan).defer("loaded"))
    both = [*leads, *parts]
    _share(both, "task", tasks)
    _share(both, "unit", Unit.objects.in_bulk({row.unit_id for row in both}).values())
    places = {row.side_id for row in both if row.side_id}
    _share(both, "side", Jurisdiction.objects.in_bulk(places).values())
    return leads, parts


def reports_of(period: Period, states: Sequence[ReportState]) -> dict[int, ProgressReport]:
    """By the side's id what was told of the quarter.

    What was sent back is known as that while it is mended, its new text to nobody.
    """
    known = ProgressReport.objects.filter(state__in=states)
    told = (known | ProgressReport.objects.sent_back()).filter(period=period)
    return {row.responsibility_id: row for row in told.order_by().defer(*UNTOLD_OF_REPORT)}


def _share(rows: Iterable[Any], name: str, found: Iterable[Model]) -> None:
    """Give each row the object that it names: one for all that name it."""
    by_id = {one.pk: one for one in found}
    first = next(iter(rows), None)
    if first is None:
        return
    field = first._meta.get_field(name)
    for row in rows:
        # What the row's own attribute does, without its questions.
        field.set_cached_value(row, by_id.get(getattr(row, field.attname)))
