"""manage.py make_scheduled_reports --on 2026-11-25 [--dry-run]."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from reports.services import schedule_runs
from tasks.management.days import add_on, day_of


class Command(BaseCommand):
    """Enters the runs of the schedules that are due, as beat does each hour."""

    help = "把到期的定时报表排入生成队列，由后台生成并发送。"

    def add_arguments(self, parser: CommandParser) -> None:
        add_on(parser)
        parser.add_argument("--dry-run", action="store_true", help="只列出，不排入")

    def handle(self, *args: Any, **options: Any) -> None:
        day = day_of(options["on"])
        if options["dry_run"]:
            due = schedule_runs.due(today=day)
            for schedule, occasion in due:
                self.stdout.write(f"{occasion.day} {schedule.plan.name} {schedule}")
            if not due:
                self.stdout.write(_("没有到期的定时报表。"))
            return
        runs = schedule_runs.enter_due(today=day)
        for run in runs:
            self.stdout.write(f"{run.pk} {run.plan_names} {run.title}")
        self.stdout.write(_("已排入%(number)d个定时报表。") % {"number": len(runs)})
