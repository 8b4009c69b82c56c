"""Findings that wait for somebody: on the desk of the unit, of the office, of the inspector."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from tasks import policy
from tasks.states import FINDING_OPEN, FindingState, OfficeAnswer
from units.models import Jurisdiction, User, codes_below
from units.policy import standing

PROPOSED = Q(office_answer=OfficeAnswer.WAITING) & ~Q(state=FindingState.WITHDRAWN)
JUDGED = (FindingState.CONTESTED, FindingState.ANSWERED)


@dataclass(frozen=True)
class Waiting:
    """How many the unit is to answer, the office to decide, the inspector to judge."""

    to_answer: int
    due_on: datetime.date | None
    to_decide: int
    decide_by: datetime.date | None
    to_judge: int
    going_on: int


def waiting_for(user: User) -> Waiting | None:
    """None for who has no part in any. One query."""
    who = standing(user)
    if not (who.units or who.offices or who.inspected):
        return None
    own = Q(responsibility__unit__in=who.units, state=FindingState.ISSUED)
    inspected = Q(pk__in=[])
    if who.inspected:
        places = Jurisdiction.objects.filter(codes_below(who.inspected))
        inspected = Q(responsibility__side__in=places)
    decided = PROPOSED & Q(pk__in=policy.scope(user, "finding.decide").values("pk"))
    found = (
        policy.scope(user, "finding.view")
        .order_by()
        .aggregate(
            to_answer=Count("pk", filter=own),
            due_on=Min("due_on", filter=own),
            to_decide=Count("pk", filter=decided),
            decide_by=Min("office_due_on", filter=decided),
            to_judge=Count("pk", filter=inspected & Q(state__in=JUDGED)),
            going_on=Count("pk", filter=inspected & Q(state__in=FINDING_OPEN)),
        )
    )
    return Waiting(**found)
