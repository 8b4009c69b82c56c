"""`manage.py restore --from DIR`: a backup into an empty database, compared with its manifest."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from tracker.backups.refusal import BackupError
from tracker.backups.restore import restore


class Command(BaseCommand):
    help = "Restore a backup into an empty database and compare counts, digests and the chain."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where from."""
        parser.add_argument("--from", required=True, type=Path, metavar="DIR", dest="folder")

        parser.add_argument(
            "--even-tampered",
            action="store_true",
            help="even where the log did not hold when the backup was made",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, and say what is back."""
        try:
            done = restore(options["folder"].resolve(), even_tampered=options["even_tampered"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        text = _(
            "已恢复并核对一致：%(tables)d张表、%(rows)d行、%(files)d个文件、%(entries)d条封存的记录。"
        )
        self.stdout.write(
            text
            % {
                "tables": done.tables,
                "rows": done.rows,
                "files": done.files,
                "entries": done.entries,
            }
        )
        if done.bad:
            text = _("历史记录在备份时就已核对不通过，恢复后仍是：%(bad)s")
            self.stdout.write(text % {"bad": done.bad})
        if done.behind:
            text = _(
                "备份早于程序%(number)d步：接着运行 manage.py migrate 和 manage.py verify_audit。"
            )
            self.stdout.write(text % {"number": done.behind})
