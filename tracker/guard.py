"""What production must not run with."""

import sys
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from tracker.lib import demo

BOOT_ERROR: Final = 3  # gunicorn.arbiter.Arbiter.WORKER_BOOT_ERROR


def unsafe_settings() -> list[Error]:
    """What in the settings forbids production; empty when local."""
    if settings.LOCAL:
        return []
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's own word for an empty one
        key = ""
    problems = []
    if len(key) < 50 or key.startswith(("django-insecure", "only-for-tests")):
        problems.append(
            Error(
                "SECRET_KEY 未设置或过于简单。", hint="请设置至少50个随机字符。", id="tracker.E001"
            )
        )
    if settings.DEBUG:
        problems.append(Error("生产环境不能开启 DEBUG。", hint="请去掉 DEBUG。", id="tracker.E002"))
    if settings.DEMO:
        problems.append(
            Error("生产环境不能开启演示模式。", hint="请设置 DEMO=0。", id="tracker.E003")
        )
    if not settings.ALLOWED_HOSTS:
        problems.append(Error("ALLOWED_HOSTS 未设置。", hint="请填写本站域名。", id="tracker.E004"))
    if not settings.SITE_URL.startswith("https://"):
        problems.append(
            Error(
                "SITE_URL 未设置为 https 网址，邮件中的链接将无法打开。",
                hint="请填写本站网址，如 https://tracker.example.org。",
                id="tracker.E006",
            )
        )
    return problems


def usable_demo_accounts() -> list[Error]:
    """Demo accounts that can still log in with the public password; reads the database."""
    if settings.LOCAL:
        return []
    users = get_user_model().objects.filter(username__in=demo.USERNAMES, is_active=True)
    names = [user.get_username() for user in users if user.check_password(demo.PASSWORD)]
    if not names:
        return []
    return [
        Error(
            f"数据库中有演示账号：{'、'.join(names)}。",
            hint="请停用这些账号或修改其密码。",
            id="tracker.E005",
        )
    ]


def refuse_unsafe_production() -> None:
    """Exit with the reasons, one a line, where production would be unsafe.

    The exit code is the one at which gunicorn's master gives up instead of starting anew.
    """
    problems = unsafe_settings() or usable_demo_accounts()
    if problems:
        for problem in problems:
            sys.stderr.write(f"拒绝启动：{problem.msg}{problem.hint}\n")
        raise SystemExit(BOOT_ERROR)


@register("security", deploy=True)
def check_production(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """`check --deploy` names the same reasons."""
    return list(unsafe_settings())
