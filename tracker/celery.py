"""The Celery application and all of beat's table."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, task_postrun, task_prerun, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

app = Celery("tracker")
app.config_from_object("tracker.celery_settings:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")

# `expires` is a little under the period: an outage must not pile up calls. Each of these may
# run twice or be missed: the rows in PostgreSQL say what is due.
app.conf.beat_schedule = {
    "sweep report runs": {
        "task": "reports.jobs.sweep_report_runs",
        "schedule": 10,
        "options": {"expires": 9},
    },
    "sweep uploads": {
        "task": "reports.jobs.sweep_uploads",
        "schedule": 10,
        "options": {"expires": 9},
    },
    "remove uploads": {
        "task": "reports.jobs.remove_uploads",
        "schedule": crontab(minute="40", hour="2"),
        "options": {"expires": 3000},
    },
    "sweep mail": {
        "task": "tasks.jobs.sweep_digests",
        "schedule": 30,
        "options": {"expires": 28},
    },
    "seal audit": {
        "task": "units.jobs.seal_audit",
        "schedule": 60,
        "options": {"expires": 58},
    },
    "mail audit head": {
        "task": "units.jobs.mail_audit_head",
        "schedule": crontab(minute="15", hour="8-17"),
        "options": {"expires": 3000},
    },
    "open periods": {
        "task": "tasks.jobs.open_periods",
        "schedule": crontab(minute="10", hour="0-23/6"),
        "options": {"expires": 3600},
    },
    "carry hand-overs": {
        "task": "units.jobs.carry_hand_overs",
        "schedule": crontab(minute="5", hour="0-23/6"),
        "options": {"expires": 3600},
    },
    "carry out successions": {
        "task": "units.jobs.carry_out_successions",
        "schedule": crontab(minute="3", hour="0-23/6"),
        "options": {"expires": 3600},
    },
    "make notices": {
        "task": "tasks.jobs.make_notices",
        "schedule": crontab(minute="30", hour="8-17"),
        "options": {"expires": 3000},
    },
    "make quarterly reports": {
        "task": "reports.jobs.make_quarterly_runs",
        "schedule": crontab(minute="20", hour="*"),
        "options": {"expires": 3000},
    },
    "make scheduled reports": {
        "task": "reports.jobs.make_scheduled_runs",
        "schedule": crontab(minute="25", hour="7-20"),
        "options": {"expires": 3000},
    },
    "tidy report files": {
        "task": "reports.jobs.tidy_report_files",
        "schedule": crontab(minute="50", hour="*"),
        "options": {"expires": 3000},
    },
}


@worker_init.connect
def allow_the_names(**kwargs: Any) -> None:
    """Celery takes CELERY_TIMEZONE for an old setting; here CELERY_ is the names' own beginning."""
    app.conf.deprecated_settings = None


@worker_init.connect
def outlive_the_broker(**kwargs: Any) -> None:
    """Put messages back only over a connection that is still there.

    Kombu tries to also after it has forgotten the one that broke, and the worker ends by that.
    What is not put back is rung for again.
    """
    from kombu.transport.redis import Channel

    def connected(channel: Any) -> bool:
        return channel.connection is not None and channel.connection.client is not None

    Channel.do_restore = property(connected)  # type: ignore[assignment] # read of instances alone


@worker_init.connect
@beat_init.connect
def refuse_unsafe_production(**kwargs: Any) -> None:
    """Worker and beat refuse what the web server refuses."""
    from tracker import guard

    guard.refuse_unsafe_production()


@task_prerun.connect
def note_start(sender: Any = None, **kwargs: Any) -> None:
    """Keep when a job of the table last ran: /healthz says when one has not."""
    from tracker import schedules
    from tracker.lib import workdays

    if sender.name in schedules.known():
        schedules.note_start(sender.name, now=workdays.now())


@task_postrun.connect
def note_end(sender: Any = None, state: str = "", **kwargs: Any) -> None:
    """Keep when it last came to a good end."""
    from tracker import schedules
    from tracker.lib import workdays

    if state == "SUCCESS" and sender.name in schedules.known():
        schedules.note_end(sender.name, now=workdays.now())
