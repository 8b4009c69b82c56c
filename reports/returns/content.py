"""What stands in the forms of a quarter, as one person may see it: for all units at once."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from reports.returns.line import NOTHING, SHOWN, Line, Sides
from reports.returns.shapes import Kind, Said
from tasks import policy
from tasks.models import Contribution, Period, Plan, ProgressReport, Responsibility
from tasks.services import contributions, periods
from tasks.services.entry import FIELDS
from tasks.states import ContributionState, ReportKind, Role
from tracker.lib.text import listed
from tracker.lib.workdays import Quarter
from units.models import Unit, User

Pair = tuple[int, int]  # responsibility, period
Ids = QuerySet[Responsibility, Any]


@dataclass
class PlanPart:
    """A unit's part in one plan in the quarter."""

    period: Period
    lines: dict[Kind, list[Line]] = field(default_factory=lambda: {kind: [] for kind in Kind})


@dataclass
class UnitForm:
    """All that one unit has to fill in, plan by plan."""

    unit: Unit
    quarter: Quarter
    parts: list[PlanPart] = field(default_factory=list)

    def lines(self) -> list[Line]:
        """Every row, in the order of the sheets."""
        return [line for part in self.parts for kind in Kind for line in part.lines[kind]]


def load(
    quarter: Quarter,
    *,
    for_user: User,
    today: datetime.date,
    units: Collection[int] | None = None,
    plans: QuerySet[Plan, Any] | None = None,
) -> dict[int, UnitForm]:
    """The forms by unit, of these units or of all that lead and that the person has to do with.

    In these plans, or in all. In a constant number of queries.
    """
    opened = Period.objects.of(quarter).filter(opens_on__lte=today)
    if plans is not None:
        opened = opened.filter(plan__in=plans)
    known = {one.plan_id: one for one in opened.select_related("plan__region")}
    lines = [*_led(known, quarter, for_user, today, units)]
    if units is None:
        units = {line.unit_id for line in lines}
    lines += _helped(known, quarter, for_user, today, units)
    forms: dict[int, UnitForm] = {}
    parts: dict[Pair, PlanPart] = {}
    for line in sorted(lines, key=lambda one: (one.period.plan_id, one.number)):
        form = forms.get(line.unit_id)
        if form is None:
            form = forms[line.unit_id] = UnitForm(line.side.unit, quarter)
        place = (line.unit_id, line.period.pk)
        if place not in parts:
            parts[place] = PlanPart(line.period)
            form.parts.append(parts[place])
        parts[place].lines[line.kind].append(line)
    return forms


def last_reports(sides: Ids, quarter: Quarter) -> dict[int, ProgressReport]:
    """Of each side the latest report of an earlier quarter that was handed in; one query."""
    rows = ProgressReport.objects.reported().filter(
        responsibility__in=sides, quarter_index__lt=quarter.index
    )
    newest = rows.order_by("responsibility_id", "-quarter_index").distinct("responsibility_id")
    return {row.responsibility_id: row for row in newest.select_related("period")}


def _sides(
    verb: str, user: User, plans: Collection[int], units: Collection[int] | None
) -> QuerySet[Responsibility]:
    rows: QuerySet[Responsibility] = policy.scope(user, verb).filter(task__plan__in=plans)
    if units is not None:
        rows = rows.filter(unit__in=units)
    return rows.order_by("task__number", "order")


def _led(
    known: Mapping[int, Period],
    quarter: Quarter,
    user: User,
    today: datetime.date,
    units: Collection[int] | None,
) -> list[Line]:
    chosen = _sides("handed_in.view", user, known, units)
    ids = _ids(chosen)
    rows = ProgressReport.objects.filter(responsibility__in=ids, period__in=known.values())
    stored = {row.responsibility_id: row for row in rows}
    seen = {row.pk for row in rows.filter(pk__in=policy.scope(user, "report.view")).only("pk")}
    last = last_reports(ids, quarter)
    closed = periods.closed_sides(known.values())
    lines = []
    found: dict[Any, tuple[str, ReportKind]] = {}  # the same for all sides that stand alike
    for side in Sides(chosen).rows:
        period, report = known[side.plan_id], stored.get(side.pk)
        hidden = report is not None and report.pk not in seen
        report = None if hidden else report
        is_closed = period.closed_on is not None or (period.pk, side.side_id) in closed
        alike = (period.pk, is_closed, side.state, side.state_since, report and report.state)
        if alike not in found:
            found[alike] = _judged(side.among.made(side), period, report, today, is_closed)
        why, filed_as = found[alike]
        said = {name: getattr(report, name) for name in FIELDS} if report else NOTHING
        line = Line(Kind.LEAD, side, period, report, last.get(side.pk), said, why, hidden)
        line.closed, line.filed_as = is_closed, filed_as
        lines.append(line)
    return lines


