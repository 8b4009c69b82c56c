"""Make a day's notices, or say which would be made."""

import unicodedata
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from tasks import reminders
from tasks.management.days import add_on, day_of
from tasks.reminders.engine import DayPlan, Untold, plan_day
from tasks.reminders.preview import Row, row_of
from tasks.reminders.rules import named
from tracker.lib import workdays


class Command(BaseCommand):
    """`manage.py send_reminders [--on DATE] [--dry-run]`."""

    help = "生成当日提醒并发送邮件（平时自动进行）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_on(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="只说明将通知谁、什么事、为什么，不生成"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        today = day_of(options["on"])
        plan = plan_day(today)
        for warning in plan.warnings:
            self.stderr.write(warning)
        if options["dry_run"]:
            self._show(plan)
            return
        made = reminders.make_notices(today=today, now=workdays.now())
        self._tell_untold(plan)
        self.stdout.write(
            _("%(day)s：新增%(notices)d条提醒，涉及%(people)d人；待发邮件%(digests)d封。")
            % {
                "day": today.isoformat(),
                "notices": made.notices,
                "people": made.people,
                "digests": made.digests,
            }
        )

    def _show(self, plan: DayPlan) -> None:
        heads = (_("人员"), _("单位"), _("规则"), _("步骤"), _("到期日"), _("事项"), _("原因"))
        self._table(heads, [_row(row_of(planned)) for planned in plan.planned])
        self._tell_untold(plan)
        self.stdout.write(
            _(
                "%(day)s（试算，未写入）：将新增%(new)d条提醒，涉及%(people)d人；此前已告知%(old)d条。"
            )
            % {
                "day": plan.today.isoformat(),
                "new": len(plan.planned),
                "people": len({p.notice.recipient_id for p in plan.planned}),
                "old": plan.told_before,
            }
        )

    def _tell_untold(self, plan: DayPlan) -> None:
        if not plan.untold:
            return
        self.stdout.write(_("未告知："))
        heads = (_("单位"), _("规则"), _("步骤"), _("到期日"), _("事项"), _("原因"))
        self._table(heads, [_untold_row(row) for row in plan.untold])

    def _table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        if not rows:
            return
        columns = list(zip(heads, *rows, strict=True))
        widths = [max(map(_width, column)) for column in columns]
        for row in (heads, *rows):
            cells = (
                text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
            )
            self.stdout.write("  ".join(cells).rstrip())
        self.stdout.write("")


def _row(row: Row) -> list[str]:
    return [
        str(row.notice.recipient),
        row.unit,
        row.rule,
        f"{row.notice.step:+d}",
        row.notice.due_on.isoformat(),
        row.about,
        row.because,
    ]


def _untold_row(row: Untold) -> list[str]:
    return [
        row.unit,
        named(row.rule),
        "" if row.step is None else f"{row.step:+d}",
        row.due_on.isoformat() if row.due_on else "",
        row.subject,
        row.reason,
    ]


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
