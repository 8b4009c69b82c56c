"""Sides of tasks by quarter: the light as of each quarter, and how its report stands.

A constant number of queries however many quarters and sides there are. What a reader may not
see is not told apart from what is not there.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tasks import policy
from tasks.models import Period, Plan, ProgressReport, Responsibility
from tasks.services.asof import state_on, word_on
from tasks.services.periods import latest_open_quarter, opens_on
from tasks.states import SHORT_WORDS, LightWord, ReportState
from tracker.lib.workdays import Quarter
from units.models import User

QUARTERS_SHOWN = 8
MOST_QUARTERS = 24


class Filing(models.TextChoices):
    """How a quarter's report stands, as far as the reader is told."""

    APPROVED = "approved", _("已审核")
    WAITING = "waiting", _("待审核")
    RETURNED = "returned", _("已退回")
    MISSING = "missing", _("未报")
    UNKNOWN = "unknown", _("尚无已审核进展")  # missing or not approved: not told which
    NOT_ASKED = "not_asked", _("无须填报")


REPORTED = (Filing.APPROVED, Filing.WAITING)
# What stands in a cell, where there is little room, if not the word itself; the title says it all.
SHORT: dict[str, Any] = {
    **SHORT_WORDS,
    Filing.MISSING: pgettext_lazy("in a narrow cell", "未报"),
    Filing.UNKNOWN: "—",
    Filing.NOT_ASKED: pgettext_lazy("in a narrow cell", "无须填报"),
}


@dataclass(frozen=True)
class Cell:
    """A side in a quarter. `filing` is None for who may not know it; so is `percent`.

    A report is expected of a side that has not ended, or that reported all the same.
    """

    period: Period
    word: LightWord
    url: str
    expected: bool
    filing: Filing | None = None
    percent: int | None = None

    @property
    def short_word(self) -> Any:
        return SHORT.get(self.word, self.word.label)

    @property
    def short_filing(self) -> Any:
        return SHORT.get(self.filing, self.filing.label) if self.filing else ""


@dataclass(frozen=True)
class Row:
    """A side of a task, and its cells in the order of the quarters."""

    side: Responsibility
    visible: bool
    close: bool
    cells: list[Cell]

    @property
    def words(self) -> list[tuple[LightWord, Any, int]]:
        """How often it stood at each light, worst first, with the word that a cell has room for."""
        counted = Counter(cell.word for cell in self.cells)
        return [(w, SHORT.get(w, w.label), counted[w]) for w in LightWord if counted[w]]

    @property
    def expected(self) -> int:
        return sum(cell.expected for cell in self.cells)

    @property
    def approved(self) -> int:
        return sum(cell.filing == Filing.APPROVED for cell in self.cells)


@dataclass
class Total:
    """A quarter over all rows. Reports count over the rows of which the reader is told."""

    period: Period
    words: Counter[LightWord] = field(default_factory=Counter)
    expected: int = 0  # of these rows `approved` reads
    approved: int = 0
    expected_close: int = 0  # and of these `reported`, `returned`, `missing`
    filings: Counter[Filing] = field(default_factory=Counter)

    @property
    def reported(self) -> int:
        return sum(self.filings[filing] for filing in REPORTED)

    @property
    def returned(self) -> int:
        return self.filings[Filing.RETURNED]

    @property
    def missing(self) -> int:
        return self.filings[Filing.MISSING]


@dataclass(frozen=True)
class Matrix:
    plan: Plan
    periods: list[Period]
    rows: list[Row]

    @property
    def totals(self) -> list[Total]:
        totals = [Total(period) for period in self.periods]
        for row in self.rows:
            for total, cell in zip(totals, row.cells, strict=True):
                total.words[cell.word] += 1
                if row.visible and cell.expected:
                    total.expected += 1
                    total.approved += cell.filing == Filing.APPROVED
                if row.close and cell.expected and cell.filing:
                    total.expected_close += 1
                    total.filings[cell.filing] += 1
        return totals


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
    rows = list(sides.select_related("task__action", "unit", "side"))
    for side in rows:
        side.task.plan = plan
    told = _Told(user, plan, periods)
    return Matrix(plan, list(periods), [_row(side, told, periods, today) for side in rows])


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
        self.filed: dict[tuple[int, int], ProgressReport] = {}
        self.approved: dict[int, list[tuple[Quarter, int]]] = defaultdict(list)
        for report in reports.only(
            "responsibility", "period", "state", "percent", "redo_by"
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
    ended = state_on(side, percent, day).is_ended
    filing = _filing(side, report, told, ended=ended)
    return Cell(
        period=period,
        word=word_on(side, percent, day),
        url=_url(side, period, report, told, today),
        expected=not ended or filing in REPORTED,
        filing=filing,
        percent=report.percent if report and filing == Filing.APPROVED else None,
    )


def _filing(
    side: Responsibility, report: ProgressReport | None, told: _Told, *, ended: bool
) -> Filing | None:
    if side.pk not in told.visible:
        return None
    if report is not None and report.state == ReportState.APPROVED:
        return Filing.APPROVED
    if side.pk in told.close and report is not None:
        if report.state == ReportState.SUBMITTED:
            return Filing.WAITING
        if report.is_sent_back:
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
    """The report; for its own unit the form, while it is open; else the task, with its people."""
    if side.pk in told.own and period.is_open(today) and (report is None or report.is_editable):
        return reverse("tasks:report", args=[side.pk, period.code])
    if report is not None and report.pk in told.readable:
        return reverse("tasks:view_report", args=[report.pk])
    return reverse("tasks:detail", args=[side.task_id])
