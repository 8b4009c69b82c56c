"""A person's own notices: reads, and marking as read (which is no change of record)."""

import datetime

from django.db.models import Q, QuerySet

from tasks import policy
from tasks.models import Notice
from tasks.models.notices import NoticeQuerySet
from tasks.services.urging import RULE as LETTER
from tasks.states import NoticeState
from units.models import User


def notices_of(user: User) -> NoticeQuerySet:
    """All that the person was told, unread first, then newest first; a day as its mail has it.

    Letters stand first in it; rules tell in the order of their urgency.
    """
    told: NoticeQuerySet = policy.scope(user, "notice.view")  # type: ignore[assignment]  # its own
    return (
        told.exclude(state=NoticeState.DROPPED, settled=False)
        .select_related("task__plan", "unit")
        .annotate(
            was_read=Q(read_at__isnull=False) | Q(settled=True),
            is_letter=Q(rule=LETTER),
        )
        .order_by("was_read", "-made_on", "-is_letter", "id")
    )


def mark_read(notices: QuerySet[Notice], *, now: datetime.datetime) -> int:
    """Mark those that were not read yet; returns how many."""
    return notices.order_by().filter(read_at=None).update(read_at=now)
