"""What production must not run with."""

import sys
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from tracker.given import REFUSED
from tracker.lib import demo


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


# What assessments of 等保 expect; (setting, bound, whether more than the bound is weaker).
EXPECTED: Final = (
    ("PASSWORD_MIN_LENGTH", 8, False),
    ("PASSWORD_CLASSES", 3, False),
    ("PASSWORD_HISTORY", 3, False),
    ("PASSWORD_MAX_AGE_DAYS", 90, True),
    ("LOG_IN_FAILURES", 5, True),
    ("LOG_IN_LOCK_MINUTES", 10, False),
    ("SESSION_IDLE_MINUTES", 30, True),
)


def weak_settings() -> list[Warning]:
    """What production may run with and an assessment will ask about; empty when local."""
    if settings.LOCAL:
        return []
    warnings = []
    if not settings.REQUIRE_SECOND_FACTOR:
        warnings.append(
            Warning(
                "REQUIRE_SECOND_FACTOR 已关闭：管理员只凭密码登录。",
                hint="请设置 REQUIRE_SECOND_FACTOR=1，除非本站另有统一身份认证。",
                id="tracker.W002",
            )
        )
    for name, bound, is_upper in EXPECTED:
        value: int = getattr(settings, name)
        if (value > bound or value <= 0) if is_upper else value < bound:
            word = "最多" if is_upper else "至少"
            warnings.append(
                Warning(
                    f"{name}={value}，低于等级保护测评的要求。",
                    hint=f"请设为{word} {bound}。",
                    id="tracker.W003",
                )
            )
    return warnings


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
        raise SystemExit(REFUSED)
    for warning in weak_settings():
        sys.stderr.write(f"注意：{warning.msg}{warning.hint}\n")


@register("security", deploy=True)
def check_production(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """`check --deploy` names the same reasons."""
    return [*unsafe_settings(), *weak_settings()]
