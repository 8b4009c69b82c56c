"""`manage.py drop_audit_months --before 2026-01`: the owner's, as it changes tables."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from tracker.lib.workdays import today
from units.services import retention


class Command(BaseCommand):
    help = "Drop whole months of the audit log older than AUDIT_RETENTION_MONTHS; keep their seal."

    def add_arguments(self, parser: CommandParser) -> None:
        """The first month that stays, and whether to do anything."""
        parser.add_argument("--before", required=True, metavar="YYYY-MM")

    def handle(self, *args: Any, **options: Any) -> None:
        """Drop, and say what went."""
        try:
            before = datetime.datetime.strptime(options["before"], "%Y-%m").date()  # noqa: DTZ007
        except ValueError as error:
            raise CommandError(_("--before 应写成 2026-01 这样的月份。")) from error
        try:
            done = retention.drop(before, today=today())
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        text = _("清理了%(months)d个月、%(entries)d条记录；链从第%(number)d号之后继续核对。")
        self.stdout.write(
            text % {"months": done.months, "entries": done.entries, "number": done.number}
        )
