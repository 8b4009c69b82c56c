"""Reading in the background: once, by one worker, taken over where one dies."""

import datetime
from typing import Any

import pytest
from django.db.models.functions import Now

from reports import jobs
from reports.models import Upload
from reports.returns.read import read
from reports.services import upload_content, upload_reading
from reports.services.upload_leases import MAX_ATTEMPTS
from tests.factories import NOW
from tests.reports.returns.conftest import World
from tests.reports.uploads.conftest import browser, file_of, send
from units.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(world: World) -> Upload:
    """Sent in and not read yet."""
    send(browser(world.by), file_of(world.filled({"G5": 80, "I5": "完成。"})))
    return Upload.objects.get()


def test_it_is_rung_for_and_again_where_the_bell_was_lost(
    waiting: Upload, rings: list[tuple[Any, ...]]
) -> None:
    assert rings == [("reports.jobs.read_upload", waiting.pk)]
    assert jobs.sweep_uploads() == {"rung": 1}
    assert rings[1:] == [("reports.jobs.read_upload", waiting.pk)]
    assert jobs.read_upload(waiting.pk) == {"state": "ready"}
    assert jobs.read_upload(waiting.pk) == {"state": "skipped"}
    assert jobs.sweep_uploads() == {"rung": 0}


def test_the_page_says_how_far_it_is(waiting: Upload, world: World) -> None:
    client = browser(world.by)
    address = f"/reports/uploads/{waiting.pk}/"
    assert "等待后台处理" in client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<div")
    assert 'hx-trigger="every 1s"' in part


def test_a_worker_that_died_is_followed_by_another(
    waiting: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = read

    def taken_over(path: Any) -> Any:
        past = Now() - datetime.timedelta(seconds=1)
        Upload.objects.filter(pk=waiting.pk).update(lease_until=past)
        monkeypatch.setattr(upload_reading, "read", real)
        assert upload_reading.read_upload(waiting.pk, now=NOW) is not None
        return real(path)

    monkeypatch.setattr(upload_reading, "read", taken_over)
    assert upload_reading.read_upload(waiting.pk, now=NOW) is None
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts, waiting.fence) == ("ready", 2, 2)


def test_a_disk_that_fails_is_tried_again_and_not_for_ever(
    waiting: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Any) -> Any:
        raise OSError("no disk")

    monkeypatch.setattr(upload_reading, "read", broken)
    for _attempt in range(MAX_ATTEMPTS):
        Upload.objects.filter(pk=waiting.pk).update(lease_until=None)
        upload_reading.read_upload(waiting.pk, now=NOW)
    waiting.refresh_from_db()
    assert waiting.state == "refused"
    assert "请联系管理员" in waiting.error
    assert AuditEntry.objects.filter(verb="upload.refuse").count() == 1


def test_what_nobody_foresaw_is_told_in_words(
    waiting: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Any) -> Any:
        raise RuntimeError("what?")

    monkeypatch.setattr(upload_reading, "read", broken)
    row = upload_reading.read_upload(waiting.pk, now=NOW)
    assert row is not None
    assert row.state == "refused"
    assert f"编号{waiting.pk}" in row.error


def test_what_the_row_keeps_is_what_was_read(world: World) -> None:
    path = world.filled({"G5": "８０％", "H6": "是", "I5": "一\n二", "配合任务!F5": "x"})
    returned = read(path)
    kept = upload_content.unpacked(upload_content.packed(returned))
    assert kept.key == returned.key
    assert list(kept.rows) == list(returned.rows)
    assert kept.quarter == returned.quarter
    assert {k: list(v) for k, v in kept.words.items()} == {
        k: list(v) for k, v in returned.words.items()
    }
