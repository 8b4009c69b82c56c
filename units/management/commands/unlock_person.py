"""A name that was locked after failed log-ins."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tracker.lib import workdays
from units.services import locks


class Command(BaseCommand):
    """`manage.py unlock_person zhang`."""

    help = "解除一个用户名因连续登录失败而受的锁定。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        number = locks.release(options["username"], by=None, now=workdays.now())
        if not number:
            raise CommandError(
                _("用户名“%(username)s”没有被锁定。") % {"username": options["username"]}
            )
        self.stdout.write(
            _("已解除用户名 %(username)s 的锁定。") % {"username": options["username"]}
        )
