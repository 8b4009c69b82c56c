"""What the sides of a task said quarter by quarter: of closed ones as the snapshot keeps it.

An open quarter is told as of today. What came to a closed one since stands beside it, as that.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tasks.models import Period, ProgressReport, Responsibility, Snapshot, SnapshotRow, Task
from tasks.services import snapshots
from tasks.services.entry import FIELDS, ROWS, label_of, words_of
from tasks.services.frozen import thaw
from tasks.services.seals import Seal
from tasks.states import LightWord, ReportState, TaskState

TOLD = ("state", *FIELDS)


@dataclass(frozen=True)
class Telling:
    """What one side said in one quarter; `points` is by how much the percent rose since.

    `side` has the names, the light and the state of a closed quarter, `word` its light; None
    where no snapshot was kept. `since` is what came to a closed quarter afterwards.
    """

    side: Responsibility
    report: ProgressReport | None
    points: int | None = None
    word: LightWord | None = None
    since: ProgressReport | None = None
    is_linked: bool = True  # the report itself is the reader's to open

    @property
    def state(self) -> TaskState:
        """Where the side stood: at the closing, or today."""
        return TaskState(self.side.state)

    @property
    def points_down(self) -> int:
        """By how many points the percent fell; 0 where it did not."""
        return max(0, -(self.points or 0))

    @property
    def further(self) -> list[tuple[str, str]]:
        """What the report says beside 进展情况, by name; what is empty is left out."""
        names = [name for name in ROWS if name != "progress"]
        told = [(label_of(name), words_of(self.report, name)) for name in names]
        return [(label, words) for label, words in told if words]


@dataclass(frozen=True)
class QuarterStory:
    """What the sides whose progress the person may read have said in a quarter."""

    period: Period
    tellings: list[Telling]
    seal: Seal | None = None

    @property
    def is_told(self) -> bool:
        return any(telling.report for telling in self.tellings)

    @property
    def not_asked(self) -> set[int]:
        """The sides that had ended when reports were due: nothing is wanted of them."""
        return {
            telling.side.pk
            for telling in self.tellings
            if telling.state.is_ended and _ended_on(telling.side) <= self.period.due_on
        }


def _ended_on(side: Responsibility) -> datetime.date:
    return side.state_since or datetime.date.min


def quarters_of(
    task: Task,
    sides: Sequence[Responsibility],
    reports: Iterable[ProgressReport],
    today: datetime.date,
    close: Collection[int] = (),
) -> list[QuarterStory]:
    """The quarters opened so far, newest first; `sides` are those that the person may read.

    Of those in `close` the person also reads what is handed in and not approved yet.
    """
    if not sides:
        return []
    filed = {(report.period_id, report.responsibility_id): report for report in reports}
    opened = Period.objects.filter(plan=task.plan_id, opens_on__lte=today)
    periods = list(opened.order_by("year", "quarter"))
    kept = _kept(sides, periods)
    stories: list[QuarterStory] = []
    last: dict[int, int] = {}
    for period in periods:
        tellings = []
        for side in sides:
            row = kept.get((period.pk, side.pk))
            live = filed.get((period.pk, side.pk))
            if row is not None:
                told = _as_kept(side, period, row, live, close)
            else:
                told = _live(side, period, live, today)
            tellings.append(_with_points(told, last))
        stories.append(QuarterStory(period, tellings, _seal(period, sides, kept)))
    return stories[::-1]


def reports_in(quarters: Iterable[QuarterStory]) -> list[ProgressReport]:
    """What is told in them: of a closed quarter the kept report; newest quarter first."""
    return [one.report for quarter in quarters for one in quarter.tellings if one.report]


def _kept(
    sides: Sequence[Responsibility], periods: Iterable[Period]
) -> dict[tuple[int, int], SnapshotRow]:
    """By (period, side) what the closings kept; one query, or none where nothing is closed."""
    closed = [period.pk for period in periods if period.closed_on]
    rows = SnapshotRow.objects.filter(
        responsibility__in=sides,
        snapshot__in=Snapshot.objects.in_force().filter(period__in=closed),
    )
    found = rows.select_related("unit", "snapshot").defer("snapshot__data").order_by()
    return {(row.snapshot.period_id, row.responsibility_id): row for row in found}


def _seal(
    period: Period,
    sides: Iterable[Responsibility],
    kept: Mapping[tuple[int, int], SnapshotRow],
) -> Seal | None:
    rows = (kept.get((period.pk, side.pk)) for side in sides)
    row = next((row for row in rows if row), None)
    return Seal(period, row.snapshot.day, row.snapshot.digest) if row else None


def _live(
    side: Responsibility, period: Period, report: ProgressReport | None, today: datetime.date
) -> Telling:
    """An open quarter as of today; of one closed without a snapshot, what was filed."""
    shows = period.closed_on is None and not side.task.plan.is_reference
    return Telling(side, report, word=side.light_word(today) if shows else None)


def _as_kept(
    side: Responsibility,
    period: Period,
    row: SnapshotRow,
    live: ProgressReport | None,
    close: Collection[int],
) -> Telling:
    """`live` is the report as it is now, None where it is not the reader's."""
    kept: dict[str, Any] | None = row.data["report"]
    report = None
    if kept and (side.pk in close or row.report_state == ReportState.APPROVED):
        report = thaw(ProgressReport, kept, period=period)
        _name_people(report, live)
    changed = live is not None and (report is None or _differ(report, live, kept or {}))
    return Telling(
        snapshots.as_kept(side, row),
        report,
        word=LightWord(row.light_word) if row.light_word else None,
        since=live if changed else None,
        is_linked=live is not None,
    )


def _differ(report: ProgressReport, live: ProgressReport, kept: Mapping[str, Any]) -> bool:
    """A field that came later tells nothing; of a report that was being mended all is new."""
    mended = "percent" not in kept
    names = [name for name in TOLD if mended or name in kept]
    return any(getattr(report, name) != getattr(live, name) for name in names)


def _name_people(report: ProgressReport, live: ProgressReport | None) -> None:
    """Who handed it in and reviewed it, while the row still tells of the same acts."""
    if live is None:
        return
    if live.submitted_at == report.submitted_at:
        report.filled_by, report.submitted_by = live.filled_by, live.submitted_by
        report.entered_by_office = live.entered_by_office
    if live.reviewed_at == report.reviewed_at:
        report.reviewed_by = live.reviewed_by


def _with_points(told: Telling, last: dict[int, int]) -> Telling:
    """With how far the percent moved; `last` knows the one before of each side."""
    percent = told.report.percent if told.report else None
    if percent is None:
        return told
    known = last.get(told.side.pk)
    last[told.side.pk] = percent
    return told if known is None else replace(told, points=percent - known)
