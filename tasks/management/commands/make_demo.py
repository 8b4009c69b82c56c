"""Make the demo data."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tasks.services.demo import make_demo
from tracker.lib.workdays import today


class Command(BaseCommand):
    """`manage.py make_demo`: once; refuses outside the local demo."""

    help = "生成演示账号和填报（须 DEMO=1 且 TRACKER_ENV=local）；已有的不变，缺少的补上。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO and settings.LOCAL):
            raise CommandError(
                _("演示数据只能在本机演示时生成：请设置 DEMO=1 和 TRACKER_ENV=local。")
            )
        made = make_demo(today=today())
        if made.refused:
            self.stdout.write(_("已有填报数据，不再生成演示数据。"))
        elif made.added_to:
            self.stdout.write(
                _("演示数据已有，补上了新版本增加的部分（账号%(people)d个）。")
                % {"people": made.people}
            )
        elif not made.people:
            self.stdout.write(_("演示数据已有，没有变化。"))
        else:
            self.stdout.write(
                _("已生成演示人员 %(people)d 名、填报 %(reports)d 份，关闭填报期 %(closed)d 个。")
                % {"people": made.people, "reports": made.reports, "closed": made.closed}
            )
