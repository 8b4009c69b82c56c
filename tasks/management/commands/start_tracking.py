"""Start tracking the issued plans."""

import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tasks.services.tracking import start_tracking
from tracker.lib.workdays import Quarter, today


class Command(BaseCommand):
    """`manage.py start_tracking [--from 2022Q2] [--reminders-from DATE]`: again changes nothing."""

    help = "Set the first tracked quarter of issued plans that have none, and open due periods."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", metavar="QUARTER", help="as 2022Q2")
        parser.add_argument("--reminders-from", metavar="DATE", help="as 2022-06-01")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            first = Quarter.parse(options["first"]) if options["first"] else None
        except ValueError as error:
            raise CommandError(str(error)) from None
        tracking = start_tracking(
            first=first, reminders_from=_day(options["reminders_from"]), today=today()
        )
        for plan in tracking.plans:
            self.stdout.write(
                _("方案“%(plan)s”：启用季度 %(quarter)s，%(day)s起提醒。")
                % {"plan": plan.name, "quarter": plan.tracked_from, "day": plan.reminders_from}
            )
        if tracking.plans or tracking.periods:
            self.stdout.write(
                _("启用 %(plans)d 个方案，开放 %(periods)d 个填报期。")
                % {"plans": len(tracking.plans), "periods": len(tracking.periods)}
            )
        else:
            self.stdout.write(_("各方案均已启用，没有变化。"))


def _day(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            _("日期“%(text)s”无效：请按“2022-06-01”的形式填写。") % {"text": text}
        ) from None
