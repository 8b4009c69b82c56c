"""What is outstanding on a day, judged by what was so on that day as far as rows tell."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q

from tasks.models import Assignment, Finding, Period, Plan, ProgressReport, Responsibility
from tasks.services.notices import (
    assignment_subject,
    finding_subject,
    proposal_subject,
    report_subject,
)
from tasks.services.periods import closed_sides
from tasks.states import DONE_STATES, ENDED_STATES, REPORTED_STATES, ReportState
from tracker.lib.workdays import SHANGHAI


@dataclass(frozen=True, slots=True)
class Subject:
    """A report, a side of a task or a 签收 that is still to be done, and when.

    `returned_on` is the day on which it arose, where it is told on that day, too.
    """

    key: str
    due_on: datetime.date
    side: Responsibility
    period: Period | None = None
    returned_on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """What a report's row says of its way."""

    state: ReportState
    submitted_on: datetime.date | None
    reviewed_on: datetime.date | None
    redo_by: datetime.date | None

    def was_handed_in(self, day: datetime.date) -> bool:
        """In the office's hands or approved at the end of `day`."""
        if self.submitted_on is None:
            return self.state in REPORTED_STATES
        if self.submitted_on > day:
            return False
        return self.state in REPORTED_STATES or not self._was_reviewed(day)

    def redo_due(self, day: datetime.date) -> datetime.date | None:
        """When a report that had been returned by `day` is due again."""
        return self.redo_by if self._was_reviewed(day) else None

    def _was_reviewed(self, day: datetime.date) -> bool:
        return self.reviewed_on is not None and self.reviewed_on <= day


