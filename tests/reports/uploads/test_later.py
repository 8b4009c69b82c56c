"""Long forms are written by a worker: whole or not at all, and what became of it is told."""

import datetime
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models.functions import Now
from django.utils import translation

from reports import jobs
from reports.models import Upload
from reports.services import upload_later
from reports.services.upload_leases import MAX_ATTEMPTS
from tasks.models import ProgressReport
from tasks.services import progress
from tasks.services.entry import Entry
from tests.factories import NOW
from tests.reports.returns.conftest import World
from tests.reports.uploads.conftest import apply, browser, page, sent, write_all
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db
FILLED = {"G5": 80, "I5": "甲。", "G6": 30, "I6": "乙。"}


@pytest.fixture(autouse=True)
def _all_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_later, "MOST_AT_ONCE", 1)


@pytest.fixture
def queued(world: World) -> Upload:
    """Confirmed, and waiting for a worker."""
    upload = sent(browser(world.by), world.filled(FILLED))
    assert apply(browser(world.by), upload, hand_in="on").status_code == 302
    upload.refresh_from_db()
    return upload


def test_it_waits_is_written_and_tells(
    queued: Upload, world: World, rings: list[tuple[Any, ...]]
) -> None:
    client = browser(world.by)
    assert (queued.state, queued.ended_by) == ("applying", world.by)
    assert rings[-1] == ("reports.jobs.apply_upload", queued.pk)
    shown = page(client, queued)
    assert "写入中" in shown
    assert 'hx-trigger="every 1s"' in shown
    assert not ProgressReport.objects.exists()
    assert jobs.sweep_uploads() == {"rung": 1}
    assert jobs.apply_upload(queued.pk) == {"state": "applied"}
    assert jobs.apply_upload(queued.pk) == {"state": "skipped"}
    assert jobs.sweep_uploads() == {"rung": 0}
    assert "已写入" in page(client, queued)
    told = ProgressReport.objects.order_by("percent").values_list("percent", "state")
    assert list(told) == [(30, "submitted"), (80, "submitted")]
    queued.refresh_from_db()
    assert (queued.wish, queued.counts["written"], queued.ended_by) == (None, 2, world.by)
    saved = AuditEntry.objects.filter(verb="report.submit")
    assert {(row.source, row.actor) for row in saved} == {("form", world.by)}


def test_it_counts_as_handed_in_when_it_was_confirmed(world: World) -> None:
    """On the last day workers are busy: what they write after midnight is not late for that."""
    upload = sent(browser(world.by), world.filled(FILLED))
    confirmed = NOW.replace(hour=23, minute=58)
    with time_machine.travel(confirmed, tick=False):
        assert apply(browser(world.by), upload, hand_in="on").status_code == 302
    with time_machine.travel(confirmed + datetime.timedelta(minutes=20), tick=False):
        write_all()
    assert {row.submitted_at for row in ProgressReport.objects.all()} == {confirmed}


