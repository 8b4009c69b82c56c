"""The life of a mail's row: queued → sending → sent, or queued again later, or dead.

A claim counts up `fence`; whatever an old claim still wants to write is refused by it.
"""

import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from tasks.models import Digest, Notice
from tasks.states import DigestState, NoticeState
from tracker.lib.doorbell import ring
from units.services import audit

DELIVER = "tasks.jobs.deliver_digest"
LEASE = datetime.timedelta(seconds=120)  # more than the job's hard time limit
BACKOFF_MINUTES = (1, 5, 15, 60, 240)
MAX_ATTEMPTS = 6
RUNG_AT_ONCE = 60  # a sweep every half minute: what a mail server bears
MAX_ERROR = 500


class FencedOut(Exception):
    """Another worker has taken this mail over."""


@transaction.atomic
def claim(digest_id: int, *, now: datetime.datetime) -> Digest | None:
    """Take a mail that is due, or that a dead worker left; None if it is not to be had."""
    taken = (
        Digest.objects.claimable(now)
        .filter(pk=digest_id)
        .update(
            state=DigestState.SENDING,
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
            lease_until=now + LEASE,
        )
    )
    if not taken:
        return None
    digest = Digest.objects.select_related("recipient").get(pk=digest_id)
    if digest.attempts > MAX_ATTEMPTS:  # each worker that took it died
        dead(digest, _("发送多次中断，已停止"))
        return None
    return digest


def carried(digest: Digest) -> list[Notice]:
    """The notices that this mail would carry."""
    waiting = Notice.objects.queued().filter(recipient=digest.recipient_id, made_on__lte=digest.day)
    own_or_free = waiting.filter(digest=None) | waiting.filter(digest=digest)
    return list(own_or_free.select_related("task", "unit"))


@transaction.atomic
def load(digest: Digest, *, keep: list[Notice], drop: list[Notice]) -> list[Notice]:
    """Bind what is still wanted to the mail and drop the rest; without any the mail goes away.

    Returns what is bound: another day's mail to the same person may have been quicker.
    """
    _mine(digest)
    Notice.objects.filter(pk__in=[n.pk for n in drop]).update(
        state=NoticeState.DROPPED, digest=None
    )
    free = Q(digest=None) | Q(digest=digest)
    Notice.objects.filter(free, pk__in=[n.pk for n in keep]).update(digest=digest)
    bound = set(Notice.objects.filter(digest=digest).values_list("pk", flat=True))
    if not bound:
        Digest.objects.filter(pk=digest.pk).delete()
    return [notice for notice in keep if notice.pk in bound]


@transaction.atomic
def sent(digest: Digest, *, now: datetime.datetime) -> None:
    """The server has taken the mail: mark it and its notices."""
    _mine(digest)
    Digest.objects.filter(pk=digest.pk).update(
        state=DigestState.SENT, sent_at=now, lease_until=None, error=""
    )
    Notice.objects.filter(digest=digest.pk, state=NoticeState.QUEUED).update(state=NoticeState.SENT)


@transaction.atomic
def failed(digest: Digest, error: str, *, now: datetime.datetime) -> None:
    """Try again later, or give up after the last attempt."""
    if digest.attempts >= MAX_ATTEMPTS:
        dead(digest, error)
        return
    _mine(digest)
    delay = datetime.timedelta(minutes=BACKOFF_MINUTES[digest.attempts - 1])
    Digest.objects.filter(pk=digest.pk).update(
        state=DigestState.QUEUED, run_after=now + delay, lease_until=None, error=error[:MAX_ERROR]
    )


@transaction.atomic
def dead(digest: Digest, reason: str) -> None:
    """Give up. The notices stay in the person's list."""
    _mine(digest)
    Digest.objects.filter(pk=digest.pk).update(
        state=DigestState.DEAD, lease_until=None, error=reason[:MAX_ERROR]
    )
    audit.record("digest.dead", digest, by=None, reason=reason[:MAX_ERROR])


def _mine(digest: Digest) -> None:
    """Lock the row, or raise FencedOut if the claim has passed to another."""
    mine = Digest.objects.select_for_update().filter(
        pk=digest.pk, fence=digest.fence, state=DigestState.SENDING
    )
    if not mine.exists():
        raise FencedOut


def sweep(*, now: datetime.datetime) -> int:
    """Ring for mails that wait; returns how many."""
    waiting = Digest.objects.claimable(now).order_by("run_after").values_list("pk", flat=True)
    ids = list(waiting[:RUNG_AT_ONCE])
    for pk in ids:
        ring(DELIVER, pk)
    return len(ids)
