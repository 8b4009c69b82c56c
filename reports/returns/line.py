"""A row of the form beside its side; of sides, which a form has by thousands, rows and no models.

To make a model of each takes ten times as long as to read them, and comparing asks for few.
"""

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from reports.returns.columns import fields
from reports.returns.shapes import Kind, Said
from tasks.models import Contribution, Period, Plan, ProgressReport, Responsibility, Task
from tasks.services.entry import Entry
from tasks.states import ReportKind
from tracker.lib.columns import Cell
from units.models import Jurisdiction, Unit

NOTHING: Final[Mapping[str, Said]] = asdict(Entry())
EMPTY: Final = tuple(NOTHING[name] for name in fields(Kind.LEAD))
# What form and preview show of a side and its task; the rest is left in the database.
OWN: Final = (
    *("id", "task_id", "unit_id", "role", "side_id"),
    *("order", "state", "state_since", "due_on"),
)
TASKS: Final = ("id", "plan_id", "number", "title", "summary", "due_on")
SHOWN: Final = (*OWN, *(f"task__{name}" for name in TASKS))


class Sides:
    """The sides of a form in the order of the query. Plans, units and places are read once."""

    def __init__(self, rows: QuerySet[Responsibility]) -> None:
        self.using = rows.db
        self.rows = [Row._make((*values, self)) for values in rows.values_list(*SHOWN)]
        self.plans = Plan.objects.in_bulk({row.plan_id for row in self.rows})
        self.units = Unit.objects.in_bulk({row.unit_id for row in self.rows})
        places = {row.side_id for row in self.rows if row.side_id is not None}
        self.places = Jurisdiction.objects.in_bulk(places)

    def made(self, row: "Row") -> Responsibility:
        """The model, as `select_related` would give it."""
        own = len(OWN)
        side = Responsibility.from_db(self.using, OWN, row[:own])
        side.task = Task.from_db(self.using, TASKS, row[own:-1])
        side.task.plan, side.unit = self.plans[row.plan_id], self.units[row.unit_id]
        side.side = self.places[row.side_id] if row.side_id is not None else None
        return side


class Row(NamedTuple):
    """A side as the database tells it: `SHOWN`, and among which sides."""

    pk: int
    task_id: int
    unit_id: int
    role: str
    side_id: int | None
    order: int
    state: str
    state_since: datetime.date | None
    own_due_on: datetime.date | None
    task_pk: int
    plan_id: int
    number: int
    title: str
    summary: str
    tasks_due_on: datetime.date | None
    among: Sides

    @property
    def due_on_in_force(self) -> datetime.date | None:
        return self.own_due_on or self.tasks_due_on or self.among.plans[self.plan_id].ends_on


@dataclass(slots=True)  # not frozen: a large form has ten thousands
class Line:
    """A row of the form: a side that the unit leads, or a part in which it helps.

    `said` is what stands in the cells to fill. `why` is a sentence where they are not to be filled
    (any more). `hidden` says that there is a draft which this person may not read, `closed` that
    the quarter is closed for this side, whose report is filed as a 补报 then.
    """

    kind: Kind
    of: "Responsibility | Row"
    period: Period
    stored: ProgressReport | Contribution | None
    last: ProgressReport | Contribution | None
    said: Mapping[str, Said]
    why: str = ""
    hidden: bool = False
    leads: str = ""
    closed: bool = False
    filed_as: ReportKind = ReportKind.REGULAR

    @property
    def side(self) -> Responsibility:
        if isinstance(self.of, Row):
            self.of = self.of.among.made(self.of)
        return self.of

    @property
    def side_id(self) -> int:
        return self.of.pk

    @property
    def unit_id(self) -> int:
        return self.of.unit_id

    @property
    def code(self) -> str:
        return f"{'L' if self.kind is Kind.LEAD else 'P'}{self.of.pk}"

    @property
    def values(self) -> tuple[Said, ...]:
        """What stands in the cells to fill, in the order of their columns."""
        return EMPTY if self.said is NOTHING else tuple(map(self.said.get, fields(self.kind)))

    @property
    def number(self) -> int:
        return self.of.number if isinstance(self.of, Row) else self.of.task.number

    @property
    def title(self) -> str:
        return self.side.task.title

    @property
    def summary(self) -> str:
        return self.side.task.summary

    @property
    def version(self) -> int:
        return self.stored.version if self.stored else 0

    @property
    def due_on_in_force(self) -> datetime.date | None:
        return self.of.due_on_in_force

    @property
    def due(self) -> Cell:
        """The date in force, with a word beneath where it is not the task's own."""
        day = self.side.due_on_in_force
        if day is None:
            return None
        note = _("（方案）") if self.side.due_is_plans else ""
        return f"{day}\n{_('（核定）') if self.side.due_on else note}".strip()

    @property
    def state(self) -> str:
        if self.stored is not None:
            return str(self.stored.get_state_display())
        return _("无须填报") if self.why else _("未填")

    @property
    def last_percent(self) -> Cell:
        """What was reported last, with its quarter where that is not the one before."""
        last = self.last
        if not isinstance(last, ProgressReport):
            return _("未报")
        text = _("%(percent)s%%") % {"percent": last.percent}
        if last.period.as_quarter == self.period.as_quarter.previous:
            return text
        return f"{text}\n{_('（%(quarter)s）') % {'quarter': last.period.code}}"

    @property
    def last_progress(self) -> Cell:
        return self.last.progress if isinstance(self.last, ProgressReport) else None

    @property
    def last_text(self) -> Cell:
        return self.last.text if isinstance(self.last, Contribution) else None
