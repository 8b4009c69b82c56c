"""The catcher as its own process, and what its folder gives."""

import asyncio
import datetime
import email
import os
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope

from tasks.management.commands.catch_mail import Catcher
from tasks.services import mailbox
from tests.tasks.reminders.conftest import free_port
from tracker.lib.workdays import SHANGHAI

MOMENT = datetime.datetime(2026, 11, 20, 9, 30, tzinfo=SHANGHAI)


def mail(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"], message["To"] = "a@example.org", "b@example.org"
    message.set_content("正文")
    message.add_alternative("<p>正文</p>", subtype="html")
    return message


def catcher(port: int, box: Path, **options: Any) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "django", "catch_mail", "--port", str(port), "--dir", str(box)]
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen(command, env=env, **options)  # noqa: S603 - our own command


def send(port: int, message: EmailMessage) -> None:
    for _n in range(100):
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=30) as server:
                server.send_message(message)
                return
        except ConnectionRefusedError:
            time.sleep(0.1)
    pytest.fail("the catcher does not listen")


def test_the_catcher_keeps_mails_until_it_is_ended(tmp_path: Path, settings: Any) -> None:
    port, box = free_port(), tmp_path / "邮箱"
    running = catcher(port, box)
    try:
        for number in (1, 2):
            send(port, mail(f"第{number}封"))
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(10) == 0
    settings.MAILBOX_DIR = box
    assert [m.subject for m in mailbox.list_mails()] == ["第2封", "第1封"]
    assert [m.subject for m in mailbox.list_mails(limit=1)] == ["第2封"]
    first = mailbox.read_mail(mailbox.list_mails()[-1].id)
    assert first is not None
    assert first.text.strip() == "正文"
    assert first.html.strip() == "<p>正文</p>"
    assert (first.sender, first.recipient) == ("a@example.org", "b@example.org")
    assert not list(box.glob("*.part")) + list(box.glob(".*"))


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = catcher(port, tmp_path, stderr=subprocess.PIPE, text=True)
        _out, errors = done.communicate(timeout=120)
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in errors
    assert len(errors.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "name", ["../secret", "x", "", "20261120T093000-000000-0123abcd.eml", "/etc/passwd", "\0"]
)
def test_only_safe_names_are_read(tmp_path: Path, settings: Any, name: str) -> None:
    settings.MAILBOX_DIR = tmp_path / "box"
    (tmp_path / "secret.eml").write_bytes(mail("x").as_bytes())
    mailbox.store(mail("x").as_bytes(), tmp_path / "box", now=MOMENT)
    assert mailbox.read_mail(name) is None


BAD_HEADERS = [
    b"From: @@@",
    b"To: ,,,;;;<<<",
    b"Message-ID: <<>>[",
    b"Subject: =?nope?B?////?=",
    b"From: =?utf-8?q?=\xff\xfe?= <@",
    b"To: \xff\xfe\x00",
    b"Subject: \xed\xa0\x80",
    b"Message-ID: [",
    b"To: a@[",
    b'From: "',
    b"Content-Type: text/plain; charset=nope",
    b"Content-Type: text/plain; charset=base64",
    b"Content-Type: text/plain; charset=\xff",
    b"Content-Transfer-Encoding: base64",
    b"Content-Type: multipart/alternative",
    b"Content-Type: text/html; charset*=utf-8''%ff",
]


@pytest.mark.parametrize("header", BAD_HEADERS)
def test_a_bad_mail_hides_no_other(tmp_path: Path, settings: Any, header: bytes) -> None:
    settings.MAILBOX_DIR = tmp_path
    mailbox.store(mail("前一封").as_bytes(), tmp_path, now=MOMENT)
    later = MOMENT + datetime.timedelta(seconds=1)
    bad = mailbox.store(header + b"\r\n\r\n\xff\xfe=\r\nbody", tmp_path, now=later)
    listed = mailbox.list_mails()
    assert listed[0].id == bad
    assert listed[1].subject == "前一封"
    whole = mailbox.read_mail(bad)
    assert whole is not None
    for found in (*listed, whole):
        for words in (found.subject, found.sender, found.recipient, found.message_id):
            words.encode()  # can be sent
        (found.text + found.html).encode()


