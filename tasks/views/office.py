"""The coordinator's part of the workbench."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tasks.models import Period
from tasks.services import changes
from tasks.services.changes import Change, Kind
from tasks.services.desk import own_sides
from tasks.services.desk.office_desk import office_desk
from tracker.lib.workdays import Quarter, missing_years
from units import policy as people
from units.models import User

CHANGES_SHOWN = 10


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
    quarter, problem = quarter_asked(request.GET.get("quarter", ""), user)
    since, wrong_day = changes.day_asked(request.GET.get("since", ""), today)
    desk = office_desk(user, today, quarter=quarter, since=since)
    missing = missing_years(today)
    return {
        "office": desk,
        "missing_years": missing,
        "keeps_calendar": bool(missing) and people.edits_calendar(user),
        "overviews": desk.sides,
        "waiting": desk.queue.number,
        "queue": desk.queue,
        "since": desk.since,
        "quarter": quarter,
        "changed": by_kind(desk.changes),
        "problems": [sentence for sentence in (problem, wrong_day) if sentence],
    }


def quarter_asked(text: str, user: User) -> tuple[Quarter | None, str]:
    """The quarter that the text names, and a sentence where it cannot be taken."""
    if not text.strip():
        return None, ""
    try:
        quarter = Quarter.parse(text)
    except ValueError as error:
        return None, str(error)
    plans = [side.plan_id for side in own_sides(user)]
    if not Period.objects.of(quarter).filter(plan__in=plans).exists():
        return None, _("没有%(period)s的填报期，请另选季度。") % {"period": quarter.label}
    return quarter, ""


def by_kind(found: list[Change]) -> list[Changed]:
    """In the order of the kinds; only those that there are."""
    grouped: dict[Kind, list[Change]] = defaultdict(list)
    for change in found:
        grouped[change.kind].append(change)
    return [
        Changed(kind, some[:CHANGES_SHOWN], some[CHANGES_SHOWN:]) for kind, some in grouped.items()
    ]
