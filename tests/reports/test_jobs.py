"""The jobs do what beat's table and the doorbell name."""

from typing import Any

import time_machine

from reports import jobs
from reports.models import ReportRun
from reports.services import mails, runs
from tasks.models import Plan
from tracker.celery import app
from tracker.lib.workdays import Quarter
from units.models import AuditEntry, Unit


def test_every_job_has_the_name_that_others_ring() -> None:
    named = {
        "reports.jobs.make_report_run",
        "reports.jobs.sweep_report_runs",
        "reports.jobs.make_quarterly_runs",
        "reports.jobs.make_scheduled_runs",
        "reports.jobs.send_report_mail",
        "reports.jobs.tidy_report_files",
    }
    app.loader.import_default_modules()
    assert named <= set(app.tasks)
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert named - scheduled == {runs.MAKE_JOB, mails.SEND_JOB}
    assert all(app.tasks[name].time_limit for name in named)


def test_a_run_rung_for_is_made_and_on_record_as_a_job(joint: Plan, rung: list[Any]) -> None:
    unit = Unit.objects.get(name="重庆市能源局")
    run = runs.request_run(book="status", quarter=Quarter(2025, 4), lead_unit=unit, by=None)
    ((_name, pk),) = rung
    with time_machine.travel("2026-11-20T02:00:00Z"):
        assert jobs.make_report_run(pk) == {"state": "done"}
        assert jobs.make_report_run(pk) == {"state": "skipped"}
    assert run.files.count() == 1
    assert AuditEntry.objects.get(verb="report_run.finish").source == "job"


def test_beat_enters_runs_and_the_sweep_rings_for_them(joint: Plan, rung: list[Any]) -> None:
    with time_machine.travel("2026-11-20T02:00:00Z"):
        assert jobs.make_quarterly_runs() == {"entered": 3, "closed": 0}
        assert jobs.make_quarterly_runs() == {"entered": 0, "closed": 0}
    rung.clear()
    assert jobs.sweep_report_runs() == {"rung": 3, "mails": 0}
    assert {pk for _name, pk in rung} == set(ReportRun.objects.values_list("pk", flat=True))


def test_a_run_for_a_message_out_of_the_blue_is_skipped(db: None) -> None:
    assert jobs.make_report_run(12345) == {"state": "skipped"}
