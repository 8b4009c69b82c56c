"""API of tokens."""

from typing import Any

from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tracker.lib import workdays
from tracker.lib.address import client_address
from tracker.lib.api.auth import ByToken
from tracker.lib.api.errors import TooMany
from tracker.lib.api.fields import StrictSerializer
from tracker.lib.api.schema import said
from units import gate
from units.models import User
from units.services import access, locks, tokens


class LogIn(StrictSerializer):
    """Who wants a token."""

    username = serializers.CharField(label=gettext_lazy("用户名"), max_length=150)
    password = serializers.CharField(
        label=gettext_lazy("密码"), max_length=500, trim_whitespace=False, write_only=True
    )


class Token(serializers.Serializer[Any]):
    """A token, shown this once."""

    token = serializers.CharField()
    expiry = serializers.DateTimeField()


@said(
    post=(gettext_lazy("获取令牌"), gettext_lazy("用户名和密码换取令牌；令牌只显示这一次。")),
    delete=(gettext_lazy("停用令牌"), gettext_lazy("停用本次调用所用的令牌。")),
)
class TokenView(APIView):
    """Tokens for machines: `Authorization: Token …`."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Asking for a token needs none; ending one needs itself."""
        return [ByToken()] if self._ends() else []

    def get_permissions(self) -> list[BasePermission]:
        """As `get_authenticators`."""
        return [IsAuthenticated()] if self._ends() else [AllowAny()]

    def _ends(self) -> bool:
        return self.request is not None and self.request.method == "DELETE"

    @extend_schema(request=LogIn, responses={200: Token, 401: None}, operation_id="token_create")
    def post(self, request: Request) -> Response:
        """Give a token; the same answer for an unknown person and a wrong password."""
        serializer = LogIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        name, address = serializer.validated_data["username"], client_address(request)
        if no := access.refusal(name, address, now=workdays.now()):
            raise TooMany(no.sentence, no.seconds)
        user = authenticate(request._request, **serializer.validated_data)
        if not isinstance(user, User):
            if no := access.failed(name, address, now=workdays.now()):
                raise TooMany(no.sentence, no.seconds)
            sentence = _("用户名或密码不正确。请核对后重试，密码区分大小写。")
            return Response(
                {"detail": sentence},
                status.HTTP_401_UNAUTHORIZED,
                headers={"WWW-Authenticate": "Token"},
            )
        locks.forget_failures(user, address)
        access.know(user, address)
        if why := gate.token_refusal(user, workdays.today()):
            raise PermissionDenied(why)
        token, expiry = tokens.issue(user)
        return Response(
            Token({"token": token, "expiry": expiry}).data, headers={"Cache-Control": "no-store"}
        )

    @extend_schema(request=None, responses={204: None}, operation_id="token_destroy")
    def delete(self, request: Request) -> Response:
        """End the token with which the call is made."""
        if isinstance(request.user, User):
            tokens.end(request.auth, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
