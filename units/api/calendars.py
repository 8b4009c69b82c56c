"""API of the years' days off."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracker.lib import workdays
from tracker.lib.api.fields import CleanText, StrictSerializer
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units import policy
from units.models import DayList, ListedDay, User
from units.services import calendars
from units.services.calendars import FIRST_YEAR, LAST_YEAR, LONGEST_NAME, MOST, Day
from units.states import Role


class ListedDaySerializer(serializers.ModelSerializer[ListedDay]):
    """A day that is not what its weekday says."""

    class Meta:
        model = ListedDay
        fields = ["day", "is_worked", "name"]


class DayListSerializer(serializers.ModelSerializer[DayList]):
    """A year's uploaded list."""

    days = ListedDaySerializer(many=True, read_only=True)

    class Meta:
        model = DayList
        fields = ["year", "source", "uploaded_at", "days"]


class DayBody(StrictSerializer):
    """A day of the list."""

    day = serializers.DateField(label=_("日期"))
    is_worked = serializers.BooleanField(label=_("上班"))
    name = CleanText(label=_("名称"), required=False, allow_blank=True, max_length=LONGEST_NAME)


class DayListBody(StrictSerializer):
    """A whole year; it takes the place of an earlier one."""

    year = serializers.IntegerField(label=_("年"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    source = CleanText(label=_("依据"), max_length=200)  # type: ignore[assignment]  # a key of the body
    days = serializers.ListField(child=DayBody(), min_length=1, max_length=MOST)


@said(
    list=(_("节假日安排"), _("已上传的各年安排，新的在前；没有的年份用系统自带的。")),
    retrieve=(_("一年的节假日安排"), _("按年份读取，如 /api/v1/calendar/2027/。")),
    create=(_("上传节假日安排"), _("协调办公室或系统管理员上传一年的安排，整年替换。")),
)
class CalendarViews(ReadOnly[DayList]):
    """Lists of days off, by year."""

    queryset = DayList.objects.none()
    serializer_class = DayListSerializer
    lookup_field = "year"
    lookup_value_regex = r"\d{4}"
    site_roles = (Role.SYSTEM_ADMIN,)

    def rows(self) -> QuerySet[DayList]:
        """All of them, for everyone logged in."""
        return DayList.objects.prefetch_related("days").order_by("-year")

    @extend_schema(request=DayListBody, responses={201: DayListSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put a year's list in force."""
        if not isinstance(request.user, User) or not policy.edits_calendar(request.user):
            raise PermissionDenied
        body = DayListBody(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        listed = calendars.apply(
            values["year"],
            [Day(**day) for day in values["days"]],
            source=values["source"],
            by=request.user,
            now=workdays.now(),
        )
        return Response(DayListSerializer(listed).data, 201)
