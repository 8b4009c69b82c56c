"""That a quarter is closed and kept: the mark that stands beside its figures."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from tasks.models import Period, Snapshot

SHOWN = 8  # of the digest, where the whole would be noise


@dataclass(frozen=True)
class Seal:
    """A quarter's snapshot in force: as of which day, and the digest of what it keeps."""

    period: Period
    day: datetime.date
    digest: str

    @property
    def short(self) -> str:
        """The digest's beginning, enough to compare."""
        return self.digest[:SHOWN]


def seals_of(periods: Iterable[Period]) -> list[Seal]:
    """Of those that are closed and have a snapshot, in their order; one query more, or none."""
    closed = {period.pk: period for period in periods if period.closed_on}
    kept = Snapshot.objects.in_force().filter(period__in=closed).order_by()
    found = {row[0]: row[1:] for row in kept.values_list("period_id", "day", "digest")}
    return [Seal(period, *found[pk]) for pk, period in closed.items() if pk in found]
