"""What an operator watches of delivery: queue, age of the oldest, failures. Nothing of any text."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from tasks.models import Digest
from tasks.states import ChannelKind, DigestState

LATELY = datetime.timedelta(days=7)
OLD = datetime.timedelta(hours=6)  # what waits longer has met trouble: all attempts take less


@dataclass(frozen=True)
class Queue:
    """One channel: what waits, since when, what has failed and waits, what was given up, sent."""

    channel: ChannelKind
    waiting: int = 0
    sending: int = 0
    oldest_at: datetime.datetime | None = None
    failing: int = 0
    reason: str | None = None  # of the one that failed last and waits
    failed_at: datetime.datetime | None = None
    same_reason: int = 0  # how many of the failing failed with it
    dead: int = 0
    dead_lately: int = 0
    sent_lately: int = 0

    def is_well(self, now: datetime.datetime) -> bool:
        """Whether nothing needs an operator."""
        return not self.dead and (self.oldest_at is None or now - self.oldest_at < OLD)


def queues(*, now: datetime.datetime) -> list[Queue]:
    """All channels, in three queries."""
    waiting = Q(state__in=[DigestState.QUEUED, DigestState.SENDING])
    dead = Q(state=DigestState.DEAD)
    rows = (
        Digest.objects.order_by()
        .filter(waiting | dead | Q(sent_at__gt=now - LATELY))
        .values("channel")
        .annotate(
            waiting=Count("pk", filter=Q(state=DigestState.QUEUED)),
            sending=Count("pk", filter=Q(state=DigestState.SENDING)),
            oldest_at=Min("made_at", filter=waiting),
            failing=Count("pk", filter=waiting & ~Q(error="")),
            dead=Count("pk", filter=dead),
            dead_lately=Count("pk", filter=dead & Q(died_at__gt=now - LATELY)),
            sent_lately=Count("pk", filter=Q(state=DigestState.SENT)),
        )
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        counts = dict(row)
        found[str(counts.pop("channel"))] = counts
    failing = Digest.objects.filter(waiting).exclude(error="")
    for kind, reason in _newest(failing).items():
        found.setdefault(kind, {}).update(reason)
    return [Queue(kind, **found.get(kind.value, {})) for kind in ChannelKind]


def _newest(failing: QuerySet[Digest]) -> dict[str, dict[str, Any]]:
    """By channel: what the one that failed last failed with, when, and how many with the same."""
    last = failing.order_by("channel", F("failed_at").desc(nulls_last=True), "-pk")
    newest = list(last.distinct("channel").values_list("channel", "error", "failed_at"))
    if not newest:
        return {}
    same = Q()
    for channel, error, _at in newest:
        same |= Q(channel=channel, error=error)
    rows = failing.filter(same).order_by().values("channel").annotate(number=Count("pk"))
    numbers = {str(row["channel"]): row["number"] for row in rows}
    return {
        channel: {"reason": error, "failed_at": at, "same_reason": numbers.get(channel, 0)}
        for channel, error, at in newest
    }


def with_names(rows: QuerySet[Digest]) -> QuerySet[Digest]:
    """The newest first, with whom they are for."""
    return rows.select_related("recipient", "robot__office").order_by("-died_at", "-pk")
