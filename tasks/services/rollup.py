"""Roll-ups: sides of tasks counted by light, by state and by whether they have reported.

Each line is of one side of plans and one kind of task, joint or a place's own: a mean is taken
within a line alone, and says of how many sides no figure is known. Plans whose quarter is closed
and kept are counted as the snapshot has them, the others as of today. Counted in SQL, in the same
few queries whatever there is; tests hold it to a plain recount and to the quarterly book.
"""

import copy
import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When

from tasks import policy
from tasks.models import Action, Period, Plan, ProgressReport, Responsibility
from tasks.services import rollup_kept
from tasks.services.rollup_shapes import WORDS, By, Found, Group, Kind, Line, Rollup
from tasks.services.seals import seals_of
from tasks.services.tally import grouped
from tasks.states import REPORTED_STATES, ReportState, TaskState
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Unit, User

__all__ = ["By", "Found", "Group", "Kind", "Line", "Rollup", "build"]

KEYS = {
    By.PLAN: "task__plan_id",
    By.ACTION: "task__action_id",
    By.SIDE: "side_id",
    By.UNIT: "unit_id",
    By.JURISDICTION: "unit__jurisdiction_id",
}
MODELS: dict[By, Any] = {
    By.PLAN: Plan,
    By.ACTION: Action,
    By.SIDE: Jurisdiction,
    By.UNIT: Unit,
    By.JURISDICTION: Jurisdiction,
}


def build(
    user: User,
    by: By,
    *,
    today: datetime.date,
    quarter: Quarter,
    plan: Plan | None = None,
    place: Jurisdiction | None = None,
) -> Rollup:
    """The roll-up of tracked plans, or of one; `place` keeps to sides of it and below."""
    plans = Plan.objects.tracked() if plan is None else [plan.pk]
    periods = Period.objects.of(quarter).filter(plan__in=plans, closed_on__isnull=False)
    seals = seals_of(periods.select_related("plan").order_by("plan"))
    sides: Any = Responsibility.objects.leads().filter(task__plan__in=plans)
    if seals:
        sides = sides.exclude(task__plan__in=[seal.period.plan_id for seal in seals])
    if place is not None:
        sides = sides.filter(side__in=rollup_kept.below(place))
    found = _count(user, by, sides, today, quarter)
    if seals:
        found += rollup_kept.count(user, by, [seal.period.pk for seal in seals], place)
    rows = _rows(by, found)
    places = Jurisdiction.objects.in_bulk({one.side for one in found if one.side is not None})
    by_key: dict[int | None, list[Found]] = defaultdict(list)
    for one in found:
        by_key[one.key].append(one)
    order = [*(key for key in rows if key in by_key), *(key for key in by_key if key not in rows)]
    groups = [
        Group(rows.get(key or 0), _lines(by_key[key], places), _total(by_key[key])) for key in order
    ]
    return Rollup(by, quarter, groups, _lines(found, places), _total(found), seals)


def _rows(by: By, found: Iterable[Found]) -> dict[int, Any]:
    """What the lines are gathered by, in its own order; a unit with the name that it had."""
    names: dict[int, set[str]] = defaultdict(set)
    for one in found:
        if one.key is not None:
            names[one.key].add(one.name)
    rows = MODELS[by].objects.filter(pk__in=list(names))
    if by == By.ACTION:
        rows = rows.select_related("plan")
    return {row.pk: _named(row, names[row.pk]) for row in rows}


def _named(row: Any, names: set[str]) -> Any:
    """With its name in the closed quarter; where quarters differ in it, with the present one."""
    (name,) = names if len(names) == 1 else ("",)
    if not name:
        return row
    named = copy.copy(row)
    named.name = name
    return named


def _lines(found: Iterable[Found], places: dict[int, Jurisdiction]) -> list[Line]:
    lines: dict[tuple[str, bool], Line] = {}
    for one in found:
        place = places.get(one.side or 0)
        key = (place.code if place else "~", not one.joint)
        kind = Kind.JOINT if one.joint else Kind.PLACE
        lines.setdefault(key, Line(side=place, kind=kind)).add(one)
    return [lines[key] for key in sorted(lines)]


def _total(found: Iterable[Found]) -> Line:
    total = Line()
    for one in found:
        total.add(one)
    return total


def _count(user: User, by: By, sides: Any, today: datetime.date, quarter: Quarter) -> list[Found]:
    """The sides, counted by everything that a line tells."""
    report = ProgressReport.objects.filter(
        responsibility=OuterRef("pk"), quarter_index=quarter.index
    )
    told, close = (
        Exists(policy.scope(user, verb).filter(pk=OuterRef("pk")))
        for verb in ("progress.view", "handed_in.view")
    )
    joint = rollup_kept.joint_plans()
    rows = (
        sides.with_light(today)
        .alias(
            r_report=Subquery(report.values("state")[:1]),
            r_back=Exists(report.sent_back()),
        )
        .order_by()
        .values(
            r_key=F(KEYS[by]),
            r_side=F("side_id"),
            r_joint=Case(When(task__plan__in=joint.values("plan"), then=True), default=False),
            r_light=F("light_rank"),
            r_state=F("state"),
            r_told=told,
            r_close=close,
            r_filing=Case(
                When(r_report=ReportState.APPROVED, then=Value(ReportState.APPROVED)),
                When(Q(r_back=True), then=Value(ReportState.RETURNED)),
                When(r_report__in=REPORTED_STATES, then=Value(ReportState.SUBMITTED)),
                default=Value(""),
            ),
            r_percent=F("percent"),
        )
    )
    keys = ("key", "side", "joint", "light", "state", "told", "close", "filing")
    return [_found(*row) for row in grouped(rows, [f"r_{key}" for key in keys], "r_percent")]


def _found(
    key: int | None,
    side: int | None,
    joint: bool,
    light: int | None,
    state: str,
    told: bool,
    close: bool,
    filing: str,
    number: int,
    figures: int,
    points: int | None,
) -> Found:
    word = None if light is None else WORDS[light]
    # Before approval a report is known to those alone who read what is handed in.
    known = filing if told and (close or filing == ReportState.APPROVED) else ""
    return Found(
        key, side, joint, word, TaskState(state), told, close, known, number, figures, points or 0
    )
