"""Start tracking the issued plans."""

import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tasks.models import Plan
from tasks.services.periods import opens_on
from tasks.services.tracking import start_tracking
from tracker.lib.workdays import Quarter, today


class Command(BaseCommand):
    """`manage.py start_tracking [--from 2022Q2] [--reminders-from DATE]`: again changes nothing."""

    help = "启用已印发的方案：定下启用季度和提醒起始日，并开放到期的填报期；已有填报期的方案不变。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", dest="first", metavar="QUARTER", help="启用季度，如 2022Q2；不写则为当前季度"
        )
        parser.add_argument(
            "--reminders-from", metavar="DATE", help="从哪天起提醒，如 2022-06-01；不写则为今天"
        )

        parser.add_argument(
            "--plan",
            dest="codes",
            action="append",
            metavar="CODE",
            help="只启用这个方案（可写多次）；不写则为全部已印发的方案",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            first = Quarter.parse(options["first"]) if options["first"] else None
        except ValueError as error:
            raise CommandError(str(error)) from None
        tracking = start_tracking(
            first=first,
            reminders_from=_day(options["reminders_from"]),
            codes=_codes(options["codes"]),
            today=today(),
        )
        for plan in tracking.plans:
            self.stdout.write(
                _("方案“%(plan)s”：启用季度 %(quarter)s，%(day)s起提醒。")
                % {"plan": plan.name, "quarter": plan.tracked_from, "day": plan.reminders_from}
            )
        for plan in tracking.kept:
            self.stdout.write(
                _(
                    "方案“%(plan)s”已有填报期，保持启用季度 %(quarter)s、%(day)s起提醒，"
                    "此次的参数未采用。"
                )
                % {"plan": plan.name, "quarter": plan.tracked_from, "day": plan.reminders_from}
            )
        if tracking.plans or tracking.periods:
            done = _("启用 %(plans)d 个方案，开放 %(periods)d 个填报期。") % {
                "plans": len(tracking.plans),
                "periods": len(tracking.periods),
            }
        else:
            done = _("各方案均已启用，没有变化。")
        self.stdout.write(done + _coming(tracking.next_quarter))


def _codes(given: list[str] | None) -> list[str] | None:
    """The plans' codes as given, none of them unknown."""
    known = set(Plan.objects.filter(code__in=given or []).values_list("code", flat=True))
    for code in given or []:
        if code not in known:
            raise CommandError(_("没有代码为“%(code)s”的方案。") % {"code": code})
    return given


def _coming(quarter: Quarter | None) -> str:
    if quarter is None:
        return ""
    return _("%(quarter)s 将于 %(day)s 开放填报。") % {
        "quarter": quarter,
        "day": opens_on(quarter).isoformat(),
    }


def _day(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            _("日期“%(text)s”无效：请按“2022-06-01”的形式填写。") % {"text": text}
        ) from None
