"""Runs: made once, by processes and threads at once, and finished after a kill."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from reports.books.making import make
from reports.models import ReportRun
from reports.services import runs, work
from tasks.models import Plan
from tests.at_once import at_once
from tests.factories import TODAY, coordinator
from tests.reports.asking import ask, expire
from units.models import Office


@pytest.mark.usefixtures("committed")
class TestWithRealCommits:
    """Two processes or threads, each with a connection of its own."""

    def test_two_workers_at_once_make_one(self, files_dir: Path) -> None:
        run = ask(plan=Plan.objects.get(code="jiangjin-2022"))
        results = at_once(*[lambda: make(run.pk, today=TODAY)] * 4)
        assert sum(result is not None for result in results) == 1
        run.refresh_from_db()
        assert (run.state, run.attempts, run.files.count()) == ("done", 1, 12)

    def test_two_presses_at_once_are_one_run(self) -> None:
        person = coordinator(Office.objects.get(name="重庆市双碳办"))
        found = at_once(*[lambda: ask(by=person).pk] * 4)
        assert len(found) == 4
        assert len(set(found)) == 1

    def test_two_beats_at_once_enter_each_run_once(self) -> None:
        at_once(*[lambda: runs.request_quarterly_runs(today=TODAY)] * 3)
        assert ReportRun.objects.count() == 3

    def test_a_killed_workers_run_is_finished_by_another(self, files_dir: Path) -> None:
        run = ask(plan=Plan.objects.get(code="jiangjin-2022"))
        worker = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", KILLED_WORKER, str(run.pk), str(files_dir)],
            env=os.environ | {"TEST_DATABASE": str(connection.settings_dict["NAME"])},
            cwd=django_settings.BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdout is not None
        assert worker.stdout.readline() == "three written\n"
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()

        run.refresh_from_db()
        assert (run.state, run.files.count()) == ("running", 0)
        assert run.done <= 3  # told once a second, however fast they are written
        assert make(run.pk, today=TODAY) is None  # the lease still holds
        expire(run)
        assert work.ring_due_runs() == 1
        finished = make(run.pk, today=TODAY)

        assert finished is not None
        assert (finished.state, finished.attempts, finished.files.count()) == ("done", 2, 12)
        kept = {path for path in (files_dir / "reports").rglob("*") if path.is_file()}
        assert kept == {file.full_path for file in finished.files.all()}


# Makes a run for real and stops, alive, while it writes the fourth file.
# A worker that tells by a line when three files are written, and then waits to be killed.
KILLED_WORKER = """
import os, sys, time
from pathlib import Path
import django
from django.conf import settings

settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
settings.FILES_DIR = Path(sys.argv[2])
django.setup()
from reports.books import making
from tests.factories import TODAY

write, written = making.write_book, []

def stop_at_the_fourth(path, *args, **kwargs):
    write(path, *args, **kwargs)
    written.append(path)
    if len(written) == 4:
        print("three written", flush=True)
        time.sleep(60)

making.write_book = stop_at_the_fourth
making.make(int(sys.argv[1]), today=TODAY)
"""
