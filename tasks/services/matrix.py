"""Sides of tasks by quarter: the light as of each quarter, and how its report stands.

A constant number of queries however many quarters and sides there are. What a reader may not
see is not told apart from what is not there.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.urls import reverse

from tasks import policy
from tasks.models import Period, Plan, ProgressReport, Responsibility, schedule
from tasks.services import snapshots
from tasks.services.asof import state_on, word_on
from tasks.services.matrix_shapes import REPORTED, Cell, Filing, Matrix, Row, Total
from tasks.services.periods import latest_open_quarter, opens_on
from tasks.services.seals import seals_of
from tasks.states import (
    REPORTED_STATES,
    LightWord,
    ReportKind,
    ReportState,
    TaskState,
)
from tracker.lib.workdays import Quarter
from units.models import User

__all__ = [
    "REPORTED",
    "Cell",
    "Filing",
    "Matrix",
    "Row",
    "Total",
    "build",
    "next_opening",
    "periods_of",
]

QUARTERS_SHOWN = 8
MOST_QUARTERS = 24


def periods_of(
    plan: Plan, first: Quarter | None = None, last: Quarter | None = None
) -> list[Period]:
    """The plan's quarters from one to another, oldest first; the newest where none is said."""
    rows = [
        period
        for period in plan.periods.order_by("year", "quarter")
        if (first is None or period.as_quarter >= first)
        and (last is None or period.as_quarter <= last)
    ]
    return rows[-(QUARTERS_SHOWN if first is None else MOST_QUARTERS) :]


def next_opening(plan: Plan, today: datetime.date) -> tuple[Quarter, datetime.date] | None:
    """The plan's first quarter, while it is to come, and when it opens."""
    first = plan.first_quarter
    if first is None or first <= latest_open_quarter(today):
        return None
    return first, opens_on(first)


def build(
    user: User,
    plan: Plan,
    sides: Any,
    periods: Sequence[Period],
    today: datetime.date,
) -> Matrix:
    """The cells of these lead rows of the plan in these quarters."""
    if "milestone_steps" not in sides.query.annotations:  # a light rests on them
        sides = sides.annotate(milestone_steps=schedule.milestone_steps())
    rows = list(sides.select_related("task__action", "unit", "side"))
    for side in rows:
        side.task.plan = plan
    told = _Told(user, plan, periods)
    cells = [_row(side, told, periods, today) for side in rows]
    return Matrix(plan, list(periods), cells, seals_of(periods))


class _Told:
    """What is on record for a plan's sides, and what of it the person may know."""

    def __init__(self, user: User, plan: Plan, periods: Sequence[Period]) -> None:
        self.visible = self._sides(user, plan, "progress.view")
        self.close = self._sides(user, plan, "handed_in.view")
        self.own = self._sides(user, plan, "report.edit")
        reports = ProgressReport.objects.filter(period__plan=plan)
        if periods:
            last = periods[-1]
            upto = models.Q(period__year__lt=last.year) | models.Q(
                period__year=last.year, period__quarter__lte=last.quarter
            )
            reports = reports.filter(upto)
        readable = policy.scope(user, "report.view").filter(period__in=[p.pk for p in periods])
        self.readable: set[int] = set(readable.values_list("pk", flat=True))
        self.kept = snapshots.cells_of(periods)
        self.filed: dict[tuple[int, int], ProgressReport] = {}
        self.approved: dict[int, list[tuple[Quarter, int]]] = defaultdict(list)
        for report in reports.only(
            "responsibility", "period", "kind", "state", "percent", "redo_by"
        ).annotate(year=models.F("period__year"), number=models.F("period__quarter")):
            self._keep(report)
        for known in self.approved.values():
            known.sort()

    @staticmethod
    def _sides(user: User, plan: Plan, verb: str) -> set[int]:
        seen = policy.scope(user, verb).filter(task__plan=plan)
        return set(seen.values_list("pk", flat=True))

    def _keep(self, report: Any) -> None:
        side = report.responsibility_id
        self.filed[side, report.period_id] = report
        if report.state == ReportState.APPROVED and report.percent is not None:
            quarter = Quarter(report.year, report.number)
            self.approved[side].append((quarter, report.percent))


