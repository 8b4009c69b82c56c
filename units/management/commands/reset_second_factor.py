"""An administrator who lost the authenticator and the recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from units.models import User
from units.services import second_factor


class Command(BaseCommand):
    """`manage.py reset_second_factor zhang`."""

    help = "清除人员的动态验证码设置，下次登录时重新设置。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(_("没有用户名“%(username)s”。") % {"username": options["username"]})
        if not second_factor.is_set_up(user):
            raise CommandError(
                _("%(name)s（用户名 %(username)s）没有设置动态验证码，没有变化。")
                % {"name": user, "username": user.username}
            )
        second_factor.reset(user, by=None)
        self.stdout.write(
            _("已清除 %(name)s（用户名 %(username)s）的动态验证码设置。")
            % {"name": user, "username": user.username}
        )