def _judged(
    side: Responsibility,
    period: Period,
    report: ProgressReport | None,
    today: datetime.date,
    closed: bool,
) -> tuple[str, ReportKind]:
    """Why nothing may be written, if so, and as what the report would be filed."""
    if report is not None and not report.is_editable:
        words = {"state": report.get_state_display()}
        why = _("本季度进展%(state)s，不能修改。") % words
        what = _("这一行请改回下载时的内容；需要更正的，请协调办公室退回后再填。")
        return why + what, ReportKind.REGULAR
    try:
        return "", periods.kind_of(side, period, today, closed=closed)
    except ValidationError as error:
        why = "".join(error.messages)
        what = _("这一行请改回下载时的内容；确需填报的，请与协调办公室联系。")
        return why + what, ReportKind.REGULAR


def _helped(
    known: Mapping[int, Period],
    quarter: Quarter,
    user: User,
    today: datetime.date,
    units: Collection[int],
) -> list[Line]:
    chosen = (
        _sides("assignment.view", user, known, units)
        .filter(role=Role.COOPERATING)
        .exclude(contributions.helps_nobody())
    )
    ids = _ids(chosen)
    # Plans, units and places are few: each is read, and made an object, once.
    few = chosen.select_related("task").prefetch_related("task__plan", "unit", "side")
    rows = policy.scope(user, "contribution.view").filter(
        responsibility__in=ids, period__in=known.values()
    )
    stored = {row.responsibility_id: row for row in rows}
    leads, last = _leads_of(ids), _last_told(ids, user, quarter)
    lines = []
    for side in few.only(*SHOWN):
        period, row = known[side.task.plan_id], stored.get(side.pk)
        why = _why_not(side, period, row, today)
        said: dict[str, Said] = {"text": row.text if row else ""}
        lines.append(
            Line(
                Kind.PART,
                side,
                period,
                row,
                last.get(side.pk),
                said,
                why,
                leads=leads.get(side.task_id, ""),
                closed=period.closed_on is not None,
            )
        )
    return lines


def _why_not(
    side: Responsibility, period: Period, row: Contribution | None, today: datetime.date
) -> str:
    """Why nothing of a part may be written, and what to do; empty where it may."""
    if row is not None and row.state not in contributions.EDITABLE:
        words = {"state": ContributionState(row.state).label}
        why = _("配合情况%(state)s，不能修改。") % words
        return why + _("这一行请改回下载时的内容；需要更正的，请先撤回，或请牵头单位退回。")
    why = contributions.why_not(side, period, today)
    return why + _("这一行请改回下载时的内容。") if why else ""


def _ids(rows: QuerySet[Responsibility]) -> Ids:
    """The same rows within another query."""
    found: Ids = rows.order_by().values("pk")
    return found


def _leads_of(sides: Ids) -> dict[int, str]:
    """Who leads each of the tasks, in words."""
    rows = Responsibility.objects.leads().filter(task__responsibilities__in=sides)
    names: dict[int, list[str]] = defaultdict(list)
    for task, name in (
        rows.order_by("task", "order").distinct().values_list("task_id", "unit__name")
    ):
        names[task].append(name)
    return {task: listed(found) for task, found in names.items()}


def _last_told(sides: Ids, user: User, quarter: Quarter) -> dict[int, Contribution]:
    """What each unit told the quarter before."""
    before = quarter.previous
    rows = policy.scope(user, "contribution.view").filter(
        responsibility__in=sides, period__year=before.year, period__quarter=before.number
    )
    return {row.responsibility_id: row for row in rows}
