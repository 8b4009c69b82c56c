"""The coordinator's part of the workbench."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Period, PlanSide
from tasks.services import changes, desk
from tasks.services.changes import Change, Kind
from tasks.services.desk.office import SIDES_SHOWN
from tracker.lib.workdays import SHANGHAI, Quarter, workdays_between
from units.models import User

CHANGES_SHOWN = 10


@dataclass(frozen=True)
class Waiting:
    """The review queue: how many, since when the oldest waits, and how many working days."""

    number: int
    since: datetime.date | None
    workdays: int


@dataclass(frozen=True)
class Changed:
    """Changes of one kind; the first few open, the rest folded."""

    kind: Kind
    first: list[Change]
    rest: list[Change]

    @property
    def number(self) -> int:
        return len(self.first) + len(self.rest)


def office_part(request: HttpRequest, user: User, today: datetime.date) -> dict[str, Any]:
    """`?quarter=` chooses the quarter, `?since=` since when changes are told."""
    own = desk.own_sides(user)
    sides = own[:SIDES_SHOWN]
    quarter, problem = quarter_asked(request.GET.get("quarter", ""), sides)
    since, wrong_day = changes.day_asked(request.GET.get("since", ""), today)
    queue = waiting(user, today)
    found = changes.changes(sides, since, today)
    return {
        "overviews": desk.overviews(sides, today, quarter),
        "sides_more": len(own) - len(sides),
        "waiting": queue.number,
        "queue": queue,
        "quarter": quarter,
        "since": since,
        "changed": by_kind(found),
        "changed_number": len(found),
        "problems": [sentence for sentence in (problem, wrong_day) if sentence],
    }


def quarter_asked(text: str, sides: list[PlanSide]) -> tuple[Quarter | None, str]:
    """The quarter that the text names, and a sentence where it cannot be taken."""
    if not text.strip():
        return None, ""
    try:
        quarter = Quarter.parse(text)
    except ValueError as error:
        return None, str(error)
    if not Period.objects.of(quarter).filter(plan__in=[side.plan_id for side in sides]).exists():
        return None, _("没有%(period)s的填报期，请另选季度。") % {"period": quarter.label}
    return quarter, ""


def waiting(user: User, today: datetime.date) -> Waiting:
    """What waits for the person's review."""
    found = policy.scope(user, "report.review").aggregate(n=Count("pk"), oldest=Min("submitted_at"))
    since = found["oldest"].astimezone(SHANGHAI).date() if found["oldest"] else None
    return Waiting(found["n"], since, workdays_between(since, today) if since else 0)


def by_kind(found: list[Change]) -> list[Changed]:
    """In the order of the kinds; only those that there are."""
    grouped: dict[Kind, list[Change]] = defaultdict(list)
    for change in found:
        grouped[change.kind].append(change)
    return [
        Changed(kind, some[:CHANGES_SHOWN], some[CHANGES_SHOWN:]) for kind, some in grouped.items()
    ]
