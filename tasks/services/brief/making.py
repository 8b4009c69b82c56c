"""Making a brief: the rows once, everything else counted from them."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from tasks import policy
from tasks.models import BriefNote, Period, PlanSide, ProgressReport, Responsibility
from tasks.services import matrix, snapshots
from tasks.services.asof import state_on, word_on
from tasks.services.brief.advice import advise
from tasks.services.brief.room import LEAST, Room
from tasks.services.brief.rows import LATE_KINDS, Ask, Line, SideFigures
from tasks.services.brief.since import behind_since
from tasks.services.matrix import Row
from tasks.states import LATE_WORDS, REPORTED_STATES, LightWord, ReportState, TaskState
from tracker.lib.text import clean_text
from units.models import Office, User

LEAST_OF_A_KIND = 2
# What people write where they have nothing to ask.
NOTHING = {"", "无", "暂无", "没有", "无需协调", "不需要", "否", "无事项", "none", "no", "n/a"}


@dataclass(frozen=True)
class Brief:
    """One page about a side of a plan in a quarter, as one reader may know it."""

    side: PlanSide
    period: Period | None
    day: datetime.date  # as of which everything is said
    today: datetime.date
    sides: list[SideFigures]
    asks: list[Ask]
    note: BriefNote | None = None
    room: Room = LEAST

    @property
    def own(self) -> SideFigures:
        return next(one for one in self.sides if one.own)

    @property
    def is_live(self) -> bool:
        """The figures are today's, as on the lists."""
        return self.day == self.today

    @property
    def late(self) -> list[tuple[LightWord, list[Line], int]]:
        """By kind: what is shown, and how many there are."""
        found = [(kind, self.own.late_as(kind)) for kind in LATE_KINDS]
        shares = shared([len(rows) for _kind, rows in found], self.room.late)
        return [
            (kind, rows[:share], len(rows))
            for (kind, rows), share in zip(found, shares, strict=True)
        ]

    @property
    def late_total(self) -> int:
        return sum(number for _kind, _rows, number in self.late)

    @property
    def late_rest(self) -> list[tuple[LightWord, int]]:
        """Of each kind how many are left out."""
        left = [(kind, number - len(rows)) for kind, rows, number in self.late]
        return [(kind, number) for kind, number in left if number]

    @property
    def late_rest_total(self) -> int:
        return sum(number for _kind, number in self.late_rest)

    @property
    def asks_shown(self) -> list[Ask]:
        return self.asks[: self.room.asks]

    @property
    def asks_rest(self) -> int:
        return max(0, len(self.asks) - self.room.asks)

    def advice(self) -> list[str]:
        """The suggestions that follow from the figures, in the language in use."""
        return advise(self.own, self.asks, self.period, self.today, self.room)


def shared(sizes: Sequence[int], places: int) -> list[int]:
    """How many of each kind are shown: a few of each at least, the first kinds then first."""
    shares = [min(size, LEAST_OF_A_KIND) for size in sizes]
    for n, size in enumerate(sizes):
        shares[n] += min(size - shares[n], places - sum(shares))
    return shares


def make(user: User, side: PlanSide, period: Period | None, today: datetime.date) -> Brief:
    """The brief as the person may know it. A constant number of queries."""
    quarter = period.as_quarter if period else None
    leads = Responsibility.objects.leads().filter(task__plan=side.plan_id).with_percent(quarter)
    periods = [
        p for p in matrix.periods_of(side.plan, None, quarter) if period and _counts(p, period)
    ]
    rows = matrix.build(
        user, side.plan, leads.order_by("task__number", "order"), periods, today
    ).rows
    day = period.as_of(today) if period else today
    note = (
        BriefNote.objects.filter(period=period, side=side.jurisdiction)
        .select_related("written_by")
        .first()
    )
    return Brief(
        side=side,
        period=period,
        day=day,
        today=today,
        sides=_figures(side, rows, period, day, today),
        asks=_asks(user, side, period, _in_by_then(rows, period)) if period else [],
        note=note,
    )


