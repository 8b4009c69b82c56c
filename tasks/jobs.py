"""Background jobs: ids in, one service call, a small dict out."""

from dataclasses import asdict

from celery import shared_task
from django.conf import settings

from tasks import reminders
from tasks.reminders import delivery
from tasks.services import digests, periods
from tracker.lib import workdays
from units.services import audit
from units.states import Source

LEASE_SECONDS: int = settings.DELIVERY_LEASE_SECONDS


@shared_task(name="tasks.jobs.make_notices", soft_time_limit=240, time_limit=300)
def make_notices() -> dict[str, int]:
    """Make the day's notices."""
    with audit.context(Source.JOB):
        made = reminders.make_notices(today=workdays.today(), now=workdays.now())
    return asdict(made)


@shared_task(
    name="tasks.jobs.deliver_digest",
    soft_time_limit=LEASE_SECONDS // 2,
    time_limit=LEASE_SECONDS * 3 // 4,
)
def deliver_digest(digest_id: int) -> dict[str, str]:
    """Send one mail."""
    with audit.context(Source.JOB):
        return {"outcome": delivery.deliver(digest_id, now=workdays.now())}


@shared_task(name="tasks.jobs.sweep_digests", soft_time_limit=20, time_limit=25)
def sweep_digests() -> dict[str, int]:
    """Ring for mails that wait."""
    return {"rung": digests.sweep(now=workdays.now())}


@shared_task(name="tasks.jobs.open_periods", soft_time_limit=120, time_limit=150)
def open_periods() -> dict[str, int]:
    """Open the quarters whose reporting begins."""
    with audit.context(Source.JOB):
        return {"opened": len(periods.open_due_periods(today=workdays.today()))}
