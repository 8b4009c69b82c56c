"""`manage.py mail_audit_head`: what the job does once a day."""

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from tracker.lib.workdays import today
from units.services import heads, seals


class Command(BaseCommand):
    help = "Mail the head of the audit log's chain to the audit administrators, once a day."

    def add_arguments(self, parser: CommandParser) -> None:
        """The day, and whether to do anything."""
        parser.add_argument("--on", type=datetime.date.fromisoformat, help="the day (today)")
        parser.add_argument("--dry-run", action="store_true", help="say it, mail nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Mail, and say what."""
        end = seals.head()
        if options["dry_run"]:
            self.stdout.write(f"{end.number}:{end.digest}")
            return
        head = heads.mail_head(today=options["on"] or today())
        if head is None:
            self.stdout.write(_("今日摘要已经发出，或邮件没有发成（见日志）。"))
            return
        text = _("已发出%(day)s的摘要 %(number)d:%(digest)s，收件人%(count)d位。")
        self.stdout.write(
            text
            % {
                "day": head.day,
                "number": head.number,
                "digest": head.digest,
                "count": len(head.recipients),
            }
        )
