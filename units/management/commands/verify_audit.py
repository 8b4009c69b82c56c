"""`manage.py verify_audit`: whether the log holds; exit 1 and the first bad entry if not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from units.services.seals import Head
from units.services.verify import Verified, head_of, verify


class Command(BaseCommand):
    help = "Check the chain of seals over the audit log; exit 1 and the first bad entry."

    def add_arguments(self, parser: CommandParser) -> None:
        """A head that somebody kept."""
        parser.add_argument(
            "--head", metavar="NUMBER:DIGEST", help="a head kept outside, as of a day's mail"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk the chain and say what was found."""
        done = verify(known=_kept(options["head"]))
        self.stdout.write(told(done))
        if done.bad is not None:
            raise CommandError(done.bad.sentence)


def _kept(text: str | None) -> Head | None:
    head = head_of(text) if text is not None else None
    if text is not None and head is None:
        raise CommandError(_("--head 应写成 序号:64位摘要，照抄邮件里的即可。"))
    return head


def told(done: Verified) -> str:
    """The figures in one line."""
    text = _(
        "核对了%(entries)d条记录，用时%(seconds).1f秒（每秒%(speed)d条），"
        "链首为第%(number)d号 %(digest)s，另有%(waiting)d条待封存。"
    )
    return text % {
        "entries": done.entries,
        "seconds": done.seconds,
        "speed": done.speed,
        "number": done.head.number,
        "digest": done.head.digest,
        "waiting": done.waiting,
    }
