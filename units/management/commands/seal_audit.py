"""`manage.py seal_audit`: what the job does each minute."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from units.services import seals


class Command(BaseCommand):
    help = "Seal the entries of the audit log that wait for it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal, and say how many."""
        done = seals.seal()
        if done.busy:
            self.stdout.write(_("另一进程正在封存，本次不做。"))
        text = _("封存了%(entries)d条记录，链首为第%(number)d号 %(digest)s")
        end = done.head
        self.stdout.write(
            text % {"entries": done.entries, "number": end.number, "digest": end.digest}
        )
