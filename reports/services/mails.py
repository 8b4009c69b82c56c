"""The life of a report's mail: queued → sending → sent or withheld, queued again later, or dead.

As the day's messages: a claim counts up `fence`, and what an old claim wants to write is refused.
"""

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from reports.models import ReportMail, ReportRun
from reports.states import MAIL_MOVES, MailState
from tasks.services.digests import (
    LEASE,
    MAX_ATTEMPTS,
    MAX_ERROR,
    SWEEPS_A_MINUTE,
    FencedOut,
    a_minute,
    backoff,
)
from tasks.states import ChannelKind
from tracker.lib.doorbell import ring
from tracker.lib.states import check_move
from units.services import audit

SEND_JOB = "reports.jobs.send_report_mail"


def enter(run: ReportRun) -> None:
    """A mail to each recipient of the run's schedule, once, in the transaction that ends the run.

    Whether it may be sent is asked when it is.
    """
    if run.schedule is None:
        return
    people = run.schedule.recipients.order_by("pk").values_list("pk", flat=True)
    rows = [
        ReportMail(run=run, recipient_id=person, made_at=Now(), run_after=Now())
        for person in people
    ]
    ReportMail.objects.bulk_create(rows, ignore_conflicts=True)
    for pk in ReportMail.objects.filter(run=run, state=MailState.QUEUED).values_list("pk"):
        ring(SEND_JOB, *pk)


def waiting(mail_id: int) -> ReportMail | None:
    """The mail if it may be claimed now; nothing is taken."""
    return ReportMail.objects.claimable().filter(pk=mail_id).first()


@transaction.atomic
def claim(mail_id: int) -> ReportMail | None:
    """Take a mail that is due, or that a dead worker left; None if it is not to be had."""
    taken = (
        ReportMail.objects.claimable()
        .filter(pk=mail_id)
        .update(
            state=MailState.SENDING,
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
            lease_until=Now() + LEASE,
            run_after=Now() + LEASE,
        )
    )
    if not taken:
        return None
    rows = ReportMail.objects.select_related("recipient", "run__schedule__made_by", "run__plan")
    mail = rows.get(pk=mail_id)
    if mail.attempts > MAX_ATTEMPTS:  # each worker that took it died
        dead(mail, _("发送多次中断，已停止"))
        return None
    return mail


@transaction.atomic
def sent(mail: ReportMail) -> None:
    """The server has taken it."""
    _end(mail, MailState.SENT, sent_at=Now())
    audit.record("report_mail.send", mail, by=None)


@transaction.atomic
def withheld(mail: ReportMail, reason: str, *, told: bool) -> None:
    """The person may not see all of it: a sentence went instead, or nothing at all."""
    _end(mail, MailState.WITHHELD, reason, sent_at=Now() if told else None)
    audit.record("report_mail.withhold", mail, by=None, reason=reason)


@transaction.atomic
def failed(mail: ReportMail, error: str) -> None:
    """Try again later, or give up after the last attempt."""
    if mail.attempts >= MAX_ATTEMPTS:
        dead(mail, error)
        return
    _mine(mail, MailState.QUEUED)
    ReportMail.objects.filter(pk=mail.pk).update(
        state=MailState.QUEUED,
        run_after=Now() + backoff(mail.attempts),
        lease_until=None,
        error=error[:MAX_ERROR],
    )


@transaction.atomic
def dead(mail: ReportMail, reason: str) -> None:
    """Give up; the run's page says so."""
    _end(mail, MailState.DEAD, reason)
    audit.record("report_mail.dead", mail, by=None, reason=reason[:MAX_ERROR])


def sweep() -> int:
    """Ring for mails that wait, as many as mail may take; returns how many."""
    rows = ReportMail.objects.claimable().order_by("run_after", "pk")
    found = list(
        rows.values_list("pk", flat=True)[: -(-a_minute(ChannelKind.EMAIL) // SWEEPS_A_MINUTE)]
    )
    for pk in found:
        ring(SEND_JOB, pk)
    return len(found)


def _end(mail: ReportMail, state: MailState, note: str = "", *, sent_at: Now | None = None) -> None:
    _mine(mail, state)
    ReportMail.objects.filter(pk=mail.pk).update(
        state=state, sent_at=sent_at, lease_until=None, error=note[:MAX_ERROR]
    )


def _mine(mail: ReportMail, to: MailState) -> None:
    """Lock the row, or raise FencedOut if the claim has passed to another."""
    rows = ReportMail.objects.select_for_update(of=("self",))
    if not rows.filter(pk=mail.pk, fence=mail.fence, state=MailState.SENDING).exists():
        raise FencedOut
    check_move(MAIL_MOVES, MailState.SENDING, to)