class Day:
    """The rows that a day's reminders rest on, in a constant number of queries.

    `sides` narrows them to those ids.
    """

    def __init__(self, today: datetime.date, sides: Iterable[int] | None = None) -> None:
        self.today = today
        self._only = None if sides is None else set(sides)

    # --- the words that rules use --------------------------------------------------------------

    def reports_due(self) -> Iterator[Subject]:
        return (s for s in self._unreported() if s.due_on >= self.today)

    def reports_overdue(self) -> Iterator[Subject]:
        """未报: never handed in."""
        return (s for s in self._unreported() if s.due_on < self.today)

    def reports_returned(self) -> Iterator[Subject]:
        """已退回: to be handed in again, by a day of its own; before that day and after it."""
        return (s for s in self.reports if s.returned_on)

    def _unreported(self) -> Iterator[Subject]:
        return (s for s in self.reports if s.returned_on is None)

    def tasks_due(self) -> Iterator[Subject]:
        return (s for s in self.tasks if s.due_on >= self.today)

    def tasks_overdue(self) -> Iterator[Subject]:
        """逾期: past a date of its own."""
        return (s for s in self._past() if not s.side.due_is_plans)

    def tasks_expired(self) -> Iterator[Subject]:
        """期满未办结: past the plan's end only."""
        return (s for s in self._past() if s.side.due_is_plans)

    def _past(self) -> Iterator[Subject]:
        return (s for s in self.tasks if s.due_on < self.today)

    def assignments_unsigned(self) -> Iterator[Subject]:
        """待签收: handed out, also to cooperating units, and not signed for."""
        return iter(self.assignments)

    def findings_to_answer(self) -> Iterator[Subject]:
        """督查整改: before its day and after it."""
        return iter(self.findings)

    def proposals_to_answer(self) -> Iterator[Subject]:
        """建议撤销办结: before the day by which the office answers and after it."""
        return iter(self.proposals)

    # --- what they rest on ---------------------------------------------------------------------

    @cached_property
    def sides(self) -> list[Responsibility]:
        """Lead rows that were not ended on the day, of plans whose reminders have begun."""
        sides = Responsibility.objects.leads().filter(
            task__plan__in=Plan.objects.tracked().filter(reminders_from__lte=self.today)
        )
        if self._only is not None:
            sides = sides.filter(pk__in=self._only)
        ended = Q(state_since=None) | Q(state_since__lte=self.today)
        return list(
            sides.exclude(ended, state__in=ENDED_STATES)
            .select_related("task__plan", "unit", "side")
            .order_by("task__plan", "task__number", "order")
        )

    @cached_property
    def tasks(self) -> list[Subject]:
        """Sides that were not done on the day, with their date in force."""
        return [
            Subject(f"task/{side.pk}", due, side)
            for side in self.sides
            if not self._was_done(side) and (due := side.due_on_in_force)
        ]

    def _was_done(self, side: Responsibility) -> bool:
        since = side.state_since
        return side.state in DONE_STATES and (since is None or since <= self.today)

    @cached_property
    def reports(self) -> list[Subject]:
        """Reports that were not handed in on the day, in periods then open."""
        return [
            subject
            for side in self.sides
            for period in self._periods[side.task.plan_id]
            if (subject := self._report(side, period))
        ]

    @cached_property
    def _ended(self) -> set[tuple[int, int | None]]:
        return closed_sides(period for some in self._periods.values() for period in some)

    def _report(self, side: Responsibility, period: Period) -> Subject | None:
        if (period.pk, side.side_id) in self._ended:
            return None  # its office has closed it: what comes now is a 补报
        filing = self._filings.get((side.pk, period.pk))
        if filing is not None and filing.was_handed_in(self.today):
            return None
        key = report_subject(side.pk, period.code)
        redo = filing.redo_due(self.today) if filing else None
        if filing is None or redo is None:
            return Subject(key, period.due_on, side, period)
        return Subject(key, redo, side, period, returned_on=filing.reviewed_on)

    @cached_property
    def assignments(self) -> list[Subject]:
        """What was handed out by the day and not signed for on it; told on the day it was."""
        rows = Assignment.objects.filter(
            responsibility__task__plan__in=Plan.objects.tracked().filter(
                reminders_from__lte=self.today
            ),
            assigned_at__lt=_end(self.today),
        )
        if self._only is not None:
            rows = rows.filter(responsibility__in=self._only)
        unsigned = rows.filter(Q(signed_at=None) | Q(signed_at__gte=_end(self.today)))
        return [
            Subject(
                assignment_subject(row.responsibility_id),
                row.sign_by,
                row.responsibility,
                returned_on=_day(row.assigned_at),
            )
            for row in unsigned.select_related(
                "responsibility__task__plan", "responsibility__unit", "responsibility__side"
            ).order_by("responsibility__task__plan", "responsibility__task__number", "pk")
            if row.responsibility.state not in ENDED_STATES
        ]

    @cached_property
    def findings(self) -> list[Subject]:
        """What units were to put right on the day; told when it was issued or given back."""
        rows: Any = self._of_findings(Finding.objects.to_answer_at(_end(self.today)))
        return [
            Subject(
                finding_subject(row.pk),
                row.until,
                row.responsibility,
                returned_on=_day(row.since),
            )
            for row in rows
        ]

    @cached_property
    def proposals(self) -> list[Subject]:
        """What offices were to answer on the day; told when it was proposed."""
        rows: Any = self._of_findings(Finding.objects.to_decide_at(_end(self.today)))
        return [
            Subject(
                proposal_subject(row.pk),
                row.office_due_on,
                row.responsibility,
                returned_on=_day(row.issued_at),
            )
            for row in rows
        ]

    def _of_findings(self, rows: Any) -> Any:
        """Of plans whose reminders have begun, as documents are numbered."""
        rows = rows.filter(
            responsibility__task__plan__in=Plan.objects.tracked().filter(
                reminders_from__lte=self.today
            )
        )
        if self._only is not None:
            rows = rows.filter(responsibility__in=self._only)
        return rows.select_related(
            "responsibility__task__plan", "responsibility__unit", "responsibility__side"
        ).order_by("year", "number")

    @cached_property
    def _periods(self) -> dict[int, list[Period]]:
        """Open on the day, by plan; not those before 启用季度 (补录, without reminders)."""
        found: dict[int, list[Period]] = defaultdict(list)
        opened = Period.objects.filter(opens_on__lte=self.today).filter(
            Q(closed_on=None) | Q(closed_on__gt=self.today)
        )
        plans = {side.task.plan_id for side in self.sides}
        for period in opened.filter(plan__in=plans).select_related("plan"):
            first = period.plan.first_quarter
            if first is not None and period.as_quarter >= first:
                found[period.plan_id].append(period)
        return found

    @cached_property
    def _filings(self) -> dict[tuple[int, int], Filing]:
        reports = ProgressReport.objects.filter(
            period__in=[period for some in self._periods.values() for period in some]
        )
        if self._only is not None:
            reports = reports.filter(responsibility__in=self._only)
        rows = reports.values_list(
            "responsibility_id", "period_id", "state", "submitted_at", "reviewed_at", "redo_by"
        )
        return {
            (side, period): Filing(ReportState(state), _day(sent), _day(reviewed), redo)
            for side, period, state, sent, reviewed, redo in rows
        }


def _end(day: datetime.date) -> datetime.datetime:
    """The moment at which the day is over."""
    following = day + datetime.timedelta(days=1)
    return datetime.datetime.combine(following, datetime.time(), tzinfo=SHANGHAI)


def _day(moment: datetime.datetime | None) -> datetime.date | None:
    return moment.astimezone(SHANGHAI).date() if moment else None