def test_what_cannot_be_read_is_said(tmp_path: Path, settings: Any) -> None:
    settings.MAILBOX_DIR = tmp_path
    lines = [b"Subject: ok", b"Message-ID: <<>>[", b"Content-Type: text/plain; charset=base64"]
    stored = mailbox.store(b"\r\n".join(lines) + b"\r\n\r\nbody", tmp_path, now=MOMENT)
    found = mailbox.read_mail(stored)
    assert found is not None
    assert (found.subject, found.text) == ("ok", "（无法读取）")


def test_the_list_reads_heads_only(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAILBOX_DIR = tmp_path
    mailbox.store(mail("大").as_bytes() + b"x" * 900_000, tmp_path, now=MOMENT)
    parsed: list[int] = []
    real = email.message_from_bytes

    def counting(content: bytes, **options: Any) -> Any:
        parsed.append(len(content))
        return real(content, **options)

    monkeypatch.setattr("tasks.services.mailbox.email.message_from_bytes", counting)
    assert [found.subject for found in mailbox.list_mails()] == ["大"]
    assert parsed[0] < 1000


def test_mails_are_their_owners_alone(tmp_path: Path) -> None:
    box = tmp_path / "var" / "mailbox"
    before = os.umask(0)
    try:
        stored = mailbox.store(mail("x").as_bytes(), box, now=MOMENT)
    finally:
        os.umask(before)
    assert stat.S_IMODE(box.stat().st_mode) == 0o700
    assert stat.S_IMODE((box / f"{stored}.eml").stat().st_mode) == 0o600


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    mailbox.store(mail("x").as_bytes(), tmp_path, now=MOMENT)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_mail_that_is_too_large_is_refused(tmp_path: Path, settings: Any) -> None:
    port, box = free_port(), tmp_path / "box"
    running = catcher(port, box)
    large = EmailMessage()
    large["Subject"], large["From"], large["To"] = "大", "a@example.org", "b@example.org"
    large.set_content("x" * 70 + "\n" + ("y" * 70 + "\n") * 15_000)
    try:
        send(port, mail("小"))
        with pytest.raises(smtplib.SMTPException, match="552"):
            send(port, large)
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(10) == 0
    settings.MAILBOX_DIR = box
    assert [found.subject for found in mailbox.list_mails()] == ["小"]
    assert stat.S_IMODE(box.stat().st_mode) == 0o700


def test_other_files_are_not_mails(tmp_path: Path, settings: Any) -> None:
    settings.MAILBOX_DIR = tmp_path
    (tmp_path / "notes.eml").write_bytes(b"x")
    (tmp_path / ".20261120T093000-000000-0123abcd.part").write_bytes(b"half")
    stored = mailbox.store(b"\xff\xfe no mail at all", tmp_path, now=MOMENT)
    (found,) = mailbox.list_mails()
    assert (found.id, found.subject, found.received_at) == (stored, "（无主题）", MOMENT)
    assert mailbox.read_mail(stored) is not None


def test_without_a_catcher_there_is_no_box(settings: Any) -> None:
    settings.MAILBOX_DIR = None
    assert mailbox.list_mails() == []
    assert mailbox.read_mail("20261120T093000-000000-0123abcd") is None


def test_a_mail_that_has_gone(tmp_path: Path, settings: Any) -> None:
    settings.MAILBOX_DIR = tmp_path
    assert mailbox.list_mails() == []
    assert mailbox.read_mail("20261120T093000-000000-0123abcd") is None


def test_a_folder_that_takes_nothing_is_a_passing_trouble(tmp_path: Path) -> None:
    """The sender keeps the mail and tries again."""
    place = tmp_path / "file"
    place.write_text("")
    envelope = Envelope()
    envelope.content = mail("x").as_bytes()
    answer = asyncio.run(Catcher(place).handle_DATA(None, None, envelope))
    assert answer.startswith("451")
    answer = asyncio.run(Catcher(tmp_path / "box").handle_DATA(None, None, envelope))
    assert answer == "250 OK"
