"""How fast a channel is used: so many a minute, and a rest when it is away.

Kept in Redis, which may lose it: then something goes out a little sooner, and nothing is lost.
"""

import datetime

from django.conf import settings

from tasks.models import Digest
from tasks.services.digests import a_minute
from tracker.lib import budget

TROUBLES = 3  # of a channel in a minute; then it rests, and keeps no worker waiting
REST = datetime.timedelta(seconds=settings.DELIVERY_REST_SECONDS)


def held(digest: Digest, *, now: datetime.datetime) -> str:
    """Why the message may not go out this minute; empty, and counted, where it may."""
    if budget.rests(_place(digest), now=now):
        return "resting"
    limit = a_minute(digest.channel)
    return "over_rate" if budget.spend(f"channel:{digest.channel}", limit=limit, now=now) else ""


def trouble(digest: Digest, *, now: datetime.datetime) -> None:
    """The channel was away: after a few of these it rests."""
    if budget.spend(f"trouble:{_place(digest)}", limit=TROUBLES - 1, now=now):
        budget.rest(_place(digest), until=now + REST)


def _place(digest: Digest) -> str:
    """What is away together: a channel, but of robots each alone."""
    return f"channel:{digest.channel}:{digest.robot_id or ''}"
