"""Log-in by token, with answers in the caller's language."""

import re

from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from rest_framework.authentication import get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

# What the token generator makes; anything else is refused before it meets the database.
_TOKEN = re.compile(rb"[0-9a-f]{16,128}")
_INVALID = _("令牌无效或已过期：请用 POST /api/v1/token/ 重新获取。")


class ByToken(TokenAuthentication):
    """`Authorization: Token …`; one sentence for a missing, wrong, ended or expired token."""

    def authenticate(self, request: Request) -> tuple[object, object] | None:
        """Return (user, token); None where the header is for another way of log-in."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != self.authenticate_header(request).lower().encode():
            return None
        if len(words) != 2 or not _TOKEN.fullmatch(words[1]):
            raise AuthenticationFailed(_INVALID)
        try:
            pair: tuple[object, object] = self.authenticate_credentials(words[1])
        except AuthenticationFailed as error:
            raise AuthenticationFailed(_INVALID) from error
        return pair
