"""《关于报送…进展情况的函》: what a unit writes to its office about one quarter."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from tasks.models import Period, PlanSide, ProgressReport, Responsibility
from tasks.states import ENDED_STATES, Role
from tracker.lib.text import listed
from units.models import Unit, User
from units.services import audit
from units.states import NameKind


@dataclass(frozen=True)
class Row:
    """A task of the unit with what it reports, perhaps nothing yet."""

    side: Responsibility
    helpers: list[str]
    report: ProgressReport | None


@dataclass(frozen=True)
class Letter:
    """What stands in the letter; `office` is the 主送."""

    unit: Unit
    name: str
    period: Period
    office: str
    rows: list[Row]
    liaison: str
    phone: str

    @property
    def filled(self) -> list[Row]:
        """Those that say something."""
        return [row for row in self.rows if row.report is not None]


def letter_of(unit: Unit, period: Period) -> Letter | None:
    """The unit's letter about a quarter of a plan; None where it leads nothing there.

    What has ended stands in it only where it was reported in the quarter.
    """
    told = ProgressReport.objects.filter(responsibility=OuterRef("pk"), period=period)
    leads = Responsibility.objects.leads().filter(unit=unit, task__plan=period.plan_id)
    leads = leads.filter(~Q(state__in=ENDED_STATES) | Exists(told))
    sides = list(leads.select_related("task__plan", "unit", "side").order_by("task__number"))
    if not sides:
        return None
    reports = {
        report.responsibility_id: report
        for report in ProgressReport.objects.filter(responsibility__in=sides, period=period)
    }
    helpers = _helpers(sides)
    contact = next((side for side in sides if side.liaison or side.phone), sides[0])
    return Letter(
        unit=unit,
        name=_full_name(unit, period.due_on),
        period=period,
        office=_office(sides),
        rows=[Row(side, helpers[side.pk], reports.get(side.pk)) for side in sides],
        liaison=contact.liaison,
        phone=contact.phone,
    )


def _helpers(sides: list[Responsibility]) -> dict[int, list[str]]:
    """The cooperating units of each lead's side, and those of no side."""
    rows = Responsibility.objects.filter(
        task__in={side.task_id for side in sides}, role=Role.COOPERATING
    ).select_related("unit")
    every = list(rows.order_by("order"))
    return {
        side.pk: [
            row.unit.name
            for row in every
            if row.task_id == side.task_id and row.side_id in {side.side_id, None}
        ]
        for side in sides
    }


def _office(sides: list[Responsibility]) -> str:
    """The offices that coordinate them."""
    places = {side.side_id for side in sides}
    found = PlanSide.objects.filter(plan=sides[0].task.plan_id)
    if places != {None}:
        found = found.filter(jurisdiction__in=places)
    return listed(row.office.name for row in found.select_related("office"))


def _full_name(unit: Unit, day: datetime.date) -> str:
    """The official name on the day, else the working one."""
    held = Q(valid_from=None) | Q(valid_from__lte=day)
    held &= Q(valid_until=None) | Q(valid_until__gte=day)
    name = unit.names.filter(held, kind=NameKind.FULL).first()
    return name.name if name else unit.name


def record_download(letter: Letter, *, by: User, file: str) -> None:
    """Each taking is on record."""
    audit.record(
        "letter.download", letter.unit, by=by, after={"file": file, "quarter": letter.period}
    )
