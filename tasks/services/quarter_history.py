"""How the sides of a plan stood in the quarters before one: of closed ones as their closing kept.

What is not kept is worked out as of the quarter's day from what was approved by then.
"""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F

from tasks.models import Period, ProgressReport, Responsibility, Snapshot, SnapshotRow
from tasks.services.asof import state_on, word_on
from tasks.states import REPORTED_STATES, LightWord, ReportState, TaskState
from tracker.lib.workdays import Quarter

MOST = 7  # with the quarter itself two years


@dataclass(frozen=True)
class PastSide:
    """A side in an earlier quarter; the percent is the latest approved by then."""

    word: LightWord
    percent: int | None
    filed: str  # the state of the quarter's report, empty where there was none
    expected: bool

    @property
    def is_reported(self) -> bool:
        return self.filed in REPORTED_STATES

    @property
    def is_missed(self) -> bool:
        """Due, and not in when the quarter ended."""
        return self.expected and not self.is_reported


@dataclass(frozen=True)
class PastQuarter:
    """A quarter before, with its sides by id."""

    quarter: Quarter
    sides: Mapping[int, PastSide]


def before(
    period: Period, sides: Sequence[Responsibility], today: datetime.date
) -> list[PastQuarter]:
    """The quarters before the period, oldest first. Three queries, however many there are."""
    earlier = Period.objects.filter(plan=period.plan_id, opens_on__lt=period.opens_on)
    periods = list(earlier.order_by("-opens_on")[:MOST])[::-1]
    if not periods:
        return []
    kept = _kept(periods)
    filed, approved = _reports(period)
    found = []
    for one in periods:
        known = {}
        for side in sides:
            row = kept.get((one.pk, side.pk))
            percents = [p for q, p in approved[side.pk] if q <= one.as_quarter]
            state = filed.get((one.pk, side.pk), "")
            percent = percents[-1] if percents else None
            known[side.pk] = _of_row(row) if row else _worked_out(side, one, percent, state, today)
        found.append(PastQuarter(one.as_quarter, known))
    return found


def _kept(periods: Sequence[Period]) -> dict[tuple[int, int], SnapshotRow]:
    closed = [one.pk for one in periods if one.closed_on]
    snapshots = Snapshot.objects.in_force().filter(period__in=closed)
    rows = SnapshotRow.objects.filter(snapshot__in=snapshots).defer("data").order_by()
    named = rows.annotate(period_id=F("snapshot__period_id"))
    return {(row.period_id, row.responsibility_id): row for row in named}


def _reports(
    period: Period,
) -> tuple[dict[tuple[int, int], str], dict[int, list[tuple[Quarter, int]]]]:
    """The state of each report, and the approved percents of each side in their order."""
    filed: dict[tuple[int, int], str] = {}
    approved: dict[int, list[tuple[Quarter, int]]] = defaultdict(list)
    reports = ProgressReport.objects.filter(
        period__plan=period.plan_id, period__opens_on__lt=period.opens_on
    ).order_by("period__opens_on")
    rows = reports.values_list(
        "period", "responsibility", "state", "percent", "period__year", "period__quarter"
    )
    for at, side, state, percent, year, number in rows:
        filed[at, side] = state
        if state == ReportState.APPROVED and percent is not None:
            approved[side].append((Quarter(year, number), percent))
    return filed, approved


def _of_row(row: SnapshotRow) -> PastSide:
    reported = row.report_state in REPORTED_STATES
    ended = TaskState(row.state).is_ended
    return PastSide(LightWord(row.light_word), row.percent, row.report_state, reported or not ended)


def _worked_out(
    side: Responsibility, period: Period, percent: int | None, filed: str, today: datetime.date
) -> PastSide:
    day = period.as_of(today)
    ended = state_on(side, percent, day).is_ended
    expected = filed in REPORTED_STATES or not ended
    return PastSide(word_on(side, percent, day), percent, filed, expected)
