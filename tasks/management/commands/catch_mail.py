"""Catch mail on loopback, for the demo."""

import logging
import os
import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tasks.services import mailbox
from tracker.lib import workdays


class Catcher:
    """Writes each mail that comes as one .eml file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(
        self, _server: SMTP | None, _session: Session | None, envelope: Envelope
    ) -> str:
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        if len(raw) > mailbox.MAX_SIZE:
            return "552 Message too large"
        try:
            mailbox.store(raw, self.folder, now=workdays.now())
        except OSError as error:
            return f"451 {error.strerror or 'cannot write'}"
        return "250 OK"


class Command(BaseCommand):
    """`manage.py catch_mail --port N --dir DIR`: runs until it is told to end."""

    help = "接收本机的邮件，逐封存为 .eml 文件（仅供演示）。"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, required=True)
        parser.add_argument("--dir", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # else a dozen lines a mail
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_args: ended.set())
        controller = Controller(
            Catcher(options["dir"]), hostname=host, port=port, data_size_limit=mailbox.MAX_SIZE
        )
        try:
            mailbox.make_folder(options["dir"])
            controller.start()
        except OSError as error:
            raise CommandError(
                _("邮件接收程序无法在 %(host)s:%(port)d 启动：%(error)s。请换一个端口。")
                % {"host": host, "port": port, "error": _said(error)}
            ) from None
        self.stdout.write(_("邮件接收程序已启动：%(host)s:%(port)d") % {"host": host, "port": port})
        try:
            ended.wait()
        finally:
            controller.stop()


def _said(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)
