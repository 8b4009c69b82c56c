"""The product's own Celery application, whose beat sweeps every second: `celery -A`."""

from tracker.celery import app

__all__ = ["app"]

app.conf.beat_schedule = {
    "sweep mail": {"task": "tasks.jobs.sweep_digests", "schedule": 1, "options": {"expires": 1}}
}
