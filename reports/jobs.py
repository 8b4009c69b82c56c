"""Background jobs: make a run, ring again for those left over, enter what is due, mail, tidy up."""

from celery import shared_task
from django.conf import settings

from reports.books.making import make
from reports.services import (
    mailing,
    mails,
    runs,
    schedule_runs,
    sweeping,
    upload_later,
    upload_reading,
    uploads,
    work,
)
from tracker.lib.workdays import now, today
from units.services import audit
from units.states import Source

LEASE_SECONDS: int = settings.DELIVERY_LEASE_SECONDS


@shared_task(soft_time_limit=540, time_limit=600)
def make_report_run(run_id: int) -> dict[str, str]:
    """Make the files of one run."""
    with audit.context(Source.JOB):
        run = make(run_id, today=today())
    return {"state": run.state if run else "skipped"}


@shared_task(soft_time_limit=20, time_limit=30)
def sweep_report_runs() -> dict[str, int]:
    """Ring again for every run that waits for a worker, and every mail."""
    return {"rung": work.ring_due_runs(), "mails": mails.sweep()}


@shared_task(soft_time_limit=60, time_limit=90)
def make_quarterly_runs() -> dict[str, int]:
    """Enter the runs of each plan's latest quarter whose grace has ended, and of closed ones."""
    with audit.context(Source.JOB):
        entered = runs.request_quarterly_runs(today=today())
        closed = runs.request_record_runs(today=today())
    return {"entered": len(entered), "closed": len(closed)}


@shared_task(soft_time_limit=60, time_limit=90)
def make_scheduled_runs() -> dict[str, int]:
    """Enter the runs of the schedules that are due."""
    with audit.context(Source.JOB):
        return {"entered": len(schedule_runs.enter_due(today=today()))}


@shared_task(soft_time_limit=LEASE_SECONDS // 2, time_limit=LEASE_SECONDS * 3 // 4)
def send_report_mail(mail_id: int) -> dict[str, str]:
    """Send one scheduled book to one person."""
    with audit.context(Source.JOB):
        return {"outcome": mailing.deliver(mail_id, now=now())}


@shared_task(soft_time_limit=240, time_limit=300)
def tidy_report_files() -> dict[str, int]:
    """Remove files kept long enough, and what no row knows."""
    with audit.context(Source.JOB):
        return {"removed": sweeping.remove_old_files(today=today())}


@shared_task(soft_time_limit=60, time_limit=90)
def read_upload(upload_id: int) -> dict[str, str]:
    """Read one form that was sent in, or open an archive of them."""
    with audit.context(Source.JOB):
        row = upload_reading.read_upload(upload_id, now=now())
    return {"state": row.state if row else "skipped"}


@shared_task(soft_time_limit=1740, time_limit=1800)
def apply_upload(upload_id: int) -> dict[str, str]:
    """Write what one long form says."""
    with audit.context(Source.JOB):
        row = upload_later.apply_queued(upload_id)
    return {"state": row.state if row else "skipped"}


@shared_task(soft_time_limit=20, time_limit=30)
def sweep_uploads() -> dict[str, int]:
    """Ring again for every form that waits to be read or written."""
    return {"rung": upload_reading.ring_due() + upload_later.ring_due()}


@shared_task(soft_time_limit=240, time_limit=300)
def remove_uploads() -> dict[str, int]:
    """Remove forms that were sent in longer ago than they are kept, and what no row knows."""
    with audit.context(Source.JOB):
        removed = uploads.remove_outlived(now=now())
        return {"removed": removed, "unknown": sweeping.clear_uploads(now=now())}
