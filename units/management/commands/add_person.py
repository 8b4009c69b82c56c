"""Take a person on."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from units.services import people
from units.states import Role


class Command(BaseCommand):
    """`manage.py add_person zhang --name 张三 --role officer --in 重庆市能源局`."""

    help = "Make an account with one role; its first password is printed this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="what the person logs in with")
        parser.add_argument("--name", required=True, help="the person's name")
        parser.add_argument("--email", default="", help="where reminders go")
        parser.add_argument("--role", required=True, help=", ".join(Role.values))
        parser.add_argument(
            "--in",
            dest="body",
            required=True,
            metavar="BODY",
            help="unit (any name), office (its name) or jurisdiction (code or name), by the role",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        password = people.make_password()
        try:
            user = people.add_person(
                options["username"],
                name=options["name"],
                email=options["email"],
                post=people.find_post(options["role"], options["body"]),
                password=password,
                by=None,
            )
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        membership = user.memberships.get()
        self.stdout.write(_("已添加：%(membership)s。") % {"membership": membership})
        self.stdout.write(
            _("用户名 %(username)s，初始密码 %(password)s（只显示这一次，请登录后立即修改）。")
            % {"username": user.username, "password": password}
        )
