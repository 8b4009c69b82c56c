"""The product's own Celery application that writes forms slowly: a kill hits it in the middle.

`TRY_LEASE` is the lease of the trial, with a sweep each second.
"""

import datetime
import os
import time
from typing import Any

from tracker.celery import app

__all__ = ["app"]

PAUSE = 0.4
LEASE = float(os.environ["TRY_LEASE"])
app.conf.beat_schedule = {
    "sweep uploads": {
        "task": "reports.jobs.sweep_uploads",
        "schedule": 1,
        "options": {"expires": 1},
    }
}


@app.on_after_finalize.connect
def slow_down(**kwargs: Any) -> None:
    """After each row a while in which it may be killed."""
    from reports.services import upload_applying, upload_leases

    write: Any = vars(upload_applying)["_write"]

    def slowly(*args: Any, **kwargs: Any) -> None:
        write(*args, **kwargs)
        time.sleep(PAUSE)

    vars(upload_applying)["_write"] = slowly
    upload_leases.LEASE = datetime.timedelta(seconds=LEASE)
    upload_leases.TOLD_EVERY = LEASE / 6
