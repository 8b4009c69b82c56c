"""What an office has before it today: its sides, in one quarter, by unit and by person.

A constant number of queries, however many sides, tasks and units there are.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Max, Q

from tasks import policy
from tasks.models import (
    Notice,
    Period,
    PhoneCall,
    PlanSide,
    ProgressReport,
    Responsibility,
    UrgeItem,
)
from tasks.services import snapshots
from tasks.services.asof import state_on, word_on
from tasks.services.desk.office_rows import Missing, SideOverview, UnitRow
from tasks.services.desk.officer import Duty, opens_next
from tasks.services.first_filed import first_handed_in
from tasks.states import LightWord, ReportState
from tracker.lib.workdays import SHANGHAI, Quarter
from units.models import Unit, User

REPORT_RULES = ("report_due", "report_overdue", "report_returned")
SIDES_SHOWN = 6  # only a superuser has more


def own_sides(user: User) -> list[PlanSide]:
    """The sides of tracked plans that the person's offices coordinate."""
    sides = policy.scope(user, "desk.view")
    return list(sides.select_related("plan", "jurisdiction", "office"))


def overviews(
    sides: Sequence[PlanSide], today: datetime.date, quarter: Quarter | None = None
) -> list[SideOverview]:
    """The sides in the quarter, as of its closing; else in their newest open one, as of today."""
    read = _Read(sides, today, quarter)
    return [_overview(side, read) for side in sides]


def leads_of(sides: Iterable[PlanSide]) -> Any:
    """Lead rows of these sides, each of its own plan."""
    chosen = Q(pk__in=[])
    for side in sides:
        chosen |= Q(task__plan=side.plan_id, side=side.jurisdiction_id)
    rows: Any = Responsibility.objects.leads().filter(chosen)
    return rows.select_related("task__plan", "unit", "side")


class _Read:
    """Everything that the overviews rest on."""

    def __init__(
        self, sides: Sequence[PlanSide], today: datetime.date, quarter: Quarter | None
    ) -> None:
        self.today, self.quarter = today, quarter
        self.periods: dict[int, Period] = {}
        periods = Period.objects.filter(plan__in={side.plan_id for side in sides})
        found = periods.filter(opens_on__lte=today).of(quarter) if quarter else None
        for period in (periods.is_open(today) if found is None else found).newest_first():
            self.periods.setdefault(period.plan_id, period)
        rows = leads_of(sides).with_percent(quarter).order_by("unit__order", "task__number")
        leads: list[Any] = list(rows)
        self.leads: dict[tuple[int, int], list[Responsibility]] = defaultdict(list)
        kept = snapshots.cells_of(self.periods.values()) if quarter else {}
        self.kept = {side: row for (side, _period), row in kept.items()}
        for lead in leads:
            row = self.kept.get(lead.pk)
            shown = snapshots.as_kept(lead, row) if row else lead
            self.leads[lead.task.plan_id, lead.side_id].append(shown)
        filed = ProgressReport.objects.filter(
            period__in=self.periods.values(), responsibility__in=self._ids
        )
        self.reports = {
            report.responsibility_id: report
            for report in map(self._as_kept, filed)
            if report.is_reported or report.is_sent_back
        }
        # Whom to call is whoever answers for it today, also where another unit led then.
        self.people = policy.holders_of("report.edit", leads, on=today)

    def _as_kept(self, report: ProgressReport) -> ProgressReport:
        """In a closed quarter's state; what came in since is not in it."""
        row = self.kept.get(report.responsibility_id)
        if row is not None:
            report.state = row.report_state or ReportState.DRAFT
            report.redo_by = report.redo_by if row.report_state else None
        return report

    @property
    def _all(self) -> list[Responsibility]:
        return [lead for some in self.leads.values() for lead in some]

    @property
    def _ids(self) -> list[int]:
        return [lead.pk for lead in self._all]

    def day(self, period: Period | None) -> datetime.date:
        """As of which day lights are said: of a quarter that was chosen, its closing."""
        return period.as_of(self.today) if period and self.quarter else self.today

    @cached_property
    def first_handed_in(self) -> dict[int, datetime.datetime]:
        """By the report's id: one that was returned keeps its first day."""
        return first_handed_in(self.reports.values())

    @cached_property
    def reminded(self) -> dict[str, datetime.date]:
        """By a notice's subject: the last day on which somebody was told or called."""
        subjects = [
            _subject(lead, period)
            for lead in self._all
            if (period := self.periods.get(lead.task.plan_id)) and lead.pk not in self.reports
        ]
        notices = Notice.objects.filter(rule__in=REPORT_RULES, subject__in=subjects)
        told = dict(notices.order_by().values_list("subject").annotate(last=Max("made_on")))
        for subject, at in _by_hand(subjects):
            day = at.astimezone(SHANGHAI).date()
            told[subject] = max(day, told.get(subject, day))
        return told

    def was_on_time(self, report: ProgressReport, period: Period) -> bool:
        at = self.first_handed_in.get(report.pk) or report.submitted_at
        return at is None or at.astimezone(SHANGHAI).date() <= period.due_on


