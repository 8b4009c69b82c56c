"""Open the quarters whose reporting begins."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from tasks.management.days import add_on, day_of
from tasks.services import periods


class Command(BaseCommand):
    """`manage.py open_periods [--on DATE] [--dry-run]`: what beat does, by hand."""

    help = "开放到期的填报期（每天自动进行）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_on(parser)
        parser.add_argument("--dry-run", action="store_true", help="只说明，不开放")

    def handle(self, *args: Any, **options: Any) -> None:
        day = day_of(options["on"])
        if options["dry_run"]:
            opened = periods.due_periods(today=day)
            line = _("将开放：%(plan)s %(period)s，%(day)s前报送")
        else:
            opened = periods.open_due_periods(today=day)
            line = _("已开放：%(plan)s %(period)s，%(day)s前报送")
        for period in opened:
            words = {
                "plan": period.plan.name,
                "period": period,
                "day": period.due_on.isoformat(),
            }
            self.stdout.write(line % words)
        if not opened:
            self.stdout.write(_("没有需要开放的填报期。"))
