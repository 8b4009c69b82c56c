"""Links with which a person sets a password: used once, and for a limited time.

A link rests on the person's present password and last log-in, so that setting one, logging in, or
a reset in between makes it void. Nothing of it is stored.
"""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from units.models import User


def set_password_link(user: User) -> str:
    """The whole address. Whoever calls puts on record that it was given, never what it is."""
    words = {
        "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }
    return f"{settings.SITE_URL}{reverse('password_link', kwargs=words)}"


def hours() -> int:
    """For how many hours a link serves."""
    seconds: int = settings.PASSWORD_RESET_TIMEOUT
    return seconds // 3600


def in_words(user: User) -> str:
    """For a terminal: whose link, the link, and how long it serves."""
    return _(
        "用户名 %(username)s，设置密码的链接（%(hours)d小时内有效，只能使用一次）：%(link)s"
    ) % {
        "username": user.username,
        "hours": hours(),
        "link": set_password_link(user),
    }
