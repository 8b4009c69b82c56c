"""An office's desk as a whole: made once, shown by the page and told by the API."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q

from tasks import policy
from tasks.models import Period, PlanSide
from tasks.models.assignments import with_changed
from tasks.services import changes
from tasks.services.changes import Change
from tasks.services.desk.office import SIDES_SHOWN, overviews, own_sides
from tasks.services.desk.office_rows import SideOverview
from tasks.services.periods import closed_sides
from tasks.states import ENDED_STATES, PlanStatus
from tracker.lib.workdays import SHANGHAI, Quarter, workdays_between
from units.models import User

CLOSABLE_SHOWN = 20  # quarters; only a superuser has as many


@dataclass(frozen=True)
class Queue:
    """What waits for the person's review: since when, and for how many working days, the oldest."""

    number: int
    since: datetime.date | None
    workdays: int


@dataclass(frozen=True)
class HandedOut:
    """交办 of the person's sides: what is still to be done, counted as on its page."""

    new: int
    unsigned: int
    late: int  # of these, past the day by which to sign
    changed: int

    @property
    def is_done(self) -> bool:
        """Nothing is left to be done."""
        return not (self.new or self.unsigned or self.changed)


@dataclass(frozen=True)
class Closable:
    """A quarter whose grace is over, and a side of it that its office has not closed yet."""

    side: PlanSide
    period: Period


@dataclass(frozen=True)
class OfficeDesk:
    """Everything that an office has before it on a day."""

    sides: list[SideOverview]
    sides_more: int
    queue: Queue
    handed_out: HandedOut | None  # None of who only reads
    endings: int  # claims that wait for the person's decision
    extensions: int  # requests for a later date that wait for it
    milestones: int  # milestones, proposed or claimed as met
    closable: list[Closable]  # quarters that the person's offices may close, oldest first
    since: datetime.date
    changes: list[Change]


def office_desk(
    user: User, today: datetime.date, *, quarter: Quarter | None, since: datetime.date
) -> OfficeDesk:
    """The sides in the quarter, else in the open one; what changed since the day."""
    own = own_sides(user)
    sides = own[:SIDES_SHOWN]
    return OfficeDesk(
        sides=overviews(sides, today, quarter),
        sides_more=len(own) - len(sides),
        queue=queue_of(user, today),
        handed_out=handed_out(user, today) if policy.scope(user, "side.edit").exists() else None,
        endings=policy.scope(user, "ending.decide").count(),
        extensions=policy.scope(user, "extension.decide").count(),
        milestones=policy.scope(user, "milestone.decide").count(),
        closable=closable_of(user, today),
        since=since,
        changes=changes.changes(sides, since, today),
    )


def queue_of(user: User, today: datetime.date) -> Queue:
    """What waits for the person's review."""
    found = policy.scope(user, "report.review").aggregate(n=Count("pk"), oldest=Min("submitted_at"))
    since = found["oldest"].astimezone(SHANGHAI).date() if found["oldest"] else None
    return Queue(found["n"], since, workdays_between(since, today) if since else 0)


def closable_of(user: User, today: datetime.date) -> list[Closable]:
    """The quarters that are past their grace and still open on sides that the person closes."""
    mine: Any = policy.scope(user, "period.close")
    over = Period.objects.is_open(today).filter(
        grace_until__lt=today, plan__in=mine.order_by().values("plan")
    )
    periods = list(over.select_related("plan").order_by("year", "quarter", "plan")[:CLOSABLE_SHOWN])
    closed = closed_sides(periods)
    sides: dict[int, list[PlanSide]] = defaultdict(list)
    for side in mine.filter(plan__in={one.plan_id for one in periods}).select_related(
        "jurisdiction"
    ):
        sides[side.plan_id].append(side)
    return [
        Closable(side, period)
        for period in periods
        for side in sides[period.plan_id]
        if (period.pk, side.jurisdiction_id) not in closed
    ]


def handed_out(user: User, today: datetime.date) -> HandedOut:
    """Counts as those of the page of 交办. One query."""
    rows = policy.scope(user, "assignment.view").filter(task__plan__status=PlanStatus.ISSUED)
    mine = Q(pk__in=policy.scope(user, "duty.edit").values("pk"))
    unsigned = Q(assignment__isnull=False, assignment__signed_at=None)
    found = with_changed(rows).aggregate(
        new=Count("pk", filter=mine & Q(assignment=None) & ~Q(state__in=ENDED_STATES)),
        unsigned=Count("pk", filter=unsigned),
        late=Count("pk", filter=unsigned & Q(assignment__sign_by__lt=today)),
        changed=Count("pk", filter=mine & Q(changed_since=True)),
    )
    return HandedOut(**found)
