"""Work on a run: claimed under a lease, carried on, finished exactly once.

Cancelled or taken over, it is lost to the worker: what that has made is thrown away.

The row is the truth; the message that wakes a worker may be lost or doubled.
"""

import datetime
import logging
import math
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from reports.models import ReportFile, ReportRun
from reports.services import mails
from reports.services.runs import MAKE_JOB
from reports.states import RUN_MOVES, RunState
from tracker.lib.doorbell import ring
from tracker.lib.states import check_move
from tracker.lib.told import told as _
from units.services import audit

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(seconds=30)  # renewed between files, and while one takes long
RENEW_SECONDS = LEASE.total_seconds() / 3
TELL_SECONDS = 1.0  # how far a run is, is told no more often: what it asks does not grow with files
RETRY_AFTER = datetime.timedelta(seconds=20)
MAX_ATTEMPTS = 5


class LostLease(Exception):
    """The run was taken over or cancelled; what this worker has made is to be thrown away."""


@dataclass
class Lease:
    """A claim on a run: good as long as the row carries this fence."""

    run: ReportRun
    fence: int
    told_at: float = -math.inf


def ring_due_runs() -> int:
    """Ring again for every run that waits for a worker; returns how many."""
    due = list(ReportRun.objects.claimable().values_list("pk", flat=True))
    for pk in due:
        ring(MAKE_JOB, pk)
    return len(due)


@transaction.atomic
def claim(run_id: int) -> Lease | None:
    """Take the run for this worker; None where another has it or nothing is to be done."""
    run = (
        ReportRun.objects.claimable()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("plan", "lead_unit", "office", "requested_by")
        .filter(pk=run_id)
        .first()
    )
    if run is None:
        return None
    if run.attempts >= MAX_ATTEMPTS:
        _give_up(run, _("连续%(n)d次未能生成，已停止重试。") % {"n": MAX_ATTEMPTS})
        return None
    check_move(RUN_MOVES, RunState(run.state), RunState.RUNNING)
    ReportRun.objects.filter(pk=run.pk).update(
        state=RunState.RUNNING,
        attempts=F("attempts") + 1,
        fence=F("fence") + 1,
        lease_until=Now() + LEASE,
        started_at=run.started_at or Now(),
        done=0,
        total=0,
        step=_("读取数据"),
        error="",
    )
    return Lease(run, run.fence + 1)


def _held(lease: Lease) -> Q:
    return Q(pk=lease.run.pk, fence=lease.fence, state=RunState.RUNNING)


def carry_on(lease: Lease, *, done: int, total: int, step: str) -> None:
    """Tell how far the work is and renew the lease, once in a while. Raises LostLease."""
    now = time.monotonic()
    if now - lease.told_at < TELL_SECONDS:
        return
    lease.told_at = now
    renewed = ReportRun.objects.filter(_held(lease)).update(
        done=done, total=total, step=step, lease_until=Now() + LEASE
    )
    if not renewed:
        raise LostLease(lease.run.pk)


@contextmanager
def kept_up(lease: Lease) -> Iterator[None]:
    """Renew the lease in the background while a large book is read and written.

    It ends with its process: a killed worker's run is another's once the lease is over.
    """
    done = threading.Event()
    renewing = threading.Thread(target=_renew, args=(lease, done), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()


def _renew(lease: Lease, done: threading.Event) -> None:
    while not done.wait(RENEW_SECONDS):
        try:
            held = ReportRun.objects.filter(_held(lease)).update(lease_until=Now() + LEASE)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The lease of run %s was not renewed: %s", lease.run.pk, error)
        else:
            if not held:
                return
        finally:
            connection.close()  # the thread's own


@transaction.atomic
def finish(lease: Lease, files: Iterable[ReportFile]) -> None:
    """Enter the files and `done` at once. Raises LostLease, and then nothing is entered."""
    run = _locked(lease)
    files = list(files)
    for order, file in enumerate(files, 1):
        file.run, file.order = run, order
    ReportFile.objects.bulk_create(files)
    run.done = run.total = len(files)
    _end(run, RunState.DONE)
    audit.record(
        "report_run.finish", run, by=run.requested_by, after={"files": [f.name for f in files]}
    )
    mails.enter(run)


@transaction.atomic
def fail(lease: Lease, sentence: str) -> None:
    """End the run with a sentence for the person. Raises LostLease."""
    _give_up(_locked(lease), sentence)


@transaction.atomic
def release(lease: Lease, sentence: str) -> None:
    """Give the run back to be tried again soon; it fails when it was tried often enough."""
    run = _locked(lease)
    if run.attempts >= MAX_ATTEMPTS:
        _give_up(run, _("多次未能写入报表，已停止重试，请联系管理员。"))
        return
    check_move(RUN_MOVES, RunState(run.state), RunState.QUEUED)
    ReportRun.objects.filter(pk=run.pk).update(
        state=RunState.QUEUED, error=sentence, step="", lease_until=Now() + RETRY_AFTER
    )


def _locked(lease: Lease) -> ReportRun:
    run = ReportRun.objects.select_for_update(of=("self",)).filter(_held(lease)).first()
    if run is None:
        raise LostLease(lease.run.pk)
    return run


def _give_up(run: ReportRun, sentence: str) -> None:
    _end(run, RunState.FAILED, sentence)
    audit.record("report_run.fail", run, by=run.requested_by, reason=sentence)


def _end(run: ReportRun, state: RunState, error: str = "") -> None:
    check_move(RUN_MOVES, RunState(run.state), state)
    ReportRun.objects.filter(pk=run.pk).update(
        state=state,
        error=error,
        step="",
        done=run.done,
        total=run.total,
        lease_until=None,
        finished_at=Now(),
    )
