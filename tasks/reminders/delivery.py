"""Sending one message: claim, check again what is still wanted, send, mark.

The other side may have taken a message whose worker died before it could mark it: then it is sent
again with the same id. Nothing is lost, and what is doubled can be told to be the same.
"""

import datetime
import logging
import time

from django.db import InterfaceError, OperationalError, connection

from tasks.models import Digest
from tasks.reminders import group
from tasks.reminders.channels import CHANNELS, Message, Refused, To, Unreachable
from tasks.reminders.mail import compose
from tasks.reminders.wanted import still_wanted
from tasks.services import channels, digests, pace
from tasks.states import ChannelKind
from tracker.lib.workdays import SHANGHAI

logger = logging.getLogger(__name__)

MARKING = digests.LEASE / 4  # well before the job's time limit
BETWEEN_TRIES = 0.5


def deliver(digest_id: int, *, now: datetime.datetime) -> str:
    """Send one message if it is due; says what became of it."""
    waiting = digests.waiting(digest_id, now=now)
    if waiting is None:
        return "not_due"
    if held := pace.held(waiting, now=now):
        return held
    digest = digests.claim(digest_id, now=now)
    if digest is None:
        return "not_due"
    try:
        return _deliver(digest, now)
    except digests.FencedOut:
        logger.warning("Digest %s was taken over by another worker.", digest_id)
        return "taken_over"


def _deliver(digest: Digest, now: datetime.datetime) -> str:
    message = _message(digest, now.astimezone(SHANGHAI).date())
    if message is None:
        return "nothing_left"
    try:
        CHANNELS[ChannelKind(digest.channel)].send(message, _to(digest))
    except Refused as error:
        logger.warning("Digest %s was refused: %s", digest.pk, error)
        digests.dead(digest, str(error), now=now)
        return "dead"
    except Unreachable as error:
        logger.warning("Digest %s was not sent: %s", digest.pk, error)
        if error.whole:
            pace.trouble(digest, now=now)
        digests.failed(digest, str(error), now=now)
        return "failed"
    _mark(digest, now)
    return "sent"


def _mark(digest: Digest, now: datetime.datetime) -> None:
    """Note that it was taken, also by a database that is away for a moment.

    Else the message, though taken, would go out again.
    """
    until = time.monotonic() + MARKING.total_seconds()
    while True:
        try:
            digests.sent(digest, now=now)
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            logger.warning("Digest %s was sent and is not yet marked: %s", digest.pk, error)
            connection.close()
            time.sleep(BETWEEN_TRIES)
        else:
            return


def _message(digest: Digest, today: datetime.date) -> Message | None:
    """What is still to be said; None, and no row is left, where nothing is."""
    if digest.robot is not None:
        told = group.compose(digest) if digest.robot.removed_at is None else None
        if told is None:
            digests.drop_empty(digest)
        return told
    notices = digests.carried(digest)
    wanted = still_wanted(notices, today)
    keep = digests.load(
        digest,
        keep=[notice for notice in notices if notice.pk in wanted],
        drop=[notice for notice in notices if notice.pk not in wanted],
    )
    return compose(digest, keep, today) if keep else None


def _to(digest: Digest) -> To:
    """Where the message goes, as it stands now."""
    if digest.robot is not None:
        return To(digest.robot.url, secret=digest.robot.secret)
    person = digest.recipient
    if person is None:
        raise Refused
    if digest.channel == ChannelKind.EMAIL:
        return To(person.email, name=str(person))
    address = channels.address_of(person.pk, digest.channel)
    return To(address, name=str(person), account=person.username)
