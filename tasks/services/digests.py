"""The life of a message's row: queued → sending → sent, or queued again later, or dead.

One row a day, channel, and person or robot: what fails on one holds up no other. A claim counts up
`fence`; whatever an old claim still wants to write is refused by it.
"""

import datetime
import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Carried, Digest, Notice, Robot
from tasks.services import channels
from tasks.states import ROBOT_KINDS, ChannelKind, DigestState, NoticeState
from tracker.lib.doorbell import ring
from units.models import User
from units.services import audit

DELIVER = "tasks.jobs.deliver_digest"
LEASE = datetime.timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
WAITS = [datetime.timedelta(seconds=seconds) for seconds in settings.DELIVERY_WAITS_SECONDS]
JITTER_PERCENT = 20  # so that what failed together does not come back together
MAX_ATTEMPTS = len(WAITS) + 1
SWEEPS_A_MINUTE = 2
# How far back a second channel still looks for what the first has sent.
RECENT = datetime.timedelta(days=14)
MAX_ERROR = 500
BATCH = 2000


class FencedOut(Exception):
    """Another worker has taken this message over."""


def make(*, today: datetime.date, now: datetime.datetime) -> int:
    """A row for each person of whom something waits, on each of their channels, and each robot.

    Returns how many are new.
    """
    bound = Carried.objects.filter(notice=OuterRef("pk"))
    waiting = Notice.objects.queued().filter(made_on__lte=today).exclude(Exists(bound))
    people = set(waiting.order_by().values_list("recipient_id", flat=True).distinct())
    wanted = {(p, kind) for p, kinds in channels.kinds_of(people).items() for kind in kinds}
    rows = Digest.objects.filter(day=today)
    known = set(rows.values_list("recipient_id", "channel"))
    made = [
        Digest(recipient_id=person, channel=kind, day=today, made_at=now, run_after=now)
        for person, kind in sorted(wanted - known)
    ]
    if Notice.objects.filter(made_on=today).exists():
        told = set(rows.exclude(robot=None).values_list("robot_id", flat=True))
        made += [
            Digest(robot=robot, channel=robot.kind, day=today, made_at=now, run_after=now)
            for robot in Robot.objects.in_use().exclude(pk__in=told)
        ]
    Digest.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)
    return len(made)


def waiting(digest_id: int, *, now: datetime.datetime) -> Digest | None:
    """The message if it may be claimed now; nothing is taken."""
    return Digest.objects.claimable(now).filter(pk=digest_id).first()


@transaction.atomic
def claim(digest_id: int, *, now: datetime.datetime) -> Digest | None:
    """Take a message that is due, or that a dead worker left; None if it is not to be had.

    What is left by its worker comes after all that waited: no mail that ends its workers stands
    before the others again and again.
    """
    taken = (
        Digest.objects.claimable(now)
        .filter(pk=digest_id)
        .update(
            state=DigestState.SENDING,
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
            lease_until=now + LEASE,
            run_after=now + LEASE,
        )
    )
    if not taken:
        return None
    digest = Digest.objects.select_related("recipient", "robot__office").get(pk=digest_id)
    if digest.attempts > MAX_ATTEMPTS:  # each worker that took it died
        dead(digest, _("发送多次中断，已停止"), now=now)
        return None
    return digest


def carried(digest: Digest) -> list[Notice]:
    """The notices that this message would carry: none twice on its channel.

    Also those that another channel has sent a little while ago.
    """
    told = Carried.objects.filter(notice=OuterRef("pk"), channel=digest.channel)
    rows = Notice.objects.filter(recipient=digest.recipient_id, made_on__lte=digest.day)
    free = ~Exists(told) & Q(made_on__gte=channels.since(digest.recipient_id, digest.channel))
    fresh = Q(state=NoticeState.QUEUED)
    if digest.channel != ChannelKind.IN_APP:
        fresh |= Q(state=NoticeState.SENT, settled=False, made_on__gt=digest.day - RECENT)
    own = Q(Exists(told.filter(digest=digest)))
    found = rows.exclude(state=NoticeState.DROPPED).filter(own | (free & fresh))
    return list(found.select_related("task", "unit"))


