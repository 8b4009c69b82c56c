"""API of deputies: who is told instead of whom, and for which days."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tracker.lib import workdays
from tracker.lib.api.fields import ByNumber, CleanText, Nothing, Shown, StrictSerializer
from tracker.lib.api.filters import YesNo
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units import policy
from units.models import Deputy, Unit, User
from units.services import deputies
from units.services.deputies import DeputyText
from units.web import person


class DeputySerializer(serializers.ModelSerializer[Deputy]):
    """Who is told instead of whom."""

    unit = Shown("name")
    person = Shown("username")
    deputy = Shown("username")

    class Meta:
        model = Deputy
        fields = ["id", "unit", "person", "deputy", "since", "until"]


class NewDeputy(StrictSerializer):
    """People by their user names, the unit by its number."""

    unit = ByNumber(label=_("单位"), queryset=Unit.objects.all())
    person = CleanText(label=_("外出人"), max_length=150)
    deputy = CleanText(label=_("代收人"), max_length=150)
    since = serializers.DateField(label=_("起"))
    until = serializers.DateField(label=_("止"))


class DeputyFilters(filters.FilterSet):
    """Filters of deputies."""

    current = YesNo(method="filter_current", label=_("今天代收"))

    def filter_current(self, rows: QuerySet[Deputy], name: str, value: bool) -> QuerySet[Deputy]:
        """Those of today, or all others."""
        now = Deputy.objects.current(workdays.today()).values("pk")
        return rows.filter(pk__in=now) if value else rows.exclude(pk__in=now)


def _one_of(people: dict[str, User], username: str, field: str) -> User:
    """Of the unit's people; of others not even that they exist is told."""
    if username not in people:
        words = _t("“%(name)s”不是本单位现任人员的用户名。") % {"name": username}
        raise ValidationError({field: words})
    return people[username]


@said(
    list=(_("代收提醒列表"), _("本单位和本方单位的代收安排。")),
    retrieve=(_("一项代收"), _("一项代收安排。")),
    create=(_("登记代收"), _("在单位中，某人外出期间由同单位另一人代收提醒。")),
    end=(_("结束代收"), _("今天起仍提醒本人。")),
)
class DeputyViews(ReadOnly[Deputy]):
    """Deputies of own units and of units of the own side."""

    queryset = Deputy.objects.none()
    serializer_class = DeputySerializer
    filterset_class = DeputyFilters

    def rows(self) -> QuerySet[Deputy]:
        """Those that the person may enter and end."""
        rows: QuerySet[Deputy] = policy.scope(self.request.user, "deputy.end")
        return rows.select_related("unit", "person", "deputy").order_by("-since", "-pk")

    @extend_schema(request=NewDeputy, responses={201: DeputySerializer})
    def create(self, request: Request) -> Response:
        """Enter one."""
        form = NewDeputy(data=request.data)
        form.is_valid(raise_exception=True)
        values: dict[str, Any] = form.validated_data
        unit, user, today = values.pop("unit"), person(request), workdays.today()
        if not policy.can(user, "deputy.name", unit):
            raise PermissionDenied
        people = {one.username: one for one in deputies.people_of(unit, today)}
        for name in ("person", "deputy"):
            values[name] = _one_of(people, values[name], name)
        row = deputies.name(unit, DeputyText(**values), by=user, today=today)
        return Response(DeputySerializer(row).data, status.HTTP_201_CREATED)

    @extend_schema(request=Nothing, responses={204: None})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """End one."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        deputies.end(self.get_object(), by=person(request), today=workdays.today())
        return Response(status=status.HTTP_204_NO_CONTENT)
