"""Who reviews what is entered of an indicator, and what of one's own waits for others."""

import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from tasks import policy
from tasks.models import Observation
from tasks.states import ObservationState
from units.models import Jurisdiction, User


def others_reviewing(
    plan: int, side: Jurisdiction | None, *, but: User, on: datetime.date
) -> list[User]:
    """Who besides the person reviews figures of this side."""
    people = policy.reviewers_of(plan, side.pk if side else None, on=on)
    return [one for one in people if one.pk != but.pk]


def waiting_for_others(user: User) -> QuerySet[Observation]:
    """What waits on the person's own sides, but not for the person, who had a part in it."""
    seen: QuerySet[Observation] = policy.scope(user, "observation.view")
    mine = policy.scope(user, "side.edit").filter(
        plan=OuterRef("target__plan"), jurisdiction=OuterRef("side")
    )
    filed = Q(filled_by=user) | Q(submitted_by=user)
    return seen.filter(filed, Exists(mine), state=ObservationState.SUBMITTED)
