"""Runs cancelled and begun anew: by who may, at any moment, and nothing is left behind."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reports.books import making
from reports.books.making import make
from reports.models import ReportFile, ReportRun
from reports.services import runs, sweeping, work
from reports.states import RunState
from tasks.models import Period, Snapshot
from tasks.states import PeriodState
from tests.factories import NOW, TODAY
from tests.reports.asking import expire
from tests.reports.pages.conftest import Cast, ask, made_by
from units.models import AuditEntry

pytestmark = pytest.mark.django_db


def left(files_dir: Path) -> list[Path]:
    """Everything below the folder of books, folders too."""
    return sorted(files_dir.glob("reports/*/*"))


def press(client: Client, run: ReportRun, button: str) -> Any:
    return client.post(reverse(f"reports:run_{button}", args=[run.pk]), follow=True)


def test_one_that_waits_is_cancelled_and_never_made(client: Client, cast: Cast) -> None:
    ask(client, cast.office)
    run = ReportRun.objects.get()
    assert "取消生成" in client.get(reverse("reports:run", args=[run.pk])).text
    page = press(client, run, "cancel").text
    assert "没有留下文件" in page
    assert "重新生成" in page
    assert "取消生成" not in page
    assert make(run.pk, today=TODAY) is None
    run.refresh_from_db()
    assert (run.state, run.cancelled_by, run.files.count()) == ("cancelled", cast.office, 0)
    assert AuditEntry.objects.get(verb="report_run.cancel").actor == cast.office


def test_one_that_is_made_stops_at_the_next_file(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, files_dir: Path
) -> None:
    monkeypatch.setattr(work, "TELL_SECONDS", 0)
    ask(client, cast.office)
    run = ReportRun.objects.get()
    write: Any = vars(making)["write_book"]
    written = []

    def cancelled(path: Path, *args: Any, **kwargs: Any) -> None:
        write(path, *args, **kwargs)
        written.append(path)
        press(client, run, "cancel")

    monkeypatch.setattr(making, "write_book", cancelled)
    assert make(run.pk, today=TODAY) is None
    assert len(written) == 1
    assert left(files_dir) == []
    assert not ReportFile.objects.exists()
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_with_one_click_it_is_made_after_all(client: Client, cast: Cast, rung: list[Any]) -> None:
    ask(client, cast.office)
    run = ReportRun.objects.get()
    press(client, run, "cancel")
    rung.clear()
    assert "排队中" in press(client, run, "again").text
    assert rung == [("reports.jobs.make_report_run", run.pk)]
    finished = make(run.pk, today=TODAY)
    assert finished is not None
    assert (finished.state, finished.attempts, finished.cancelled_by) == ("done", 1, None)
    assert ReportRun.objects.count() == 1
    assert AuditEntry.objects.get(verb="report_run.again").before == {"state": "cancelled"}


def test_one_that_failed_can_be_tried_again_and_one_that_is_done_not(
    client: Client, cast: Cast
) -> None:
    run = made_by(client, cast.office)
    assert "无须重新生成" in press(client, run, "again").text
    assert "不能取消" in press(client, run, "cancel").text
    ReportRun.objects.update(state=RunState.FAILED, attempts=work.MAX_ATTEMPTS, error="磁盘已满")
    ReportFile.objects.all().delete()
    assert "排队中" in press(client, run, "again").text
    finished = make(run.pk, today=TODAY)
    assert finished is not None
    assert (finished.state, finished.error) == ("done", "")


def test_one_whose_file_is_lost_is_made_anew_as_it_was_wanted(client: Client, cast: Cast) -> None:
    run = made_by(client, cast.office, language="en", paper="A3")
    run.files.all()[0].full_path.unlink()
    page = client.get(reverse("reports:run", args=[run.pk])).text
    assert "已不在服务器上" in page
    press(client, run, "again")
    fresh = ReportRun.objects.exclude(pk=run.pk).get()
    assert (fresh.state, fresh.language, fresh.paper) == ("queued", "en", "A3")


@pytest.mark.parametrize("who", ["lead", "other_lead", "stranger", "auditor"])
@pytest.mark.parametrize("button", ["cancel", "again"])
def test_others_do_neither(client: Client, cast: Cast, who: str, button: str) -> None:
    run = made_by(client, cast.office)
    ended = {"state": "failed", "finished_at": run.created_at}
    waits = {"state": "queued", "finished_at": None}
    ReportRun.objects.update(**(ended if button == "again" else waits))
    before = ReportRun.objects.values().get()
    client.force_login(getattr(cast, who))
    assert press(client, run, button).status_code == 404
    assert ReportRun.objects.values().get() == before


def test_a_killed_worker_leaves_a_folder_that_is_swept(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, files_dir: Path
) -> None:
    ask(client, cast.office)
    run = ReportRun.objects.get()
    write: Any = vars(making)["write_book"]

    def killed(path: Path, *args: Any, **kwargs: Any) -> None:
        write(path, *args, **kwargs)
        (path.parent / ".tmp-half.xlsx").write_bytes(b"half")
        raise KeyboardInterrupt  # nothing is tidied up after it

    monkeypatch.setattr(making, "write_book", killed)
    with pytest.raises(KeyboardInterrupt):
        make(run.pk, today=TODAY)
    assert sweeping.clear_orphans() == 0  # its lease holds: it may be at work
    assert left(files_dir) != []
    expire(run)
    press(client, run, "cancel")
    assert sweeping.clear_orphans() == 2
    assert left(files_dir) == []


def test_the_sweep_keeps_what_rows_know(client: Client, cast: Cast, files_dir: Path) -> None:
    run = made_by(client, cast.office)
    kept = {file.full_path for file in run.files.all()}
    stray = next(iter(kept)).with_name(".tmp-stray.xlsx")
    stray.write_bytes(b"half")
    gone = files_dir / "reports" / "2026Q3" / "999999" / "1" / "x.xlsx"
    gone.parent.mkdir(parents=True)
    gone.write_bytes(b"nobody's")
    elsewhere = files_dir / "evidence" / "2026Q3" / "1" / "1" / "paper.pdf"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_bytes(b"evidence")
    assert sweeping.clear_orphans() == 2
    assert {path for path in files_dir.rglob("*") if path.is_file()} == kept | {elsewhere}


def test_files_are_kept_as_long_as_the_setting_says(
    client: Client, cast: Cast, settings: Any, files_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = made_by(client, cast.office)
    address = reverse("reports:file", args=[run.files.all()[0].pk])
    ReportRun.objects.update(finished_at="2026-11-10T08:00:00+08:00")
    settings.REPORT_FILES_DAYS = 10
    assert sweeping.remove_old_files(today=TODAY) == 0  # ten days on
    ReportRun.objects.update(is_record=True, finished_at="2026-11-08T08:00:00+08:00")
    assert sweeping.remove_old_files(today=TODAY) == 0  # a closed quarter's
    ReportRun.objects.update(is_record=False)
    settings.REPORT_FILES_DAYS = 0
    assert sweeping.remove_old_files(today=TODAY) == 0
    settings.REPORT_FILES_DAYS = 10
    number = run.files.count()
    assert sweeping.remove_old_files(today=TODAY) == number
    assert sweeping.remove_old_files(today=TODAY) == 0
    monkeypatch.setattr(sweeping, "past_keeping", lambda *, today: [run])  # as two beats at once
    assert sweeping.remove_old_files(today=TODAY) == 0
    assert left(files_dir) == []
    assert client.get(address).status_code == 404
    page = client.get(reverse("reports:run", args=[run.pk])).text
    assert "按保存期限清理" in page
    assert address not in page
    assert AuditEntry.objects.filter(verb="report_run.remove_files").count() == 1
    again = press(client, run, "again")
    fresh = ReportRun.objects.order_by("-pk")[0]
    assert (fresh.pk != run.pk, fresh.state) == (True, "queued")
    assert again.redirect_chain[-1][0] == reverse("reports:run", args=[fresh.pk])


def test_a_closed_quarters_books_are_made_once_a_closing_and_stay(cast: Cast) -> None:
    period = Period.objects.get()
    assert runs.request_record_runs(today=TODAY) == []
    period.state, period.closed_on = PeriodState.CLOSED, TODAY
    period.save()
    Snapshot.objects.create(period=period, day=TODAY, taken_at=NOW, digest="0" * 64)
    entered = runs.request_record_runs(today=TODAY)
    offices = {side.office for side in period.plan.sides.all()}
    assert {(run.office, run.book) for run in entered} == {
        (office, book) for office in offices for book in ("status", "overdue", "targets")
    }
    assert all(run.is_record for run in entered)
    assert runs.request_record_runs(today=TODAY) == []
