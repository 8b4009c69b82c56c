"""What stands between a log-in and the site: a first password, one that ended, a second factor."""

import datetime
import enum
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tracker.lib import workdays
from units.models import User
from units.services import second_factor


class Stop(enum.Enum):
    """What a person has to do before anything else."""

    VERIFY = "verify"
    FIRST_PASSWORD = "first"  # noqa: S105 - a word
    PASSWORD_ENDED = "ended"  # noqa: S105 - a word
    SET_UP = "set_up"

    @property
    def page(self) -> str:
        """The name of the page where it is done."""
        pages = {Stop.VERIFY: "second_factor", Stop.SET_UP: "second_factor_set_up"}
        return pages.get(self, "password_change")

    @property
    def sentence(self) -> str:
        """For programs, which see no page."""
        return {
            Stop.VERIFY: _("请先在网页上输入动态验证码。"),
            Stop.FIRST_PASSWORD: _("这是初始密码或重置后的密码：请先在网页上设置自己的密码。"),
            Stop.PASSWORD_ENDED: _("密码已过有效期：请先在网页上设置新密码。"),
            Stop.SET_UP: _("管理员须先在网页上设置动态验证码。"),
        }[self]

    @property
    def asks_for(self) -> str:
        """The same on the page where it is done."""
        if self is Stop.PASSWORD_ENDED:
            return _("密码已过有效期，请设置新密码后继续。")
        return _("这是初始密码或重置后的密码，请设置自己的密码后继续。")


def stop(user: User, *, verified: bool, today: datetime.date) -> Stop | None:
    """What the person has to do first; None for who may go on."""
    needs_code = not verified and second_factor.is_required(user)
    if needs_code and second_factor.is_set_up(user):
        return Stop.VERIFY
    if user.must_change_password:
        return Stop.FIRST_PASSWORD
    if user.password_is_expired(today):
        return Stop.PASSWORD_ENDED
    return Stop.SET_UP if needs_code else None


def is_verified(user: Any) -> bool:
    """Whether this session gave a second factor; a token never does."""
    check = getattr(user, "is_verified", None)
    return bool(check and check())


def token_refusal(user: User, today: datetime.date) -> str:
    """Why the person gets no token for the API; empty where nothing is against it."""
    if second_factor.is_required(user):
        return _("须用动态验证码登录的账号不能使用令牌：请改用业务账号。")
    found = stop(user, verified=False, today=today)
    return found.sentence if found else ""


class Admitted(BasePermission):
    """The API's gate, for sessions and tokens alike."""

    message = ""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Refuse with the sentence of what has to be done first."""
        user = request.user
        if not isinstance(user, User):
            return True  # for others to refuse
        found = stop(user, verified=is_verified(user), today=workdays.today())
        if found:
            self.message = found.sentence
        return found is None
