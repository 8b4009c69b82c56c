"""manage.py tidy_report_files --on 2027-11-25 [--dry-run]."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from reports.services import sweeping
from tasks.management.days import add_on, day_of


class Command(BaseCommand):
    """Removes files kept long enough and what no row knows, as beat does each hour."""

    help = "清理超过保存期限的报表文件，以及没有登记的残留文件。"

    def add_arguments(self, parser: CommandParser) -> None:
        add_on(parser)
        parser.add_argument("--dry-run", action="store_true", help="只列出，不清理")

    def handle(self, *args: Any, **options: Any) -> None:
        day = day_of(options["on"])
        if options["dry_run"]:
            runs = sweeping.past_keeping(today=day)
            for run in runs:
                self.stdout.write(f"{run.pk} {run.title}")
            if not runs:
                self.stdout.write(_("没有超过保存期限的报表。"))
            return
        number = sweeping.remove_old_files(today=day)
        self.stdout.write(_("已清理%(number)d个文件。") % {"number": number})
