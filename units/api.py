"""API of tokens and units."""

from typing import Any

from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError as ModelError
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
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
from tracker.lib.api.fields import CleanText, Shown, StrictSerializer
from tracker.lib.api.filters import Ordering
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from tracker.lib.search import LONGEST, words_of
from units import gate, policy
from units.filters import PlaceFilter
from units.forms_units import KINDS
from units.models import Jurisdiction, Unit, UnitName, User
from units.services import access, locks, tokens, units
from units.services.search import called
from units.states import UnitKind


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


class PlaceSerializer(serializers.ModelSerializer[Jurisdiction]):
    """A jurisdiction."""

    class Meta:
        model = Jurisdiction
        fields = ["code", "name"]


class NameSerializer(serializers.ModelSerializer[UnitName]):
    """A name of a unit and the dates for which it holds."""

    class Meta:
        model = UnitName
        fields = ["name", "kind", "valid_from", "valid_until"]


class UnitSerializer(serializers.ModelSerializer[Unit]):
    """A unit; `jurisdiction` is null for a central one."""

    jurisdiction = PlaceSerializer(read_only=True, allow_null=True)
    names = NameSerializer(many=True, read_only=True)
    successor = Shown("name", allow_null=True)

    class Meta:
        model = Unit
        fields = [
            "id",
            "name",
            "jurisdiction",
            "kind",
            "is_central",
            "order",
            "names",
            "successor",
            "succeeded_on",
        ]


class UnitFilters(filters.FilterSet):
    """Filters of units."""

    jurisdiction = PlaceFilter(label=gettext_lazy("所在辖区：行政区划代码或名称，含下级"))
    kind = filters.MultipleChoiceFilter(choices=UnitKind.choices, label=gettext_lazy("性质"))
    search = filters.CharFilter(
        method="with_words",
        max_length=LONGEST,
        label=gettext_lazy("单位名称、简称、曾用名中的文字"),
    )
    ordering = Ordering(
        fields={"name": "name", "order": "order", "jurisdiction__code": "jurisdiction"}
    )

    def with_words(self, units: QuerySet[Unit], name: str, text: str) -> QuerySet[Unit]:
        return units.filter(called(words_of(text)))


class NewUnit(StrictSerializer):
    """A unit as an office enters it; without `jurisdiction` a central one."""

    name = CleanText(label=gettext_lazy("单位名称"), max_length=100)
    kind = serializers.ChoiceField(label=gettext_lazy("性质"), choices=KINDS)
    jurisdiction = serializers.SlugRelatedField(
        label=gettext_lazy("所在辖区的行政区划代码"),
        slug_field="code",
        queryset=Jurisdiction.objects.all(),
        required=False,
        allow_null=True,
    )
    full = CleanText(label=gettext_lazy("全称"), max_length=100, required=False, allow_blank=True)
    short = CleanText(label=gettext_lazy("简称"), max_length=100, required=False, allow_blank=True)
    basis = CleanText(label=gettext_lazy("依据"), max_length=200, required=False, allow_blank=True)


@said(
    list=(gettext_lazy("单位列表"), gettext_lazy("单位及其全称、简称、曾用名。")),
    retrieve=(gettext_lazy("一个单位"), gettext_lazy("一个单位及其全称、简称、曾用名。")),
    create=(
        gettext_lazy("登记单位"),
        gettext_lazy("协调办公室登记本辖区（含下级）或中央的单位。"),
    ),
)
class UnitViews(ReadOnly[Unit]):
    """Units and their names."""

    queryset = Unit.objects.none()
    serializer_class = UnitSerializer
    filterset_class = UnitFilters

    def rows(self) -> QuerySet[Unit]:
        """All units, for everyone logged in."""
        names = Prefetch("names", UnitName.objects.order_by("kind", "name"))
        return (
            Unit.objects.select_related("jurisdiction", "successor")
            .prefetch_related(names)
            .order_by("jurisdiction__code", "order", "pk")
        )

    @extend_schema(request=NewUnit, responses={201: UnitSerializer})
    def create(self, request: Request) -> Response:
        """Enter a unit that no document has named."""
        user = request.user
        if not isinstance(user, User) or not policy.scope(user, "unit.add").exists():
            raise PermissionDenied(_("只有协调办公室可以登记单位。"))
        body = NewUnit(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        place = values.pop("jurisdiction", None)
        try:
            unit = units.add_unit(units.UnitText(place=place, **values), by=user)
        except ModelError as error:
            raise serializers.ValidationError(_fields_of(error)) from error
        return Response(self.get_serializer(self.rows().get(pk=unit.pk)).data, 201)


def _fields_of(error: ModelError) -> dict[str, list[str]]:
    """A service's errors by the body's names."""
    return {{"place": "jurisdiction"}.get(n, n): m for n, m in error.message_dict.items()}
