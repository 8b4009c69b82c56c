"""Mails through a real SMTP server: once a person, again after trouble, the same Message-ID."""

import datetime
from typing import Any

import pytest

from tasks import jobs
from tasks.models import Carried, Digest, Notice
from tasks.reminders import make_notices
from tasks.reminders.delivery import deliver
from tasks.reminders.wanted import still_wanted
from tasks.services import digests
from tasks.states import NoticeState, TaskState
from tests.factories import ProgressReportFactory
from tests.tasks.reminders.conftest import DUE, Post, Scene, at
from units.models import AuditEntry, Membership
from units.states import Source

D = datetime.date
MINUTE = datetime.timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def test_a_mail_reaches_the_officer(digest: Digest, scene: Scene, post: Post) -> None:
    assert deliver(digest.pk, now=at(DUE, 10)) == "sent"
    (mail,) = post.mails
    assert mail["To"] == scene.officer.email
    assert mail["Message-ID"] == f"<digest.{digest.pk}@tracker.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"].strip() == "碳责通提醒：1件事项（2026年10月10日）"
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        text = part.get_content()
        assert "请于10月10日当日填报“协同开发油气资源”2026年第3季度进展。" in text
        assert f"https://tracker.example.org/fill/{scene.side.pk}/2026Q3/" in text
        assert "进展将到期" in text
        assert "任务现为" in text
        assert "▲ 滞后" in text
    digest.refresh_from_db()
    assert (digest.state, digest.sent_at, digest.lease_until) == ("sent", at(DUE, 10), None)
    assert Notice.objects.get().state == NoticeState.SENT


def test_a_second_call_sends_nothing(digest: Digest, post: Post) -> None:
    deliver(digest.pk, now=at(DUE))
    assert deliver(digest.pk, now=at(DUE)) == "not_due"
    assert deliver(digest.pk + 1000, now=at(DUE)) == "not_due"
    assert len(post.mails) == 1


def test_the_most_urgent_stands_first(scene: Scene, rung: list[Any], post: Post) -> None:
    scene.another(task__due_on=D(2026, 10, 16), task__title="将到期")
    scene.another(task__due_on=D(2026, 9, 30), task__title="已逾期")
    make_notices(today=DUE, now=at(DUE))
    deliver(Digest.objects.get(recipient=scene.officer).pk, now=at(DUE))
    part = post.mails[0].get_body(("plain",))
    assert part is not None
    text = part.get_content()
    places = [text.index(word) for word in ("“已逾期”", "油气资源”2026", "“将到期”应于")]
    assert places == sorted(places)
    assert "■ 逾期" in text


def test_titles_are_text(scene: Scene, rung: list[Any], post: Post) -> None:
    task = scene.side.task
    task.title = "<script>alert(1)</script>&\r\nBcc: x@example.org"
    task.save()
    make_notices(today=DUE, now=at(DUE))
    deliver(Digest.objects.get().pk, now=at(DUE))
    mail = post.mails[0]
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()
    assert mail["Bcc"] is None


def test_what_was_done_meanwhile_is_dropped(digest: Digest, scene: Scene, post: Post) -> None:
    ProgressReportFactory(
        responsibility=scene.side,
        period=scene.period,
        filled_by=scene.officer,
        submitted=True,
        submitted_at=at(DUE, 9),
    )
    assert deliver(digest.pk, now=at(DUE, 10)) == "nothing_left"
    assert not post.mails
    assert Notice.objects.get().state == NoticeState.DROPPED
    assert not Digest.objects.exists()


def test_part_of_it_done(scene: Scene, rung: list[Any], post: Post) -> None:
    side = scene.another(task__due_on=DUE, task__title="已销号的")
    make_notices(today=DUE, now=at(DUE))
    side.state, side.state_since = TaskState.CLOSED, DUE
    side.save()
    assert deliver(Digest.objects.get().pk, now=at(DUE)) == "sent"
    assert "已销号的" not in post.mails[0].as_string()
    assert sorted(Notice.objects.values_list("state", flat=True)) == ["dropped", "dropped", "sent"]


def test_a_changed_date_makes_the_notice_void(scene: Scene, rung: list[Any], post: Post) -> None:
    scene.period.delete()
    side = scene.another(task__due_on=DUE)
    make_notices(today=DUE, now=at(DUE))
    side.due_on = D(2026, 12, 31)
    side.save()
    assert deliver(Digest.objects.get().pk, now=at(DUE)) == "nothing_left"


