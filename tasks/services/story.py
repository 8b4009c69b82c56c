"""What a task's page and the API tell of one task beyond its row in the lists."""

import datetime
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import ProgressReport, Responsibility, Task
from tasks.models.schedule import expected_of
from tasks.services import contacts
from tasks.services.quarter_stories import QuarterStory, Telling, quarters_of, reports_in
from tasks.states import ReportState, Role
from tracker.lib.charts import Chart, Series, Tone
from tracker.lib.text import listed
from tracker.lib.workdays import Quarter, quarter_of
from units.models import User

__all__ = [
    "Contact",
    "Point",
    "QuarterStory",
    "Telling",
    "contacts_of",
    "dial_of",
    "quarters_of",
    "reports_in",
    "reports_of",
    "schedule",
    "schedule_charts",
]

FULL = 100
MOST_QUARTERS = 60  # fifteen years; of a longer story the newest
FAR = datetime.timedelta(days=2740)  # a date as far off as 2060 leaves room for what has been
TONES: tuple[Tone, ...] = ("ink", "ink-2", "ink-3")  # told apart by their points and names
# A number, perhaps with its area in brackets, up to an extension (转) or a second number.
DIALLED = re.compile(r"\+?\(?\d[\d()\s-]{3,}\d")


def reports_of(user: User, task: Task) -> list[ProgressReport]:
    """The reports of the task that the person may read, newest quarter first."""
    rows = policy.scope(user, "report.view").filter(responsibility__task=task)
    people = ("filled_by", "submitted_by", "reviewed_by")
    return list(
        rows.select_related("period", *people).order_by("-period__year", "-period__quarter")
    )


# --- schedule against progress ---------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """A quarter's end: 序时进度 and the approved percent, by the id of the side."""

    quarter: Quarter
    expected: dict[int, int | None]
    percent: dict[int, int | None]


def schedule(
    task: Task,
    sides: Sequence[Responsibility],
    reports: Iterable[ProgressReport],
    today: datetime.date,
) -> list[Point]:
    """From the first quarter told of to the last date in force, the present one at the least.

    A far date is not drawn to its end. `reports` are those told in the quarters: of a closed one
    as it was kept.
    """
    approved = {
        (report.responsibility_id, report.period.as_quarter): report.percent
        for report in reports
        if report.state == ReportState.APPROVED
    }
    if task.plan.is_reference or not sides:
        return []
    dates = [side.due_on_in_force for side in sides if side.due_on_in_force]
    present = quarter_of(today)
    last = quarter_of(min(max([today, *dates]), today + FAR))
    firsts = [quarter for _side, quarter in approved]
    if task.plan.first_quarter:
        firsts.append(task.plan.first_quarter)
    points: list[Point] = []
    quarter = min([present, *firsts])
    while quarter <= last:
        points.append(
            Point(
                quarter,
                {side.pk: _expected(side, quarter) for side in sides},
                {side.pk: approved.get((side.pk, quarter)) for side in sides},
            )
        )
        quarter = quarter.next
    return points[-MOST_QUARTERS:]


def _expected(side: Responsibility, quarter: Quarter) -> int | None:
    expected = expected_of(side, quarter.last_day)
    if expected is None or (expected.step and expected.step.due_on > quarter.last_day):
        return None  # nothing was promised for a quarter before the first milestone
    return expected.percent


def schedule_charts(points: Sequence[Point], sides: Sequence[Responsibility]) -> list[Chart]:
    """Approved percents as lines, 序时进度 dashed: in one chart, or one a side where dates differ.

    None for a side of which nothing has been approved.
    """
    shown = [side for side in sides if any(p.percent[side.pk] is not None for p in points)]
    by_path: dict[tuple[int | None, ...], list[Responsibility]] = defaultdict(list)
    for side in shown:
        by_path[tuple(p.expected[side.pk] for p in points)].append(side)
    title = _("完成进度与序时进度")
    if len(by_path) < 2:
        names = [_name(side) for side in shown] if len(shown) > 1 else [_("完成进度")]
        return [_chart(title, points, some, names) for some in by_path.values()]
    charts = []
    for some in by_path.values():
        words = {"sides": listed(map(_name, some)), "title": title}
        names = [_name(side) for side in some] if len(some) > 1 else [_("完成进度")]
        charts.append(_chart(_("%(sides)s：%(title)s") % words, _own(points, some), some, names))
    return charts


def _own(points: Sequence[Point], sides: Sequence[Responsibility]) -> Sequence[Point]:
    """Less the quarters after these sides' date, of which nothing is told."""
    end = len(points)
    while end > 1 and points[end - 2].expected[sides[0].pk] == FULL:
        if any(points[end - 1].percent[side.pk] is not None for side in sides):
            break
        end -= 1
    return points[:end]


def _chart(
    title: str, points: Sequence[Point], sides: Sequence[Responsibility], names: Sequence[str]
) -> Chart:
    lines = [
        Series(name, tuple(p.percent[side.pk] for p in points), tone)
        for side, name, tone in zip(sides, names, TONES * len(sides), strict=False)
    ]
    path = tuple(p.expected[sides[0].pk] for p in points)
    if any(value is not None for value in path):
        lines.append(Series(_("序时进度"), path, "grey", dashed=True))
    return Chart(
        kind="line",
        title=title,
        categories=tuple(point.quarter.label for point in points),
        series=tuple(lines),
        unit="%",
        maximum=FULL,
        head=_("季度"),
    )


def _name(side: Responsibility) -> str:
    return str(side.side or side.unit)


# --- people to call --------------------------------------------------------------------------


@dataclass(frozen=True)
class Contact:
    """Whom to call for one responsibility.

    `phone` is masked for who may read names and not call; `dial` is what a telephone takes.
    """

    duty: Responsibility
    phone: str
    dial: str


def contacts_of(user: User, task: Task) -> list[Contact] | None:
    """Leads first, where anything is entered; None for who may read no contact of the task."""
    rows = policy.scope(user, "contact.view").filter(task=task)
    readable = sorted(
        rows.select_related("unit", "side"), key=lambda duty: (duty.role != Role.LEAD, duty.order)
    )
    if not readable:
        return None
    whole = set(policy.scope(user, "contact.call").filter(task=task).values_list("pk", flat=True))
    return [
        Contact(
            duty,
            duty.phone if duty.pk in whole else contacts.masked(duty.phone),
            dial_of(duty.phone) if duty.pk in whole else "",
        )
        for duty in readable
        if any(getattr(duty, name) for name in contacts.FIELDS)
    ]


def dial_of(phone: str) -> str:
    """The digits of the first number in `phone`; empty where there is none."""
    text = unicodedata.normalize("NFKC", phone)
    match = DIALLED.search(text)
    return re.sub(r"[^\d+]", "", match[0]) if match else ""
