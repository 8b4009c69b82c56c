"""Writing notices and the day's mails as rows; nothing is sent here."""

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import connection, transaction

from tasks.models import Digest, Notice
from tracker.lib.doorbell import ring
from units.services import audit

MAKING = 7_301_205  # the key of the advisory lock
BATCH = 2000
SWEEP = "tasks.jobs.sweep_digests"


@dataclass(frozen=True)
class Made:
    """What a run made."""

    notices: int = 0
    people: int = 0
    digests: int = 0


def one_at_a_time() -> None:
    """Wait until no other transaction makes notices. The unique key stands guard all the same.

    A statement of its own: what is read after it sees what the other has committed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])


@transaction.atomic
def write(notices: Sequence[Notice], *, today: datetime.date, now: datetime.datetime) -> Made:
    """Store new notices, and one mail a person and day for what waits; ring the delivery."""
    Notice.objects.bulk_create(notices, batch_size=BATCH, ignore_conflicts=True)
    waiting = (
        Notice.objects.queued()
        .filter(digest=None, made_on__lte=today)
        .order_by("recipient_id")
        .values_list("recipient_id", flat=True)
        .distinct()
    )
    known = set(Digest.objects.filter(day=today).values_list("recipient_id", flat=True))
    digests = [
        Digest(recipient_id=person, day=today, run_after=now)
        for person in waiting
        if person not in known
    ]
    Digest.objects.bulk_create(digests, batch_size=BATCH, ignore_conflicts=True)
    made = Made(len(notices), len({n.recipient_id for n in notices}), len(digests))
    if notices or digests:
        audit.record("notice.make", None, by=None, after={"day": today, **asdict(made)})
        ring(SWEEP)
    return made
