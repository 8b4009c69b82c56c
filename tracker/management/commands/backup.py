"""`manage.py backup --output DIR`: database and files, proved."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from tracker.backups.make import make
from tracker.backups.refusal import BackupError
from tracker.lib.workdays import now


class Command(BaseCommand):
    help = "Write a backup of the database and the files into a new folder under DIR."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("--output", required=True, type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        """Back up, and say what lies where."""
        try:
            folder, manifest = make(options["output"].resolve(), now=now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        text = _(
            "备份在 %(folder)s：%(tables)d张表、%(rows)d行、%(files)d个文件，"
            "历史记录链首第%(number)d号。"
        )
        self.stdout.write(
            text
            % {
                "folder": folder,
                "tables": len(manifest.tables),
                "rows": sum(table.rows for table in manifest.tables.values()),
                "files": len(manifest.files),
                "number": manifest.chain["number"],
            }
        )
        if not manifest.chain["holds"]:
            raise CommandError(
                _("备份已写好，但历史记录核对不通过：%(bad)s") % {"bad": manifest.chain["bad"]}
            )
