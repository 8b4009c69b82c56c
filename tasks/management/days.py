"""The `--on DATE` option of commands."""

import datetime
import re
from argparse import ArgumentParser

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from tracker.lib import workdays

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def add_on(parser: ArgumentParser) -> None:
    parser.add_argument("--on", metavar="DATE", help="日期，如 2025-12-24；不写则为今天")


def day_of(text: str | None) -> datetime.date:
    """The day that was named, or today. Raises CommandError with a sentence."""
    if text is None:
        return workdays.today()
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            _("日期“%(text)s”无效：没有这一天，或写法不对，请写作 2025-12-24。")
            % {"text": text[:40]}
        ) from None
