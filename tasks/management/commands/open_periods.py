"""Open the quarters whose reporting begins."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from tasks.management.days import add_on, day_of
from tasks.services import periods


class Command(BaseCommand):
    """`manage.py open_periods [--on DATE]`: what beat does, by hand."""

    help = "Open the quarters whose reporting has begun by the day (default: today)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_on(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        opened = periods.open_due_periods(today=day_of(options["on"]))
        for period in opened:
            self.stdout.write(
                _("已开放：%(plan)s %(period)s，%(day)s前报送")
                % {"plan": period.plan.name, "period": period, "day": period.due_on.isoformat()}
            )
        if not opened:
            self.stdout.write(_("没有需要开放的填报期。"))
