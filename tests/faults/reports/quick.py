"""The product's own Celery application with a slow pen: a kill hits it while it writes.

`TRY_LEASE` shortens the lease and the sweep's rhythm for the short trials; without it both are
the product's own.
"""

import datetime
import os
import time
from typing import Any

from tracker.celery import app

__all__ = ["app"]

PAUSE = 0.4
SWEEP = "sweep report runs"
LEASE = float(os.environ.get("TRY_LEASE") or 0)
OFTEN = {"task": "reports.jobs.sweep_report_runs", "schedule": 1, "options": {"expires": 1}}
app.conf.beat_schedule = {SWEEP: OFTEN if LEASE else app.conf.beat_schedule[SWEEP]}


@app.on_after_finalize.connect
def slow_down(**kwargs: Any) -> None:
    """Before each file a while in which it may be killed."""
    from reports.books import making
    from reports.services import work

    write: Any = vars(making)["write_book"]

    def slowly(*args: Any, **kwargs: Any) -> None:
        time.sleep(PAUSE)
        write(*args, **kwargs)

    vars(making)["write_book"] = slowly
    if LEASE:
        work.LEASE, work.RENEW_SECONDS = datetime.timedelta(seconds=LEASE), LEASE / 3
