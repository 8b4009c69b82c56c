"""What is late, of all kinds: sides of tasks, milestones, reports, findings; by how long.

The sets are of lead rows. Those of reports have a row for each report that is due, with
`filing_due`, `filing_year` and `filing_quarter`; those of milestones and findings one for each,
with `item`, `item_due`, `item_first` and `item_title`.
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

from tasks import policy
from tasks.models import PeriodSide, ProgressReport, Responsibility
from tasks.states import (
    DONE_STATES,
    MENDING_STATES,
    MILESTONE_OPEN,
    FindingState,
    OfficeAnswer,
    PeriodState,
    PlanStatus,
    ReportState,
)
from tracker.lib.workdays import ONE_DAY, Quarter, add_workdays
from units.models import User

HAS_OWN_DATE = Q(due_on__isnull=False) | Q(task__due_on__isnull=False)


class LateKind(models.TextChoices):
    """Apart everywhere. The first two are lights; confirmed milestones are told to everyone.

    The others are told to who may know what is handed in: reports and findings.
    """

    OVERDUE = "overdue", _("逾期")
    EXPIRED = "expired", _("期满未办结")
    MILESTONE = "milestone", _("节点逾期")
    MISSING = "missing", _("进展未报")
    RETURNED = "returned", _("退回未重报")
    FINDING = "finding", _("督查整改逾期")
    PROPOSAL = "proposal", _("撤销未答复")


TASK_KINDS = (LateKind.OVERDUE, LateKind.EXPIRED)
FILING_KINDS = (LateKind.MISSING, LateKind.RETURNED)
FINDING_KINDS = (LateKind.FINDING, LateKind.PROPOSAL)
ITEM_KINDS = (LateKind.MILESTONE, *FINDING_KINDS)
# Not told to everyone.
CLOSE_KINDS = (*FILING_KINDS, *FINDING_KINDS)


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
    if kind in ITEM_KINDS:
        return "item_due"
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
        case LateKind.RETURNED:
            return returned(today)
        case LateKind.MILESTONE:
            return milestones(today)
    return findings(kind, today)


def known_to(user: User, kind: LateKind, rows: Any) -> Any:
    """Of rows of the kind those of which the person may know."""
    if kind not in CLOSE_KINDS:
        return rows
    return rows.filter(pk__in=policy.scope(user, "handed_in.view").values("pk"))


def milestones(today: datetime.date) -> Any:
    """节点逾期: confirmed milestones past their day and not met, of sides that go on."""
    late = Q(milestones__state__in=MILESTONE_OPEN, milestones__due_on__lt=today)
    rows: Any = Responsibility.objects.leads().exclude(state__in=DONE_STATES)
    rows = rows.filter(task__plan__status=PlanStatus.ISSUED)
    return (
        rows.annotate(point=FilteredRelation("milestones", condition=late))
        .filter(point__isnull=False)
        .annotate(
            item=F("point__pk"),
            item_due=F("point__due_on"),
            item_first=F("point__due_on"),
            item_title=F("point__title"),
        )
    )


def findings(kind: LateKind, today: datetime.date) -> Any:
    """督查整改逾期: to be put right by the unit; or a proposal that its office has not answered."""
    if kind == LateKind.FINDING:
        late = Q(findings__state=FindingState.ISSUED, findings__due_on__lt=today)
        due, first = F("found__due_on"), F("found__first_due_on")
    else:
        late = Q(findings__office_answer=OfficeAnswer.WAITING, findings__office_due_on__lt=today)
        late &= ~Q(findings__state=FindingState.WITHDRAWN)
        due = first = F("found__office_due_on")
    rows: Any = Responsibility.objects.leads()
    return (
        rows.annotate(found=FilteredRelation("findings", condition=late))
        .filter(found__isnull=False)
        .annotate(
            item=F("found__pk"),
            item_due=due,
            item_first=first,
            item_title=F("found__problem"),
            item_year=F("found__year"),
            item_number=F("found__number"),
        )
    )


def _closed_for_its_side(period: str) -> Exists:
    """The row's side has been closed by its own office, others perhaps not yet."""
    return Exists(
        PeriodSide.objects.filter(
            period=OuterRef(period), side=OuterRef("side"), closed_at__isnull=False
        )
    )


def missing(today: datetime.date, *, also_due: bool = False) -> Any:
    """未报: past the quarter's day, and never handed in; while its side of the quarter is open.

    `also_due` has those whose day is still to come, too.
    """
    asked = Q(
        task__plan__periods__state=PeriodState.OPEN,
        task__plan__periods__opens_on__lte=today,
    )
    if not also_due:
        asked &= Q(task__plan__periods__due_on__lt=today)
    handed_in = (
        ProgressReport.objects.filter(responsibility=OuterRef("pk"), period=OuterRef("asked__pk"))
        .exclude(state__in=MENDING_STATES, redo_by=None)
        .values("pk")
    )
    rows: Any = Responsibility.objects.open().annotate(
        asked=FilteredRelation("task__plan__periods", condition=asked)
    )
    # One filter: another one would ask of another quarter.
    closed = _closed_for_its_side("asked__pk")
    return rows.filter(~Exists(handed_in), ~closed, asked__isnull=False).annotate(
        filing_due=F("asked__due_on"),
        filing_first=F("asked__due_on"),
        filing_grace=F("asked__grace_until"),
        filing_year=F("asked__year"),
        filing_quarter=F("asked__quarter"),
    )


def returned(today: datetime.date, *, also_due: bool = False) -> Any:
    """退回未重报: past the day by which it was to be handed in again; while the side is open.

    `also_due` has those whose day is still to come, too.
    """
    back = Q(reports__redo_by__isnull=False) if also_due else Q(reports__redo_by__lt=today)
    back &= Q(reports__state__in=(ReportState.RETURNED, *MENDING_STATES))
    rows: Any = Responsibility.objects.open().annotate(
        back=FilteredRelation("reports", condition=back)
    )
    closed = _closed_for_its_side("back__period_id")
    rows = rows.filter(~closed, back__isnull=False, back__period__state=PeriodState.OPEN)
    return rows.annotate(
        filing_due=F("back__redo_by"),
        filing_first=F("back__period__due_on"),
        filing_grace=F("back__period__grace_until"),
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