def test_someone_who_left_is_not_written_to(digest: Digest, scene: Scene, post: Post) -> None:
    Membership.objects.filter(user=scene.officer).update(until=D(2026, 10, 9))
    assert deliver(digest.pk, now=at(DUE)) == "nothing_left"
    assert not post.mails


def test_of_a_backlog_only_the_newest_step_is_sent(
    digest: Digest, scene: Scene, post: Post
) -> None:
    """The server was away over the due day."""
    monday = D(2026, 10, 12)
    make_notices(today=monday, now=at(monday))
    assert deliver(digest.pk, now=at(monday)) == "nothing_left"
    assert deliver(Digest.objects.get().pk, now=at(monday)) == "sent"
    (mail,) = post.mails
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "催办" in plain.get_content()


def test_a_unit_without_officers_until_one_comes(scene: Scene, rung: list[Any], post: Post) -> None:
    Membership.objects.filter(user=scene.officer).delete()
    make_notices(today=DUE, now=at(DUE))
    digest = Digest.objects.get(recipient=scene.coordinator)
    assert deliver(digest.pk, now=at(DUE)) == "sent"
    part = post.mails[0].get_body(("plain",))
    assert part is not None
    assert "重庆市能源局在“联合方案”中没有填报人" in part.get_content()
    Carried.objects.all().delete()
    Notice.objects.update(state=NoticeState.QUEUED)
    Membership.objects.create(user=scene.officer, unit=scene.unit, role="officer")
    assert still_wanted(Notice.objects.all(), DUE) == set()


def test_the_sweep_rings_for_what_waits(
    digest: Digest, rung: list[tuple[str, tuple[Any, ...]]]
) -> None:
    rung.clear()
    assert digests.sweep(now=at(DUE) - MINUTE) == 0
    assert digests.sweep(now=at(DUE)) == 1
    assert rung == [("tasks.jobs.deliver_digest", (digest.pk,))]


def test_jobs_are_on_record_as_jobs(
    scene: Scene, rung: list[Any], post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.lib.workdays.now", lambda: at(DUE))
    assert jobs.make_notices() == {"notices": 1, "people": 1, "digests": 1}
    assert jobs.sweep_digests() == {"rung": 1}
    assert jobs.deliver_digest(Digest.objects.get().pk) == {"outcome": "sent"}
    assert jobs.open_periods() == {"opened": 2}
    sources = AuditEntry.objects.filter(verb__in=["notice.make", "period.open"])
    assert {entry.source for entry in sources} == {Source.JOB}


def test_beat_knows_the_jobs() -> None:
    from tracker.celery import app

    names = {row["task"] for row in app.conf.beat_schedule.values()}
    mine = {name for name in names if name.startswith("tasks.jobs.")}
    assert mine <= {job.name for job in vars(jobs).values() if hasattr(job, "name")}
    assert {"tasks.jobs.make_notices", "tasks.jobs.sweep_digests"} <= mine
    assert digests.LEASE.total_seconds() > (jobs.deliver_digest.time_limit or 0)


def test_the_light_is_shape_word_and_colour(scene: Scene, rung: list[Any], post: Post) -> None:
    scene.period.delete()
    scene.another(task__due_on=D(2026, 10, 9))
    make_notices(today=DUE, now=at(DUE))
    deliver(Digest.objects.get().pk, now=at(DUE))
    html = post.mails[0].get_body(("html",))
    assert html is not None
    assert '<span style="color: #C62828; font-weight: 600">■ 逾期</span>' in html.get_content()


def test_one_notice_goes_out_in_one_mail_even_when_two_days_mails_wait(digest: Digest) -> None:
    """Two workers, two days' mails to one person: each read the same waiting notices."""
    later = Digest.objects.create(
        recipient=digest.recipient, day=DUE + datetime.timedelta(days=8), run_after=at(DUE)
    )
    claimed = [digests.claim(d.pk, now=at(DUE, 10)) for d in (digest, later)]
    first, second = [d for d in claimed if d is not None]
    read_by_both = [digests.carried(first), digests.carried(second)]
    assert read_by_both[0]
    assert {n.pk for n in read_by_both[0]} <= {n.pk for n in read_by_both[1]}
    bound = digests.load(first, keep=read_by_both[0], drop=[])
    assert {n.pk for n in bound} == {n.pk for n in read_by_both[0]}
    assert digests.load(second, keep=read_by_both[1], drop=[]) == []
    assert set(Carried.objects.values_list("digest", flat=True)) == {first.pk}
