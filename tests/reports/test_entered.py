"""Files and `done` are one: whatever breaks just after they were entered, neither goes alone."""

import time
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Now

from reports.books.making import make
from reports.models import ReportRun
from reports.services import work
from tests.factories import TODAY
from tests.reports.asking import small
from units.models import AuditEntry


def lost_connection() -> Exception:
    """The server has committed, and its answer did not come."""
    connection.connection.close()
    return OperationalError("server closed the connection unexpectedly")


@pytest.mark.usefixtures("committed")
class TestWithRealCommits:
    """As a worker goes about it."""

    @pytest.mark.parametrize("broken", [lost_connection, SoftTimeLimitExceeded])
    def test_what_breaks_after_the_entering_takes_no_files(
        self, broken: Any, monkeypatch: pytest.MonkeyPatch, files_dir: Path
    ) -> None:
        run, finish = small(), work.finish

        def entered_and_broken(*args: Any) -> None:
            finish(*args)
            raise broken()

        monkeypatch.setattr(work, "finish", entered_and_broken)
        make(run.pk, today=TODAY)
        run.refresh_from_db()
        assert run.state == "done"
        assert all(file.full_path.is_file() for file in run.files.all())
        assert not AuditEntry.objects.filter(verb="report_run.fail").exists()

    @pytest.mark.parametrize("error", [OperationalError, InterfaceError])
    def test_what_breaks_before_it_leaves_none_and_is_tried_again(
        self, error: type[Exception], monkeypatch: pytest.MonkeyPatch, files_dir: Path
    ) -> None:
        run = small()

        def gone(*_args: Any) -> None:
            connection.connection.close()
            raise error("the connection is closed")

        monkeypatch.setattr(work, "finish", gone)
        assert make(run.pk, today=TODAY) is not None
        run.refresh_from_db()
        assert (run.state, run.attempts) == ("queued", 1)
        assert "将自动重试" in str(run.error)
        assert not [path for path in files_dir.rglob("*") if path.is_file()]

    def test_a_lease_is_renewed_again_once_the_connection_is_back(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = small()
        lease = work.claim(run.pk)
        assert lease is not None
        ReportRun.objects.filter(pk=run.pk).update(lease_until=Now())
        held, asked = vars(work)["_held"], []

        def held_later(one: work.Lease) -> Any:
            asked.append(one)
            if len(asked) == 1:
                raise InterfaceError("connection already closed")
            return held(one)

        monkeypatch.setattr(work, "RENEW_SECONDS", 0.05)
        monkeypatch.setattr(work, "_held", held_later)
        until = time.monotonic() + 20
        with work.kept_up(lease):
            while not ReportRun.objects.filter(pk=run.pk, lease_until__gt=Now()).exists():
                assert time.monotonic() < until, "not renewed"
                time.sleep(0.05)
        time.sleep(0.3)  # its connection is closed before the database is emptied