def _counts(one: Period, period: Period) -> bool:
    """The quarter itself, and the one before."""
    return one.as_quarter in (period.as_quarter, period.as_quarter.previous)


def _figures(
    side: PlanSide, rows: list[Row], period: Period | None, day: datetime.date, today: datetime.date
) -> list[SideFigures]:
    """The side itself first, the others in their order; what is of no side last."""
    places = [one.jurisdiction for one in side.plan.sides.select_related("jurisdiction")]
    places.sort(key=lambda place: place.pk != side.jurisdiction_id)
    figures = {place.pk: SideFigures(place, place.pk == side.jurisdiction_id) for place in places}
    nobodys = SideFigures(None, own=False)
    lines = [_line(row, period, day) for row in rows]
    since = behind_since(lines, period, today) if period else {}
    for line in lines:
        known = replace(line, behind_since=since.get(line.side.pk))
        figures.get(line.side.side_id or 0, nobodys).lines.append(known)
    return [*figures.values(), *([nobodys] if nobodys.lines else [])]


def _line(row: Row, period: Period | None, day: datetime.date) -> Line:
    cells = {cell.period.pk: cell for cell in row.cells}
    cell = cells.pop(period.pk, None) if period else None
    before = next(iter(cells.values()), None)
    kept = cell.kept if cell else None
    side = snapshots.as_kept(row.side, kept) if kept else row.side
    percent = side.latest_percent
    return Line(
        side=side,
        day=day,
        word=cell.word if cell else word_on(side, percent, day),
        state=TaskState(kept.state) if kept else state_on(side, percent, day),
        told=row.visible,
        late_before=bool(before and _was_late(row.side, before.period, day)),
        filing=cell.filing if cell else None,
        expected=bool(cell and cell.expected),
        close=row.close,
    )


def _was_late(side: Responsibility, before: Period, day: datetime.date) -> bool:
    """Past its date on the earlier quarter's day: of its closing, else by which it was due."""
    then = before.as_of(day)
    return word_on(side, None, then if then < day else before.due_on) in LATE_WORDS


def _in_by_then(rows: list[Row], period: Period) -> set[int] | None:
    """Of a closed quarter the sides whose reports were in; None where there is no snapshot."""
    kept = [cell.kept for row in rows for cell in row.cells if cell.period == period and cell.kept]
    if not kept:
        return None
    return {row.responsibility_id for row in kept if row.report_state in REPORTED_STATES}


def _asks(user: User, side: PlanSide, period: Period, known: set[int] | None) -> list[Ask]:
    """Of the own side what is handed in, of the others what is approved; the own first."""
    own = Q(responsibility__side=side.jurisdiction_id)
    reports: list[ProgressReport] = list(
        policy.scope(user, "report.view")
        .filter(own | Q(state=ReportState.APPROVED))
        .filter(period=period, state__in=REPORTED_STATES)
        .exclude(coordination="")
        .select_related(
            "responsibility__task__plan", "responsibility__unit", "responsibility__side"
        )
        .order_by("responsibility__task__number", "responsibility__order")
    )
    asks = [
        Ask(report, report.responsibility.side_id == side.jurisdiction_id)
        for report in reports
        if (known is None or report.responsibility_id in known)
        and clean_text(report.coordination).strip("。.，,；;、-—/ ").lower() not in NOTHING
    ]
    return sorted(asks, key=lambda ask: not ask.own)


def file_name(side: PlanSide, period: Period | None, *, several: bool) -> str:
    """重庆市双碳办2026年第3季度工作进展（一页）.docx; with the plan if `several`."""
    plan = side.plan.name if several else ""
    return f"{bare(side.office)}{bare(plan)}{period or ''}工作进展（一页）.docx"


def bare(name: Office | str) -> str:
    """The name without what no file's name may hold, and without 《》."""
    return "".join(c for c in str(name) if c not in '\\/:*?"<>|《》\n\t')
