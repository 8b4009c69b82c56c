"""The life of a report's mail: queued → sending → sent or withheld, queued again later, or dead.

As the day's messages: a claim counts up `fence`, and what an old claim wants to write is refused.
What was given up, those who keep the schedule, or the site, have sent again.
"""

import datetime
from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Now

from reports import policy
from reports.models import ReportMail, ReportRun
from reports.states import MAIL_MOVES, MailState
from tasks.services.deliveries import LATELY, Queue
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
from tracker.lib.told import told as _
from units.models import User
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
def sent(mail: ReportMail, note: str = "") -> None:
    """The server has taken it; `note` says what was left out."""
    _end(mail, MailState.SENT, note, sent_at=Now())
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
        error=_short(error),
    )


@transaction.atomic
def dead(mail: ReportMail, reason: str) -> None:
    """Give up; the schedule's page and the operator's say so."""
    _end(mail, MailState.DEAD, reason, died_at=Now())
    audit.record("report_mail.dead", mail, by=None, reason=reason[:MAX_ERROR])


@transaction.atomic
def resend(mail: ReportMail, *, by: User) -> bool:
    """Put a mail that was given up in the queue anew; False where it is not given up.

    Whether it may be sent is asked when it is. Raises PermissionDenied.
    """
    rows = ReportMail.objects.select_for_update(of=("self",)).filter(pk=mail.pk)
    dead_one = rows.dead().first()
    if dead_one is None:
        return False
    if not policy.can(by, "report_mail.keep", dead_one):
        raise PermissionDenied
    check_move(MAIL_MOVES, MailState.DEAD, MailState.QUEUED)
    rows.update(state=MailState.QUEUED, attempts=0, run_after=Now(), died_at=None, error="")
    audit.record("report_mail.resend", dead_one, by=by, reason=dead_one.error)
    ring(SEND_JOB, dead_one.pk)
    return True


def with_names(rows: QuerySet[ReportMail]) -> QuerySet[ReportMail]:
    """Those given up last first, with whom they are for."""
    named = rows.select_related("recipient", "run__schedule")
    return named.order_by(F("died_at").desc(nulls_last=True), "-pk")


def counted_in(queue: Queue, *, now: datetime.datetime) -> Queue:
    """The queue of the mails that remind, with those of books: the operator watches one channel."""
    waiting = Q(state__in=[MailState.QUEUED, MailState.SENDING])
    dead = Q(state=MailState.DEAD)
    told = ReportMail.objects.filter(waiting | dead | Q(sent_at__gt=now - LATELY)).aggregate(
        waiting=Count("pk", filter=Q(state=MailState.QUEUED)),
        sending=Count("pk", filter=Q(state=MailState.SENDING)),
        oldest_at=Min("made_at", filter=waiting),
        failing=Count("pk", filter=waiting & ~Q(error="")),
        dead=Count("pk", filter=dead),
        dead_lately=Count("pk", filter=dead & Q(died_at__gt=now - LATELY)),
        sent_lately=Count("pk", filter=Q(state=MailState.SENT)),
    )
    oldest = [at for at in (queue.oldest_at, told.pop("oldest_at")) if at is not None]
    sums = {name: getattr(queue, name) + number for name, number in told.items()}
    found = replace(queue, oldest_at=min(oldest, default=None), **sums)
    if found.reason is None and told["failing"]:  # else that of the mails that remind is told
        failing = ReportMail.objects.filter(waiting).exclude(error="")
        reason = failing.order_by("-run_after", "-pk").values_list("error", flat=True)[0]
        same = failing.filter(error=reason).count()
        found = replace(found, reason=reason, same_reason=same)
    return found


def sweep() -> int:
    """Ring for mails that wait, as many as mail may take; returns how many."""
    rows = ReportMail.objects.claimable().order_by("run_after", "pk")
    found = list(
        rows.values_list("pk", flat=True)[: -(-a_minute(ChannelKind.EMAIL) // SWEEPS_A_MINUTE)]
    )
    for pk in found:
        ring(SEND_JOB, pk)
    return len(found)


def _end(mail: ReportMail, state: MailState, note: str = "", **moments: Now | None) -> None:
    _mine(mail, state)
    ReportMail.objects.filter(pk=mail.pk).update(
        state=state, lease_until=None, error=_short(note), **moments
    )


def _short(sentence: str) -> str:
    """What a server says has no end; our own sentences stay whole, to be worded anew."""
    return sentence if len(sentence) <= MAX_ERROR else sentence[:MAX_ERROR]


def _mine(mail: ReportMail, to: MailState) -> None:
    """Lock the row, or raise FencedOut if the claim has passed to another."""
    rows = ReportMail.objects.select_for_update(of=("self",))
    if not rows.filter(pk=mail.pk, fence=mail.fence, state=MailState.SENDING).exists():
        raise FencedOut
    check_move(MAIL_MOVES, MailState.SENDING, to)