def _by_hand(subjects: list[str]) -> Any:
    """When units were written to or called about these."""
    letters = UrgeItem.objects.filter(subject__in=subjects).order_by()
    calls = PhoneCall.objects.filter(subject__in=subjects).order_by()
    return letters.values_list("subject", "part__urge__made_at").union(
        calls.values_list("subject", "made_at")
    )


def _subject(lead: Responsibility, period: Period) -> str:
    """As the reminders name a report that is due."""
    return f"report/{lead.pk}/{period.code}"


def _overview(side: PlanSide, read: _Read) -> SideOverview:
    period = read.periods.get(side.plan_id)
    day = read.day(period)
    by_unit: dict[Unit, list[Responsibility]] = defaultdict(list)
    for lead in read.leads[side.plan_id, side.jurisdiction_id]:
        by_unit[lead.unit].append(lead)
    units = [_unit_row(unit, leads, period, day, read) for unit, leads in by_unit.items()]
    back = [
        Duty(lead, period, report)
        for leads in by_unit.values()
        for lead in leads
        if period and _is_back(lead, report := read.reports.get(lead.pk), day)
    ]
    return SideOverview(
        side=side,
        period=period,
        day=day,
        units=units,
        sent_back=sorted(back, key=lambda duty: duty.urgency),
        missing=_missing(by_unit, period, day, read) if period else [],
        words=sum((row.words for row in units), Counter[LightWord]()),
        next=None if period else opens_next([side.plan], read.today),
    )


def _is_asked(lead: Responsibility, day: datetime.date) -> bool:
    """Whether a report was still to be had of it on the day."""
    return not state_on(lead, lead.latest_percent, day).is_ended


def _is_back(lead: Responsibility, report: ProgressReport | None, day: datetime.date) -> bool:
    """Whether it was returned and is to come again; of what has ended nothing is."""
    return report is not None and report.is_sent_back and _is_asked(lead, day)


def _word(lead: Responsibility, day: datetime.date) -> LightWord:
    return lead.kept_light[0] if lead.kept_light else word_on(lead, lead.latest_percent, day)


def _unit_row(
    unit: Unit,
    leads: list[Responsibility],
    period: Period | None,
    day: datetime.date,
    read: _Read,
) -> UnitRow:
    filed = [(lead, read.reports.get(lead.pk)) for lead in leads if period]
    reported = [report for _lead, report in filed if report and report.is_reported]
    returned = sum(_is_back(lead, report, day) for lead, report in filed)
    missing = sum(report is None and _is_asked(lead, day) for lead, report in filed)
    return UnitRow(
        unit=unit,
        people=read.people[leads[0].pk],
        expected=len(reported) + returned + missing,
        reported=len(reported),
        on_time=sum(period is not None and read.was_on_time(r, period) for r in reported),
        returned=returned,
        missing=missing,
        words=Counter(_word(lead, day) for lead in leads),
    )


def _missing(
    by_unit: dict[Unit, list[Responsibility]], period: Period, day: datetime.date, read: _Read
) -> list[Missing]:
    rows = []
    for unit, leads in by_unit.items():
        sides = [lead for lead in leads if lead.pk not in read.reports and _is_asked(lead, day)]
        if sides:
            told = [read.reminded.get(_subject(lead, period)) for lead in sides]
            days = [on for on in told if on]
            rows.append(Missing(unit, sides, read.people[sides[0].pk], max(days, default=None)))
    return rows
