"""Letters that wait: for the unit to be signed for, for the office to be answered."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from tasks import policy
from tasks.states import UrgeState
from units.models import User
from units.standing import standing


@dataclass(frozen=True)
class Waiting:
    """How many the unit is to sign for, and the first day by which it is to answer.

    Of what the person's office sent: how many nobody has signed for, and how many of those not
    answered are past their day.
    """

    to_sign: int
    answer_by: datetime.date | None
    urged: int  # of those to sign for: of the own side, the rest are asked
    unsigned: int
    late: int


def waiting_for(user: User, today: datetime.date) -> Waiting | None:
    """None for who has no part in any. One query."""
    who = standing(user)
    if not (who.units or who.offices):
        return None
    own = Q(unit__in=who.units, state=UrgeState.SENT)
    sent = Q(urge__office__in=who.offices)
    found = (
        policy.scope(user, "urge.view")
        .order_by()
        .aggregate(
            to_sign=Count("pk", filter=own),
            answer_by=Min("urge__answer_by", filter=own),
            urged=Count("pk", filter=own & Q(kind="urge")),
            unsigned=Count("pk", filter=sent & Q(state=UrgeState.SENT)),
            late=Count(
                "pk",
                filter=sent & ~Q(state=UrgeState.ANSWERED) & Q(urge__answer_by__lt=today),
            ),
        )
    )
    return Waiting(**found)
