"""A new password for someone who forgot theirs."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from units.services import people


class Command(BaseCommand):
    """`manage.py reset_password zhang`."""

    help = "给忘记密码的人员设新密码，只显示这一次；原有的登录和令牌随即失效。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        password = people.make_password()
        try:
            user = people.reset_password(options["username"], password, by=None)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(
            _("用户名 %(username)s，新密码 %(password)s（只显示这一次，请登录后立即修改）。")
            % {"username": user.username, "password": password}
        )
