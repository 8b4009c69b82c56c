"""谁在某天会收到什么、为什么: what was made on a past day, what would be made on another.

Of today counts what was made already and what a run would still make. Of a later day what the
runs until then would not have made before. Pages, API, workbook and command ask here.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, prefetch_related_objects
from django.utils.translation import gettext as _

from tasks.models import Notice
from tasks.reminders import personal
from tasks.reminders.engine import DayPlan, Planned, Untold, plan_day
from tasks.reminders.explain import because
from tasks.reminders.reach import Reach
from tasks.reminders.rules import URGENCY, named, sentence
from tracker.lib.workdays import ONE_DAY, add_workdays, is_workday
from units.models import Unit, User

Key = tuple[str, str, datetime.date, int, int]


@dataclass(frozen=True)
class Row:
    """One thing told to one person on the day, or to be told."""

    notice: Notice
    reached_on: datetime.date

    @property
    def rule(self) -> str:
        return named(self.notice.rule)

    @property
    def unit(self) -> str:
        name: str = self.notice.params["unit"]
        return name

    @property
    def about(self) -> str:
        """What it is about, as a list names it."""
        params = self.notice.params
        task = str(self.notice.task or "") or params.get("what", "")
        return " ".join(filter(None, [params["plan"], task, params["quarter"]]))

    @property
    def sentence(self) -> str:
        return sentence(self.notice)

    @property
    def because(self) -> str:
        return because(Planned(self.notice, self.reached_on))

    @property
    def is_made(self) -> bool:
        return self.notice.pk is not None

    @property
    def state(self) -> str:
        """What became of it."""
        if not self.is_made:
            return _("将提醒")
        if self.notice.settled:
            return _("已办理")
        return str(self.notice.get_state_display())


@dataclass(frozen=True)
class Asked:
    """By which rule, unit and part of a person's name rows are narrowed."""

    rule: str = ""
    unit: Unit | None = None
    person: str = ""

    def filter(self, made: Any) -> Any:
        """Of rows that were stored."""
        if self.rule:
            made = made.filter(rule=self.rule)
        if self.unit is not None:
            made = made.filter(unit=self.unit)
        if self.person:
            by_name = made.filter(recipient__name__icontains=self.person)
            made = by_name | made.filter(recipient__username__icontains=self.person)
        return made

    def fits(self, notice: Notice) -> bool:
        """Of one that is not stored."""
        person, asked = notice.recipient, self.person.casefold()
        return (
            self.rule in ("", notice.rule)
            and (self.unit is None or notice.unit_id == self.unit.pk)
            and (asked in person.name.casefold() or asked in person.username.casefold())
        )


@dataclass(frozen=True)
class ByRule:
    """How often a rule tells on the day, and how many people."""

    rule: str
    made: int
    planned: int

    @property
    def name(self) -> str:
        return named(self.rule)

    @property
    def number(self) -> int:
        return self.made + self.planned


@dataclass
class Preview:
    """A day. `made` are rows of the database, `planned` come behind them."""

    day: datetime.date
    made: Any
    planned: list[Planned] = field(default_factory=list)
    untold: list[Untold] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @cached_property
    def made_number(self) -> int:
        return int(self.made.count())

    def __len__(self) -> int:
        return self.made_number + len(self.planned)

    def __getitem__(self, part: slice) -> list[Row]:
        """The rows of a page, without reading the others."""
        number = self.made_number
        start, stop, _step = part.indices(len(self))
        stored = self.made.select_related("recipient", "task", "unit")[start:stop]
        rest = self.planned[max(0, start - number) : max(0, stop - number)]
        rows = [*(Row(one, reached_on(one)) for one in stored), *map(row_of, rest)]
        prefetch_related_objects([r.notice.task for r in rows if r.notice.task], "plan")
        return rows

    def __iter__(self) -> Iterator[Row]:
        """All rows, read as they go."""
        stored = self.made.select_related("recipient", "task", "unit")
        yield from (Row(one, reached_on(one)) for one in stored.iterator())
        yield from map(row_of, self.planned)

    def by_rule(self) -> list[ByRule]:
        """Counts, the most urgent rule first."""
        stored = self.made.order_by().values_list("rule").annotate(Count("pk"))
        made, planned = Counter(dict(stored)), Counter(p.notice.rule for p in self.planned)
        keys = sorted({*made, *planned}, key=lambda key: URGENCY.get(key, len(URGENCY)))
        return [ByRule(key, made[key], planned[key]) for key in keys]

    @property
    def people(self) -> int:
        """How many people are told."""
        stored = self.made.order_by().values_list("recipient", flat=True).distinct()
        return len({*stored, *(p.notice.recipient_id for p in self.planned)})


def row_of(planned: Planned) -> Row:
    """As lists show it."""
    return Row(planned.notice, planned.reached_on)


def reached_on(notice: Notice) -> datetime.date:
    """Since when the step of a notice that was made stands; never after its making."""
    if notice.rule == personal.PASSWORD:
        day = notice.due_on + datetime.timedelta(days=notice.step)
    else:
        day = add_workdays(notice.due_on, notice.step)
    return min(day, notice.made_on)


def preview(
    day: datetime.date, *, today: datetime.date, to: User | None, asked: Asked | None = None
) -> Preview:
    """The day as far as `to` may look; all of it for None, who must show no more than counts."""
    asked = asked or Asked()
    made: Any = Notice.objects.filter(made_on=day)
    plan = DayPlan(day) if day < today else ahead(day, today)
    if to is not None:
        reach = Reach(to)
        made = reach.narrow(made)
        plan.planned = [p for p in plan.planned if reach.covers(p.notice)]
        plan.untold = [row for row in plan.untold if reach.covers_untold(row)]
    found = [p for p in plan.planned if asked.fits(p.notice)]
    found.sort(key=lambda p: (p.notice.recipient.name, URGENCY.get(p.notice.rule, 99)))
    stored = asked.filter(made).order_by("recipient__name", "rule", "pk")
    return Preview(day, stored, found, _untold(plan.untold, asked), plan.warnings)


def _untold(rows: Sequence[Untold], asked: Asked) -> list[Untold]:
    """Of those asked for; nobody is a person's who is not told."""
    if asked.person:
        return []
    unit = asked.unit.name if asked.unit else ""
    return [
        row
        for row in rows
        if (not asked.rule or row.rule in ("", asked.rule)) and (not unit or row.unit in ("", unit))
    ]


def ahead(day: datetime.date, today: datetime.date) -> DayPlan:
    """What a run of the day would make, if the runs until then are made."""
    plan = plan_day(day)
    before = last_workday_before(day)
    if before >= today and plan.planned:
        earlier = {key_of(p.notice) for p in plan_day(before).planned}
        plan.planned = [p for p in plan.planned if key_of(p.notice) not in earlier]
    return plan


def last_workday_before(day: datetime.date) -> datetime.date:
    """The last day before it on which anything is made."""
    day -= ONE_DAY
    while not is_workday(day):
        day -= ONE_DAY
    return day


def key_of(notice: Notice) -> Key:
    """By what a notice is unique."""
    return notice.rule, notice.subject, notice.due_on, notice.recipient_id, notice.step
