"""Background jobs: make a run, ring again for those left over, enter the quarter's."""

from celery import shared_task

from reports.books.making import make
from reports.services import runs, work
from tracker.lib.workdays import today
from units.services import audit
from units.states import Source


@shared_task(soft_time_limit=540, time_limit=600)
def make_report_run(run_id: int) -> dict[str, str]:
    """Make the files of one run."""
    with audit.context(Source.JOB):
        run = make(run_id, today=today())
    return {"state": run.state if run else "skipped"}


@shared_task(soft_time_limit=20, time_limit=30)
def sweep_report_runs() -> dict[str, int]:
    """Ring again for every run that waits for a worker."""
    return {"rung": work.ring_due_runs()}


@shared_task(soft_time_limit=60, time_limit=90)
def make_quarterly_runs() -> dict[str, int]:
    """Enter the runs of each plan's latest quarter whose grace has ended."""
    with audit.context(Source.JOB):
        entered = runs.request_quarterly_runs(today=today())
    return {"entered": len(entered)}
