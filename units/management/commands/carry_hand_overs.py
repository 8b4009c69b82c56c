"""Carry open work over where a hand-over's day has come."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from tracker.lib import workdays
from units.services import handover


class Command(BaseCommand):
    """`manage.py carry_hand_overs --dry-run`; the same as the daily job."""

    help = "移交已到日期的工作交接中的未办提醒。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只说明，不移交")

    def handle(self, *args: Any, **options: Any) -> None:
        now = workdays.now()
        if options["dry_run"]:
            for request in handover.due(now=now):
                self.stdout.write(str(request))
            return
        number = handover.carry_due(now=now)
        self.stdout.write(_("已移交%(number)d项工作交接。") % {"number": number})