def test_a_worker_that_dies_leaves_nothing_and_another_writes_it(
    queued: Upload, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = progress.submit, []

    def killed(*args: Any, **kwargs: Any) -> Any:
        seen.append(args)
        if len(seen) == 2:
            raise KeyboardInterrupt  # as SIGKILL: nothing after it is done
        return real(*args, **kwargs)

    monkeypatch.setattr(progress, "submit", killed)
    with pytest.raises(KeyboardInterrupt):
        upload_later.apply_queued(queued.pk)
    monkeypatch.setattr(progress, "submit", real)
    assert not ProgressReport.objects.exists()
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == ("applying", 1)
    assert upload_later.apply_queued(queued.pk) is None  # the lease still runs
    past = Now() - datetime.timedelta(seconds=1)
    Upload.objects.filter(pk=queued.pk).update(lease_until=past)
    assert jobs.apply_upload(queued.pk) == {"state": "applied"}
    assert ProgressReport.objects.count() == 2


def test_a_worker_that_was_taken_for_dead_writes_nothing(
    queued: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = progress.submit

    def slow(*args: Any, **kwargs: Any) -> Any:
        Upload.objects.filter(pk=queued.pk).update(fence=9)  # another has claimed it meanwhile
        return real(*args, **kwargs)

    monkeypatch.setattr(progress, "submit", slow)
    assert upload_later.apply_queued(queued.pk) is None
    assert not ProgressReport.objects.exists()
    assert not AuditEntry.objects.filter(verb__in=("report.submit", "upload.apply")).exists()


def test_it_is_not_tried_for_ever(
    queued: Upload, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise DatabaseError("gone")

    monkeypatch.setattr(upload_later, "write", broken)
    for _attempt in range(MAX_ATTEMPTS):
        Upload.objects.filter(pk=queued.pk).update(lease_until=None)
        upload_later.apply_queued(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, queued.ended_by) == ("ready", None)
    assert "请联系管理员" in page(browser(world.by), queued)
    monkeypatch.undo()
    assert apply(browser(world.by), queued).status_code == 302
    assert ProgressReport.objects.count() == 2


def test_what_changed_before_the_worker_came_is_shown_anew(queued: Upload, world: World) -> None:
    on_line = Entry(percent=60, progress="网上的。")
    progress.save_draft(world.leads[0], world.period, on_line, by=world.by, now=NOW)
    write_all()
    queued.refresh_from_db()
    assert queued.state == "ready"
    shown = page(browser(world.by), queued)
    assert "没有写入任何内容" in shown
    assert "又有变化" in shown
    assert "网上的。" in shown
    assert ProgressReport.objects.get().percent == 60
    with translation.override("en"):  # whoever asked, each reader has the own language
        queued.refresh_from_db()
        assert "又有变化" not in queued.error


def test_who_lost_the_post_meanwhile_writes_nothing(queued: Upload, world: World) -> None:
    world.by.memberships.all().delete()
    write_all()
    queued.refresh_from_db()
    assert (queued.state, queued.error) == ("ready", "您不能写入这份回填表。")
    assert not ProgressReport.objects.exists()


def test_one_row_that_cannot_be_written_undoes_all(
    queued: Upload, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = progress.submit

    def half(side: Any, *args: Any, **kwargs: Any) -> Any:
        if side == world.leads[1]:
            raise ValidationError("不行。")
        return real(side, *args, **kwargs)

    monkeypatch.setattr(progress, "submit", half)
    write_all()
    queued.refresh_from_db()
    assert queued.state == "ready"
    assert "第6行" in queued.error
    assert not ProgressReport.objects.exists()


def test_it_is_neither_given_up_nor_confirmed_again_meanwhile(queued: Upload, world: World) -> None:
    client = browser(world.by)
    for end in ("apply", "drop"):
        client.post(f"/reports/uploads/{queued.pk}/{end}/", {"seen": "x"})
        queued.refresh_from_db()
        assert queued.state == "applying"
    assert client.get(f"/reports/uploads/{queued.pk}/marked/").status_code == 404


def test_what_can_be_known_is_told_at_once(world: World, office: User) -> None:
    upload = sent(browser(office), world.filled(FILLED))
    assert apply(browser(office), upload).status_code == 422  # no reason
    upload.refresh_from_db()
    assert upload.state == "ready"


def test_many_are_written_one_by_one(world: World) -> None:
    client = browser(world.by)
    upload = sent(client, world.filled(FILLED))
    listed = f"/reports/forms/?batch={upload.batch}"
    answer = client.post(f"/reports/forms/batches/{upload.batch}/", follow=True)
    assert "1份正在后台写入" in answer.content.decode()
    assert 'hx-trigger="every 2s"' in answer.content.decode()
    part = client.get(listed, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "写入没有疑问" not in part
    write_all()
    assert "hx-trigger" not in client.get(listed).content.decode().split("sent-forms")[1]
    assert ProgressReport.objects.count() == 2
