"""A worker's claim on an upload, to read it or to write what it says.

The row is the truth; the message that wakes a worker may be lost or doubled.
"""

import datetime
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import F, Q
from django.db.models.functions import Now

from reports.models import Upload
from reports.states import UPLOAD_MOVES, UploadState
from tracker.lib.states import check_move

logger = logging.getLogger(__name__)
LEASE = datetime.timedelta(seconds=60)  # a form takes a second; renewed before each step
RETRY_AFTER = datetime.timedelta(seconds=20)
MAX_ATTEMPTS = 5
# What may be well the next time: a disk that is full, a connection that is lost.
PASSING = (OSError, DatabaseError, InterfaceError)
TOLD_EVERY = 1.0  # seconds in which what is being written is told, and the lease renewed


class LostLease(Exception):
    """Another worker has taken the upload over."""


@dataclass(frozen=True)
class Lease:
    """A claim on an upload: good as long as the row carries this fence in this state."""

    upload: Upload
    fence: int
    state: UploadState

    @property
    def held(self) -> Q:
        """The condition on rows that says so."""
        return Q(pk=self.upload.pk, fence=self.fence, state=self.state)


def take(row: Upload, state: UploadState) -> Lease:
    """Claim the locked row."""
    check_move(UPLOAD_MOVES, UploadState(row.state), state)
    claimed: dict[str, Any] = {"done": 0, "step": "", "error": ""}
    Upload.objects.filter(pk=row.pk).update(
        state=state,
        attempts=F("attempts") + 1,
        fence=F("fence") + 1,
        lease_until=Now() + LEASE,
        **claimed,
    )
    return Lease(row, row.fence + 1, state)


def carry_on(lease: Lease, **told: Any) -> None:
    """Tell how far the work is and renew the lease. Raises LostLease."""
    if not Upload.objects.filter(lease.held).update(lease_until=Now() + LEASE, **told):
        raise LostLease(lease.upload.pk)


def locked(lease: Lease) -> Upload:
    """The claimed row, locked. Raises LostLease."""
    rows = Upload.objects.select_for_update(of=("self",)).select_related("uploaded_by", "ended_by")
    row = rows.filter(lease.held).first()
    if row is None:
        raise LostLease(lease.upload.pk)
    return row


@dataclass
class Progress:
    """How many rows of a form are written; read by the thread that tells it."""

    done: int = 0


@contextmanager
def kept_up(lease: Lease, progress: Progress) -> Iterator[None]:
    """Tell the progress and renew the lease from outside the transaction that writes.

    What that writes nobody else sees until it ends; so this has a connection of its own. It ends
    with its process: what a killed worker began is another's once the lease is over.
    """
    end = threading.Event()
    telling = threading.Thread(target=_tell, args=(lease, progress, end), daemon=True)
    telling.start()
    try:
        yield
    finally:
        end.set()


def _tell(lease: Lease, progress: Progress, end: threading.Event) -> None:
    while not end.wait(TOLD_EVERY):
        try:
            carry_on(lease, done=progress.done)
        except LostLease:
            return
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The lease of upload %s was not renewed: %s", lease.upload.pk, error)
        finally:
            connection.close()  # the thread's own
