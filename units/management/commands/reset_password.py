"""A new password for someone who forgot theirs."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tracker.lib import workdays
from units.services import audit, links, passwords, people


class Command(BaseCommand):
    """`manage.py reset_password zhang`."""

    help = (
        "给忘记密码的人员设新密码，只显示这一次，登录后须修改；加 --link 则改为打印设置密码的链接。"
        "原有的登录和令牌随即失效。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="用户名")
        parser.add_argument("--link", action="store_true", help="打印设置密码的链接，不设新密码")

    def handle(self, *args: Any, **options: Any) -> None:
        password = None if options["link"] else passwords.make_first()
        try:
            user = people.reset_password(options["username"], password, by=None, now=workdays.now())
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        if password is None:
            audit.record("user.password_link", user, by=None)
            self.stdout.write(links.in_words(user))
            return
        self.stdout.write(
            _("用户名 %(username)s，新密码 %(password)s（只显示这一次，登录后须修改）。")
            % {"username": user.username, "password": password}
        )
