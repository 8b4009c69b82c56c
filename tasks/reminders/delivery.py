"""Sending one mail: claim, check again what is still wanted, send, mark.

The server may have taken a mail whose worker died before it could mark it: then it is sent again
with the same Message-ID. Nothing is lost, and what is doubled can be told to be the same.
"""

import datetime
import logging
import smtplib
from collections.abc import Iterable

from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Digest, Notice, Responsibility
from tasks.reminders import personal
from tasks.reminders.day import Day
from tasks.reminders.mail import compose
from tasks.reminders.rules import NO_OFFICER, OFFICER
from tasks.services import digests
from tasks.states import NoticeState
from tracker.lib.workdays import SHANGHAI

logger = logging.getLogger(__name__)

PERMANENT = 500


def deliver(digest_id: int, *, now: datetime.datetime) -> str:
    """Send one mail if it is due; says what became of it."""
    digest = digests.claim(digest_id, now=now)
    if digest is None:
        return "not_due"
    try:
        return _deliver(digest, now)
    except digests.FencedOut:
        logger.warning("Digest %s was taken over by another worker.", digest_id)
        return "taken_over"


def _deliver(digest: Digest, now: datetime.datetime) -> str:
    today = now.astimezone(SHANGHAI).date()
    notices = digests.carried(digest)
    wanted = still_wanted(notices, today)
    keep = digests.load(
        digest,
        keep=[notice for notice in notices if notice.pk in wanted],
        drop=[notice for notice in notices if notice.pk not in wanted],
    )
    if not keep:
        return "nothing_left"
    if not digest.recipient.email:
        digests.dead(digest, _("无邮箱"))
        return "dead"
    try:
        compose(digest, keep, today).send()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return _failed(digest, error, now)
    digests.sent(digest, now=now)
    return "sent"


def _failed(digest: Digest, error: Exception, now: datetime.datetime) -> str:
    reason = _reason(error)
    logger.warning("Digest %s was not sent: %s", digest.pk, reason)
    if is_permanent(error):
        digests.dead(digest, reason)
        return "dead"
    digests.failed(digest, reason, now=now)
    return "failed"


def is_permanent(error: Exception) -> bool:
    """Whether the server has refused this mail for good (5xx), or it cannot be written at all.

    A refused log-in or connection is the server's matter, not this mail's: it is tried again.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return error.smtp_code >= PERMANENT
    # An address or a head that no mail can have. (Socket errors are OSError, never ValueError.)
    return isinstance(error, ValueError)


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = error.recipients.values()
        return "; ".join(f"{code} {_decoded(text)}" for code, text in answers)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decoded(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _decoded(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text


def still_wanted(notices: Iterable[Notice], today: datetime.date) -> set[int]:
    """Ids of those whose matter is still to be done, by the same date, through the same person.

    Of several steps of one matter only the newest is wanted.
    """
    notices = list(notices)
    newest = _newest(notices)
    wanted = personal.still_wanted(notices) & set(newest.values())
    notices = [notice for notice in notices if notice.rule != personal.PASSWORD]
    ids = {notice.params["side"] for notice in notices}
    sides = list(Responsibility.objects.filter(pk__in=ids).select_related("task"))
    people = {
        verb: policy.holders_of(verb, sides, on=today)
        for verb in {notice.params["verb"] for notice in notices} | {OFFICER}
    }
    day = Day(today, sides=ids)
    subjects = [*day.reports, *day.tasks, *day.assignments, *day.findings, *day.proposals]
    outstanding = {(s.key, s.due_on) for s in subjects}
    for notice in notices:
        side = notice.params["side"]
        if notice.rule == NO_OFFICER:
            is_open = not people[OFFICER].get(side)
        else:
            is_open = (notice.subject, notice.due_on) in outstanding
        told = people[notice.params["verb"]].get(side, [])
        holds = any(person.pk == notice.recipient_id for person in told)
        if is_open and holds and newest[_matter(notice)] == notice.pk:
            wanted.add(notice.pk)
    return wanted


def _newest(notices: list[Notice]) -> dict[tuple[int, str], int]:
    """The latest notice to each person of each matter, those already sent included."""
    rows = (
        Notice.objects.exclude(state=NoticeState.DROPPED)
        .filter(
            recipient__in={n.recipient_id for n in notices},
            subject__in={n.subject for n in notices},
        )
        .order_by("made_on", "pk")
    )
    return {_matter(row): row.pk for row in rows.only("recipient_id", "subject")}


def _matter(notice: Notice) -> tuple[int, str]:
    return notice.recipient_id, notice.subject
