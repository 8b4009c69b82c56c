"""Take a person on, or give another post to one who is here."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tracker.lib import workdays
from units.services import audit, links, passwords, people
from units.states import SITE_ROLES, Role


class Command(BaseCommand):
    """`manage.py add_person zhang --name 张三 --role officer --in 重庆市能源局`."""

    help = (
        "添加人员及其任职，初始密码只显示这一次，首次登录须修改；"
        "加 --link 则改为打印设置密码的链接，加 --add-role 则给已有人员再加一个任职。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        roles = "、".join(f"{role.value}（{role.label}）" for role in Role)
        parser.add_argument("username", help="用户名，登录时使用")
        parser.add_argument("--name", help="姓名")
        parser.add_argument("--email", default="", help="接收提醒的邮箱")
        parser.add_argument("--role", required=True, help=f"角色：{roles}")
        parser.add_argument(
            "--in",
            dest="body",
            default="",
            metavar="BODY",
            help="按角色填写：单位（任一名称）、协调办公室（名称）或辖区（代码或名称）；"
            "系统、安全、审计管理员不填",
        )
        parser.add_argument(
            "--add-role", action="store_true", help="用户名已存在：再加一个任职，密码不变"
        )
        parser.add_argument("--link", action="store_true", help="打印设置密码的链接，不设初始密码")

    def handle(self, *args: Any, **options: Any) -> None:
        # An unknown role is named by find_post, with those that there are.
        placed = options["role"] in Role.values and options["role"] not in SITE_ROLES
        if placed and not options["body"]:
            raise CommandError(_("请用 --in 写明单位、协调办公室或辖区。"))
        try:
            post = people.find_post(options["role"], options["body"])
            if options["add_role"]:
                self._add_post(options, post)
            else:
                self._add_person(options, post)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error

    def _add_post(self, options: dict[str, Any], post: people.Post) -> None:
        if options["name"] or options["email"]:
            raise CommandError(_("--add-role 不改姓名和邮箱：请去掉 --name 和 --email。"))
        membership = people.add_post(options["username"], post=post, by=None)
        self.stdout.write(_("已添加：%(membership)s。") % {"membership": membership})

    def _add_person(self, options: dict[str, Any], post: people.Post) -> None:
        if not options["name"]:
            raise CommandError(_("请用 --name 写明姓名。"))
        password = None if options["link"] else passwords.make_first()
        user = people.add_person(
            options["username"],
            name=options["name"],
            email=options["email"],
            post=post,
            password=password,
            by=None,
            now=workdays.now(),
        )
        self.stdout.write(_("已添加：%(membership)s。") % {"membership": user.memberships.get()})
        if password is None:
            audit.record("user.password_link", user, by=None)
            self.stdout.write(links.in_words(user))
            return
        self.stdout.write(
            _("用户名 %(username)s，初始密码 %(password)s（只显示这一次，首次登录须修改）。")
            % {"username": user.username, "password": password}
        )
