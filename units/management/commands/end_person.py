"""A person leaves."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tracker.lib.workdays import today
from units.services import people


class Command(BaseCommand):
    """`manage.py end_person zhang`."""

    help = "人员离任：停用账号，各任职到今天为止，令牌失效；其填报和历史记录保留。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="用户名")
        parser.add_argument(
            "--even-the-last",
            action="store_true",
            help="即使是唯一的安全管理员；其后只能再用命令添加",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = people.leave(
                options["username"],
                today=today(),
                by=None,
                even_the_last=options["even_the_last"],
            )
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(
            _("已停用 %(name)s（用户名 %(username)s），任职到今天为止。")
            % {"name": user, "username": user.username}
        )
