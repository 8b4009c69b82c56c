"""API of people and of requests about them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelError
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tracker.lib import workdays
from tracker.lib.api.fields import CleanText, Nothing, Shown, StrictSerializer
from tracker.lib.api.filters import YesNo
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units import policy
from units.api.exports import Exports
from units.columns import PEOPLE_LIST
from units.models import Membership, PersonRequest, User
from units.services import people, people_lists, requests
from units.services.newcomers import Newcomer
from units.states import RequestKind, RequestState, Role
from units.web import person

KEEPER = (Role.SECURITY_ADMIN,)


class PostSerializer(serializers.ModelSerializer[Membership]):
    """A post, from when to when."""

    unit = Shown("name", allow_null=True)
    office = Shown("name", allow_null=True)
    jurisdiction = Shown("code", allow_null=True)

    class Meta:
        model = Membership
        fields = ["id", "role", "unit", "office", "jurisdiction", "since", "until"]


class PersonSerializer(serializers.ModelSerializer[User]):
    """A person with the posts that the reader may see."""

    posts = PostSerializer(source="posts_seen", many=True, read_only=True)

    class Meta:
        model = User
        fields = ["id", "username", "name", "post", "phone", "email", "is_active", "posts"]


class PersonFilters(filters.FilterSet):
    """Filters of people."""

    search = filters.CharFilter(
        method="filter_search",
        max_length=100,
        label=gettext_lazy("姓名、用户名、单位或协调办公室名称中的文字"),
    )
    is_active = YesNo(label=gettext_lazy("账号在用"))
    state = filters.ChoiceFilter(
        choices=people_lists.STATES,
        method="filter_state",
        label=gettext_lazy("账号：active 在用，off 已停用，unused 长期未登录，no_post 无任职"),
    )
    role = filters.MultipleChoiceFilter(
        choices=Role.choices, method="filter_role", label=gettext_lazy("现任角色")
    )

    def filter_role(self, rows: Any, name: str, roles: list[str]) -> Any:
        """People who hold one of the roles today."""
        return people_lists.holding(rows, roles, workdays.today()) if roles else rows

    def filter_search(self, rows: Any, name: str, text: str) -> Any:
        """Of each word the name, the user name, or where they have a post."""
        return people_lists.called(rows, text)

    def filter_state(self, rows: Any, name: str, state: str) -> Any:
        """How the account stands."""
        return people_lists.in_state(rows, state, workdays.today())


@said(
    list=(gettext_lazy("人员列表"), gettext_lazy("可见的人员及其任职。")),
    retrieve=(gettext_lazy("一个人"), gettext_lazy("一个人及其可见的任职。")),
)
class PersonViews(Exports[User], ReadOnly[User]):
    """People: own unit and office, units of the own side; everybody for their keeper."""

    queryset = User.objects.none()
    serializer_class = PersonSerializer
    filterset_class = PersonFilters
    exported = PEOPLE_LIST
    site_roles = KEEPER

    def rows(self) -> QuerySet[User]:
        """The people that the reader may see."""
        posts = policy.scope(self.request.user, "membership.view").select_related(
            "unit", "office", "jurisdiction"
        )
        seen = Prefetch("memberships", posts.order_by("pk"), to_attr="posts_seen")
        rows: QuerySet[User] = policy.scope(self.request.user, "person.view")
        return rows.prefetch_related(seen).order_by("username")


class RequestSerializer(serializers.ModelSerializer[PersonRequest]):
    """A request; a newcomer's name stands in `name`, a known person's number in `person`."""

    unit = Shown("name", allow_null=True)
    office = Shown("name", allow_null=True)
    jurisdiction = Shown("code", allow_null=True)
    requested_by = Shown("name")
    decided_by = Shown("name", allow_null=True)

    class Meta:
        model = PersonRequest
        fields = [
            "id",
            "kind",
            "state",
            "person",
            "successor",
            "username",
            "name",
            "post",
            "phone",
            "email",
            "role",
            "unit",
            "office",
            "jurisdiction",
            "starts_on",
            "note",
            "batch",
            "requested_by",
            "requested_at",
            "decided_by",
            "decided_at",
            "reason",
        ]


class Confirmed(RequestSerializer):
    """A confirmed request; `link` is given once, where no mail took it to the person."""

    link = serializers.SerializerMethodField(allow_null=True)

    class Meta(RequestSerializer.Meta):
        fields = [*RequestSerializer.Meta.fields, "link"]

    def get_link(self, row: PersonRequest) -> str | None:
        link: str | None = self.context.get("link")
        return link


class NewRequest(StrictSerializer):
    """An account that is asked for: `body` names unit, office or place, as the role asks."""

    username = CleanText(label=gettext_lazy("用户名"), max_length=150)
    name = CleanText(label=gettext_lazy("姓名"), max_length=50)
    post = CleanText(label=gettext_lazy("职务"), max_length=50, required=False, allow_blank=True)
    phone = CleanText(
        label=gettext_lazy("办公电话"), max_length=30, required=False, allow_blank=True
    )
    email = serializers.EmailField(
        label=gettext_lazy("邮箱"), max_length=254, required=False, allow_blank=True
    )
    role = serializers.ChoiceField(label=gettext_lazy("角色"), choices=Role.choices)
    body = CleanText(
        label=gettext_lazy("单位、协调办公室或辖区"),
        max_length=100,
        required=False,
        allow_blank=True,
    )
    note = CleanText(label=gettext_lazy("说明"), max_length=300, required=False, allow_blank=True)


class Refusing(StrictSerializer):
    """Why a request is refused."""

    reason = CleanText(label=gettext_lazy("不同意的理由"), max_length=300)


class RequestFilters(filters.FilterSet):
    """Filters of requests."""

    state = filters.MultipleChoiceFilter(choices=RequestState.choices, label=gettext_lazy("状态"))
    kind = filters.MultipleChoiceFilter(choices=RequestKind.choices, label=gettext_lazy("事项"))
    batch = filters.CharFilter(max_length=60, label=gettext_lazy("批次"))


@said(
    list=(gettext_lazy("人员申请列表"), gettext_lazy("可见的人员申请，新的在前。")),
    retrieve=(gettext_lazy("一项人员申请"), gettext_lazy("一项人员申请。")),
    create=(
        gettext_lazy("申请账号"),
        gettext_lazy("协调办公室为本方单位或本办公室的人员申请账号，由安全管理员确认。"),
    ),
    confirm=(
        gettext_lazy("确认申请"),
        gettext_lazy("安全管理员确认；设置密码的链接发邮件，不能发送时在 link 中给出一次。"),
    ),
    refuse=(gettext_lazy("不同意申请"), gettext_lazy("安全管理员不同意，写明理由。")),
    withdraw=(gettext_lazy("撤回申请"), gettext_lazy("申请人撤回待确认的申请。")),
)
class RequestViews(ReadOnly[PersonRequest]):
    """Requests about people."""

    queryset = PersonRequest.objects.none()
    serializer_class = RequestSerializer
    filterset_class = RequestFilters
    site_roles = KEEPER

    def rows(self) -> QuerySet[PersonRequest]:
        """The requests that the reader may see."""
        return policy.requests_seen_by(self._person).with_names().order_by("-pk")

    @property
    def _person(self) -> User:
        return person(self.request)

    @extend_schema(request=NewRequest, responses={201: RequestSerializer})
    def create(self, request: Request) -> Response:
        """Ask for an account with a post."""
        if not policy.may_invite(self._person):
            raise PermissionDenied(_("只有协调办公室和安全管理员可以申请账号。"))
        body = NewRequest(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        try:
            post = people.find_post(values["role"], values.get("body", ""))
        except ModelError as error:
            raise serializers.ValidationError({"body": error.messages}) from error
        names = ("username", "name", "post", "phone", "email")
        row = requests.ask_for_account(
            Newcomer(**{name: values.get(name, "") for name in names}),
            post,
            by=self._person,
            now=workdays.now(),
            note=values.get("note", ""),
        )
        return Response(self.get_serializer(row).data, status.HTTP_201_CREATED)

    @extend_schema(request=Nothing, responses={200: Confirmed, 409: None})
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Confirm a request."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        done = requests.confirm(self._decided(), by=self._person, now=workdays.now())
        link = done.handed.link if done.handed and not done.handed.mailed else None
        context = {**self.get_serializer_context(), "link": link}
        return Response(Confirmed(done.request, context=context).data)

    @extend_schema(request=Refusing, responses={200: RequestSerializer, 409: None})
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Refuse a request, with a reason."""
        row = self._decided()
        body = Refusing(data=request.data)
        body.is_valid(raise_exception=True)
        row = requests.refuse(
            row, reason=body.validated_data["reason"], by=self._person, now=workdays.now()
        )
        return Response(self.get_serializer(row).data)

    @extend_schema(request=Nothing, responses={200: RequestSerializer, 409: None})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take back what one asked for."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        row = requests.withdraw(self.get_object(), by=self._person, now=workdays.now())
        return Response(self.get_serializer(row).data)

    def _decided(self) -> PersonRequest:
        """The request, for the security administrator alone."""
        row = self.get_object()
        if not policy.keeps(self._person):
            raise PermissionDenied(_("人员申请只由安全管理员确认。"))
        return row
