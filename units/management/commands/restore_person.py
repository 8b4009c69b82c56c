"""Someone who left is back."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tracker.lib.workdays import today
from units.services import accounts, links


class Command(BaseCommand):
    """`manage.py restore_person zhang`."""

    help = "恢复已停用的账号，打印设置密码的链接；任职须另用 add_person --add-role 增加。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = accounts.restore(options["username"], today=today())
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        words = {"name": user, "username": user.username}
        self.stdout.write(
            _("已恢复 %(name)s（用户名 %(username)s）。任职须另加：add_person --add-role。") % words
        )
        self.stdout.write(links.in_words(user))
