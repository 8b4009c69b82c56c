"""What is late, of all kinds: 逾期, 期满未办结, 未报, 退回未重报; by how long it has been so.

The sets are of lead rows. Those of reports have a row for each report that is due, with
`filing_due`, `filing_year` and `filing_quarter`.
"""

import datetime
from typing import Any

from django.db import models
from django.db.models import (
    Case,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from tasks.models import ProgressReport, Responsibility
from tasks.states import DONE_STATES, MENDING_STATES, PeriodState, PlanStatus, ReportState
from tracker.lib.workdays import ONE_DAY, Quarter, add_workdays

HAS_OWN_DATE = Q(due_on__isnull=False) | Q(task__due_on__isnull=False)


class LateKind(models.TextChoices):
    """Apart everywhere. The first two are lights; the others are told to who may know filings."""

    OVERDUE = "overdue", _("逾期")
    EXPIRED = "expired", _("期满未办结")
    MISSING = "missing", _("进展未报")
    RETURNED = "returned", _("退回未重报")


FILING_KINDS = (LateKind.MISSING, LateKind.RETURNED)


class Band(models.TextChoices):
    """Working days since the date; a date that no working day has followed is in the first."""

    WEEK = "7", _("7个工作日以内")
    MONTH = "30", _("8—30个工作日")
    QUARTER = "90", _("31—90个工作日")
    LONG = "over", _("90个工作日以上")


def edges(today: datetime.date) -> dict[Band, tuple[datetime.date | None, datetime.date]]:
    """From which date to which a band goes; the last has no beginning."""
    found: dict[Band, tuple[datetime.date | None, datetime.date]] = {}
    last = today - ONE_DAY
    for band in Band:
        if band == Band.LONG:
            found[band] = (None, last)
            break
        # The earliest day with so many working days after it, up to and with today.
        first = add_workdays(today + ONE_DAY, -(int(band.value) + 1))
        found[band] = (first, last)
        last = first - ONE_DAY
    return found


def band_of(field: str, today: datetime.date) -> Case:
    """The band of a date, by its place in `Band`."""
    firsts = [(n, edge[0]) for n, edge in enumerate(edges(today).values())]
    return Case(
        *(When(**{f"{field}__gte": first}, then=Value(n)) for n, first in firsts if first),
        default=Value(len(firsts) - 1),
        output_field=IntegerField(),
    )


def in_band(sides: Any, band: str, today: datetime.date, field: str = "due") -> Any:
    """Those whose date lies in the band."""
    first, last = edges(today)[Band(band)]
    sides = sides.filter(**{f"{field}__lte": last})
    return sides.filter(**{f"{field}__gte": first}) if first else sides


def date_of(kind: LateKind) -> str:
    """The annotation that holds the date from which lateness counts."""
    return "filing_due" if kind in FILING_KINDS else "due"


def of_kind(kind: LateKind, today: datetime.date) -> Any:
    """All rows of the kind; nothing is said here about who may see them."""
    match kind:
        case LateKind.OVERDUE:
            return Responsibility.objects.overdue(today)
        case LateKind.EXPIRED:
            return Responsibility.objects.expired(today)
        case LateKind.MISSING:
            return missing(today)
    return returned(today)


def missing(today: datetime.date) -> Any:
    """未报: past the quarter's day, and never handed in; while the quarter is open."""
    asked = Q(
        task__plan__periods__state=PeriodState.OPEN,
        task__plan__periods__opens_on__lte=today,
        task__plan__periods__due_on__lt=today,
    )
    handed_in = (
        ProgressReport.objects.filter(responsibility=OuterRef("pk"), period=OuterRef("asked__pk"))
        .exclude(state__in=MENDING_STATES, redo_by=None)
        .values("pk")
    )
    rows: Any = Responsibility.objects.open().annotate(
        asked=FilteredRelation("task__plan__periods", condition=asked)
    )
    return rows.filter(~Exists(handed_in), asked__isnull=False).annotate(
        filing_due=F("asked__due_on"),
        filing_year=F("asked__year"),
        filing_quarter=F("asked__quarter"),
    )


def returned(today: datetime.date) -> Any:
    """退回未重报: past the day by which it was to be handed in again; while the quarter is open."""
    back = Q(reports__redo_by__lt=today) & Q(
        reports__state__in=(ReportState.RETURNED, *MENDING_STATES)
    )
    rows: Any = Responsibility.objects.leads().annotate(
        back=FilteredRelation("reports", condition=back)
    )
    return rows.filter(back__isnull=False, back__period__state=PeriodState.OPEN).annotate(
        filing_due=F("back__redo_by"),
        filing_year=F("back__period__year"),
        filing_quarter=F("back__period__quarter"),
    )


def quarter_of_row(side: Any) -> Quarter:
    """The quarter of a row of `missing` or `returned`."""
    return Quarter(side.filing_year, side.filing_quarter)


def late_then(day: datetime.date) -> Q:
    """Late on an earlier day, of rows with `due`; by the dates now in force."""
    done = Q(state__in=DONE_STATES) & (Q(state_since=None) | Q(state_since__lte=day))
    return Q(due__lt=day, task__plan__status=PlanStatus.ISSUED) & ~done