@transaction.atomic
def load(digest: Digest, *, keep: list[Notice], drop: list[Notice]) -> list[Notice]:
    """Bind what is still wanted to the message and drop the rest; without any it goes away.

    Returns what is bound: another day's message to the same person may have been quicker. What
    another channel has sent is told, and not dropped.
    """
    _mine(digest)
    dropped = [notice.pk for notice in drop]
    Notice.objects.queued().filter(pk__in=dropped).update(state=NoticeState.DROPPED)
    Carried.objects.filter(digest=digest, notice__in=dropped).delete()
    Carried.objects.bulk_create(
        [Carried(digest=digest, notice=one, channel=digest.channel) for one in keep],
        ignore_conflicts=True,
    )
    bound = set(Carried.objects.filter(digest=digest).values_list("notice_id", flat=True))
    if not bound:
        drop_empty(digest)
    return [notice for notice in keep if notice.pk in bound]


@transaction.atomic
def drop_empty(digest: Digest) -> None:
    """Nothing is left to say: the message goes away."""
    _mine(digest)
    Digest.objects.filter(pk=digest.pk).delete()


@transaction.atomic
def sent(digest: Digest, *, now: datetime.datetime) -> None:
    """The server has taken the message: mark it and its notices."""
    _mine(digest)
    Digest.objects.filter(pk=digest.pk).update(
        state=DigestState.SENT, sent_at=now, lease_until=None, error=""
    )
    told = Carried.objects.filter(digest=digest).values("notice")
    Notice.objects.queued().filter(pk__in=told).update(state=NoticeState.SENT)


@transaction.atomic
def failed(digest: Digest, error: str, *, now: datetime.datetime) -> None:
    """Try again later, or give up after the last attempt."""
    if digest.attempts >= MAX_ATTEMPTS:
        dead(digest, error, now=now)
        return
    _mine(digest)
    Digest.objects.filter(pk=digest.pk).update(
        state=DigestState.QUEUED,
        run_after=now + backoff(digest.attempts),
        lease_until=None,
        error=error[:MAX_ERROR],
        failed_at=now,
    )


def backoff(attempts: int) -> datetime.timedelta:
    """How long to wait after so many attempts: a little more or less each time."""
    percent = 100 - JITTER_PERCENT + secrets.randbelow(2 * JITTER_PERCENT + 1)
    return WAITS[attempts - 1] * percent / 100


@transaction.atomic
def dead(digest: Digest, reason: str, *, now: datetime.datetime) -> None:
    """Give up. The notices stay in the person's list."""
    _mine(digest)
    Digest.objects.filter(pk=digest.pk).update(
        state=DigestState.DEAD,
        lease_until=None,
        error=reason[:MAX_ERROR],
        failed_at=now,
        died_at=now,
    )
    audit.record("digest.dead", digest, by=None, reason=reason[:MAX_ERROR])


@transaction.atomic
def resend(digest: Digest, *, by: User, now: datetime.datetime) -> bool:
    """Put a message that was given up in the queue anew; False where it is not given up."""
    rows = Digest.objects.select_for_update(of=("self",)).filter(pk=digest.pk)
    dead_one = rows.filter(state=DigestState.DEAD).first()
    if dead_one is None:
        return False
    if not policy.can(by, "delivery.keep", dead_one):
        raise PermissionDenied
    reason = dead_one.error
    rows.update(
        state=DigestState.QUEUED,
        attempts=0,
        run_after=now,
        died_at=None,
        error="",
        failed_at=None,
    )
    audit.record("digest.resend", dead_one, by=by, reason=reason)
    ring(DELIVER, dead_one.pk)
    return True


def _mine(digest: Digest) -> None:
    """Lock the row, or raise FencedOut if the claim has passed to another."""
    mine = Digest.objects.select_for_update().filter(
        pk=digest.pk, fence=digest.fence, state=DigestState.SENDING
    )
    if not mine.exists():
        raise FencedOut


def a_minute(kind: str) -> int:
    """How many messages a channel may send in a minute."""
    if kind in ROBOT_KINDS:
        return settings.ROBOTS_PER_MINUTE
    return {
        ChannelKind.EMAIL: settings.MAILS_PER_MINUTE,
        ChannelKind.GATEWAY: settings.GATEWAY_PER_MINUTE,
    }.get(ChannelKind(kind), BATCH)


def sweep(*, now: datetime.datetime) -> int:
    """Ring for messages that wait, of each channel what it may send; returns how many.

    By channel: a long queue before one that is away keeps no other's from their turn.
    """
    number = 0
    for kind in ChannelKind:
        rows = Digest.objects.claimable(now).filter(channel=kind).order_by("run_after", "pk")
        at_once = -(-a_minute(kind) // SWEEPS_A_MINUTE)
        for pk in rows.values_list("pk", flat=True)[:at_once]:
            ring(DELIVER, pk)
            number += 1
    return number
