"""What goes wrong with a mail: busy or absent servers, refusals, workers that die."""

import datetime
import smtplib
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import OperationalError

from tasks.models import Digest, Notice
from tasks.reminders.channels.mail import is_permanent
from tasks.reminders.delivery import deliver
from tasks.services import digests
from tasks.states import DigestState, NoticeState
from tests.tasks.reminders.conftest import DUE, Post, Scene, at
from units.models import AuditEntry

MINUTE = datetime.timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("answer", ["451 try later", "421 closing"])
def test_a_busy_server_is_tried_again_with_the_same_id(
    digest: Digest, post: Post, answer: str
) -> None:
    post.answer = answer
    moment = at(DUE)
    assert [wait / MINUTE for wait in digests.WAITS] == [1, 5, 15, 60, 240]
    for wait in digests.WAITS:
        assert deliver(digest.pk, now=moment) == "failed"
        digest.refresh_from_db()
        assert digest.state == DigestState.QUEUED
        assert 0.8 * wait <= digest.run_after - moment <= 1.2 * wait
        assert deliver(digest.pk, now=digest.run_after - MINUTE / 10) == "not_due"
        moment = digest.run_after
    post.answer = "250 OK"
    assert deliver(digest.pk, now=moment) == "sent"
    assert [mail["Message-ID"] for mail in post.mails] == [
        f"<digest.{digest.pk}@tracker.example.org>"
    ]


def test_it_gives_up_after_the_sixth_attempt(digest: Digest, post: Post) -> None:
    post.answer = "451 try later"
    for _n in range(digests.MAX_ATTEMPTS):
        digest.refresh_from_db()
        outcome = deliver(digest.pk, now=digest.run_after)
    digest.refresh_from_db()
    assert (outcome, digest.state) == ("failed", DigestState.DEAD)
    assert "451" in digest.error
    assert AuditEntry.objects.filter(verb="digest.dead").count() == 1
    assert Notice.objects.get().state == NoticeState.QUEUED  # stays in the person's list


def test_a_refusal_that_no_row_can_hold_is_noted_all_the_same(digest: Digest, post: Post) -> None:
    post.answer = "550 no\0 such\x1b user"
    assert deliver(digest.pk, now=at(DUE)) == "dead"
    digest.refresh_from_db()
    assert digest.error == "550 no such user"


@pytest.mark.parametrize("where", ["answer", "recipient_answer"])
def test_a_refusal_is_final(digest: Digest, post: Post, where: str) -> None:
    setattr(post, where, "550 no such user")
    assert deliver(digest.pk, now=at(DUE)) == "dead"
    digest.refresh_from_db()
    assert digest.error == "550 no such user"
    assert deliver(digest.pk, now=at(DUE) + 600 * MINUTE) == "not_due"


def test_a_server_that_is_away_is_tried_again(digest: Digest, settings: Any, post: Post) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert deliver(digest.pk, now=at(DUE)) == "failed"
    settings.EMAIL_PORT = port
    assert deliver(digest.pk, now=at(DUE) + 2 * MINUTE) == "sent"


def test_a_refused_log_in_is_not_the_mails_fault() -> None:
    assert not is_permanent(smtplib.SMTPAuthenticationError(535, b"no"))
    assert not is_permanent(smtplib.SMTPConnectError(554, b"no"))
    assert is_permanent(smtplib.SMTPSenderRefused(553, b"no", "x"))
    assert not is_permanent(ConnectionResetError())


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"email": ""}, "无邮箱"), ({"email": "坏 地址\n@x"}, "ValueError"), ({}, None)],
)
def test_who_cannot_be_written_to(
    digest: Digest, scene: Scene, post: Post, change: dict[str, Any], reason: str | None
) -> None:
    type(scene.officer).objects.filter(pk=scene.officer.pk).update(**change)
    outcome = deliver(digest.pk, now=at(DUE))
    digest.refresh_from_db()
    if reason is None:
        assert outcome == "sent"
        return
    assert (outcome, digest.state) == ("dead", DigestState.DEAD)
    assert reason in digest.error or "Error" in digest.error
    assert Notice.objects.get().state == NoticeState.QUEUED


def test_a_worker_killed_between_sending_and_marking(
    digest: Digest, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one sends it again under the same Message-ID, after the lease."""

    class Killed(BaseException):
        pass

    def die(*args: Any, **kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(digests, "sent", die)
        with pytest.raises(Killed):
            deliver(digest.pk, now=at(DUE))
    assert deliver(digest.pk, now=at(DUE) + MINUTE) == "not_due"
    assert deliver(digest.pk, now=at(DUE) + digests.LEASE + MINUTE) == "sent"
    assert len({mail["Message-ID"] for mail in post.mails}) == 1
    assert len(post.mails) == 2


def test_an_old_claim_cannot_finish(
    digest: Digest, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that slept past its lease finds the mail taken over."""
    send = EmailMultiAlternatives.send
    later = at(DUE) + digests.LEASE + MINUTE

    def sleep(mail: EmailMultiAlternatives, fail_silently: bool = False) -> int:
        monkeypatch.setattr(EmailMultiAlternatives, "send", send)
        assert deliver(digest.pk, now=later) == "sent"
        return 1

    monkeypatch.setattr(EmailMultiAlternatives, "send", sleep)
    assert deliver(digest.pk, now=at(DUE)) == "taken_over"
    digest.refresh_from_db()
    assert (digest.state, digest.sent_at, digest.fence) == (DigestState.SENT, later, 2)


def test_a_mail_that_kills_its_workers_dies(digest: Digest, post: Post) -> None:
    moment = at(DUE)
    for _n in range(digests.MAX_ATTEMPTS):
        assert digests.claim(digest.pk, now=moment) is not None
        moment += digests.LEASE + MINUTE
    assert deliver(digest.pk, now=moment) == "not_due"
    digest.refresh_from_db()
    assert digest.state == DigestState.DEAD
    assert "中断" in digest.error


def test_what_a_dead_worker_left_comes_after_all_that_waits(
    digest: Digest, rung: list[tuple[str, tuple[Any, ...]]]
) -> None:
    later = at(DUE) + digests.LEASE
    assert digests.claim(digest.pk, now=at(DUE)) is not None
    other = Digest.objects.create(
        recipient=digest.recipient, day=DUE + datetime.timedelta(days=1), run_after=later - MINUTE
    )
    rung.clear()
    assert digests.sweep(now=later + MINUTE) == 2
    assert [args for _name, args in rung] == [(other.pk,), (digest.pk,)]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_for_a_moment_makes_no_double(
    digest: Digest, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, tries = digests.sent, []

    def away_at_first(*args: Any, **kwargs: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError
        sent(*args, **kwargs)

    monkeypatch.setattr(digests, "sent", away_at_first)
    assert deliver(digest.pk, now=at(DUE)) == "sent"
    digest.refresh_from_db()
    assert (digest.state, len(tries), len(post.mails)) == (DigestState.SENT, 2, 1)