def _row(side: Responsibility, told: _Told, periods: Iterable[Period], today: datetime.date) -> Row:
    known = told.approved.get(side.pk, [])
    cells, percent, at = [], None, 0
    for period in periods:
        while at < len(known) and known[at][0] <= period.as_quarter:
            percent = known[at][1]
            at += 1
        cells.append(_cell(side, period, percent, told, today))
    return Row(side, side.pk in told.visible, side.pk in told.close, cells)


def _cell(
    side: Responsibility,
    period: Period,
    percent: int | None,
    told: _Told,
    today: datetime.date,
) -> Cell:
    """`percent` is the latest that was approved up to the quarter: the light rests on it."""
    day = period.as_of(today)
    report = told.filed.get((side.pk, period.pk))
    url = _url(side, period, report, told, today)
    kept = told.kept.get((side.pk, period.pk))
    if kept is not None:
        return _kept_cell(side, period, kept, report, told, url)
    state = state_on(side, percent, day)
    filed = "" if report is None else report.state
    back = report is not None and report.is_sent_back
    filing = _filing(side, filed, told, back=back, ended=state.is_ended)
    return Cell(
        period=period,
        word=word_on(side, percent, day),
        url=url,
        expected=not state.is_ended or filing in REPORTED,
        filing=filing,
        percent=report.percent if report and filing == Filing.APPROVED else None,
        state=state,
    )


def _kept_cell(
    side: Responsibility,
    period: Period,
    kept: Any,
    report: ProgressReport | None,
    told: _Told,
    url: str,
) -> Cell:
    """As the closing kept it; what came in since is said beside it."""
    state = TaskState(kept.state)
    back = bool(kept.report_state) and kept.report_state not in REPORTED_STATES
    filing = _filing(side, kept.report_state, told, back=back, ended=state.is_ended)
    return Cell(
        period=period,
        word=LightWord(kept.light_word),
        url=url,
        expected=not state.is_ended or filing in REPORTED,
        filing=filing,
        percent=int(kept.told) if kept.told and filing == Filing.APPROVED else None,
        late=_came_late(side, report, told),
        kept=kept,
        state=state,
    )


def _came_late(side: Responsibility, report: ProgressReport | None, told: _Told) -> bool:
    if report is None or report.kind != ReportKind.LATE:
        return False
    if report.state == ReportState.APPROVED:
        return side.pk in told.visible
    return side.pk in told.close and report.is_reported


def _filing(
    side: Responsibility, state: str, told: _Told, *, back: bool, ended: bool
) -> Filing | None:
    """`state` is the report's, empty where there is none; `back`: it was sent back."""
    if side.pk not in told.visible:
        return None
    if state == ReportState.APPROVED:
        return Filing.APPROVED
    if side.pk in told.close:
        if state == ReportState.SUBMITTED:
            return Filing.WAITING
        if back:
            return Filing.RETURNED
    if ended:
        return Filing.NOT_ASKED
    return Filing.MISSING if side.pk in told.close else Filing.UNKNOWN


def _url(
    side: Responsibility,
    period: Period,
    report: ProgressReport | None,
    told: _Told,
    today: datetime.date,
) -> str:
    """The report; for its own unit the form, while it is open; else the task, with its people.

    A side that has ended is asked for nothing more: its form would only say so.
    """
    ended = TaskState(side.state).is_ended
    writable = report is None or report.is_editable
    if side.pk in told.own and period.is_open(today) and writable and not ended:
        return reverse("tasks:report", args=[side.pk, period.code])
    if report is not None and report.pk in told.readable:
        return reverse("tasks:view_report", args=[report.pk])
    return reverse("tasks:detail", args=[side.task_id])
