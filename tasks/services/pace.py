"""How fast a channel is used: so many a minute, and a rest when it is away.

Kept in Redis, which may lose it: then something goes out a little sooner, and nothing is lost.
"""

import datetime
from typing import Protocol

from django.conf import settings

from tasks.services.digests import a_minute
from tracker.lib import budget

TROUBLES = 3  # of a channel in a minute; then it rests, and keeps no worker waiting
REST = datetime.timedelta(seconds=settings.DELIVERY_REST_SECONDS)


class Sent(Protocol):
    """A message as far as its channel matters: a digest, a report's mail."""

    @property
    def channel(self) -> str:
        """The channel's key."""

    @property
    def robot_id(self) -> int | None:
        """Of a robot's message, which."""


def held(digest: Sent, *, now: datetime.datetime) -> str:
    """Why the message may not go out this minute; empty, and counted, where it may."""
    if budget.rests(_place(digest), now=now):
        return "resting"
    limit = a_minute(digest.channel)
    return "over_rate" if budget.spend(f"channel:{digest.channel}", limit=limit, now=now) else ""


def trouble(digest: Sent, *, now: datetime.datetime) -> None:
    """The channel was away: after a few of these it rests."""
    if budget.spend(f"trouble:{_place(digest)}", limit=TROUBLES - 1, now=now):
        budget.rest(_place(digest), until=now + REST)


def _place(digest: Sent) -> str:
    """What is away together: a channel, but of robots each alone."""
    return f"channel:{digest.channel}:{digest.robot_id or ''}"
