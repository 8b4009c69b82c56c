"""Rename, merge, split and abolish units where the day has come."""

import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tracker.lib import workdays
from tracker.lib.text import listed
from tracker.lib.workdays import SHANGHAI
from units.models import Succession
from units.services import succession


class Command(BaseCommand):
    """`manage.py carry_successions --on 2026-12-01 --dry-run`; the same as the daily job."""

    help = "办理已到生效日期的机构变动（更名、合并、拆分、撤销）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="截至哪一天，默认今天，不能晚于今天")
        parser.add_argument("--dry-run", action="store_true", help="只说明，不办理")

    def handle(self, *args: Any, **options: Any) -> None:
        now = _now(options["on"])
        if options["dry_run"]:
            due = list(Succession.objects.due(now.date()).for_list())
            if not due:
                self.stdout.write(_("没有到期待办理的机构变动。"))
            for row in due:
                why = succession.why_stuck(row, today=now.date())
                self.stdout.write(
                    _line(row) + (_("：不能办理，%(why)s") % {"why": why} if why else "")
                )
            return
        run = succession.carry_out_due(now=now)
        for row in run.done:
            self.stdout.write(_line(row))
        self.stdout.write(_("已办理%(number)d项机构变动。") % {"number": len(run.done)})
        if run.stuck:
            raise CommandError(
                listed(
                    _("%(row)s：%(why)s") % {"row": _line(row), "why": why}
                    for row, why in run.stuck
                )
            )


def _line(row: Succession) -> str:
    names = listed(unit.name for unit in row.old.all())
    return f"{row} {names}"


def _now(text: str | None) -> datetime.datetime:
    """The moment; a day before today stands for its last minute."""
    now = workdays.now()
    if not text:
        return now
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            _("--on 的日期“%(text)s”无效：请按“2026-12-01”的形式填写。") % {"text": text[:30]}
        ) from error
    if day > now.date():
        raise CommandError(_("--on 不能晚于今天：变动到生效日期才办理。"))
    if day == now.date():
        return now
    return datetime.datetime.combine(day, datetime.time(23, 59), SHANGHAI)
