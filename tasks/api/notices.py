"""API of one's own notices."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import reminders
from tasks.api.filters import NoticeFilters
from tasks.api.parts import TaskRef
from tasks.columns import NOTICE_LIST
from tasks.models import Notice
from tasks.services import inbox
from tasks.views.notices import NoticeRow, rows_of
from tracker.lib import workdays
from tracker.lib.api.fields import Nothing, Shown
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.api.exports import Exports
from units.models import User


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """One thing told once."""

    sentence = serializers.SerializerMethodField(help_text=_("提醒的内容"))
    task = TaskRef(read_only=True, allow_null=True)
    unit = Shown("name", allow_null=True)

    class Meta:
        model = Notice
        fields = [
            "id",
            "rule",
            "step",
            "sentence",
            "task",
            "unit",
            "due_on",
            "path",
            "state",
            "made_on",
            "read_at",
            "settled",
        ]

    def get_sentence(self, notice: Notice) -> str:
        return reminders.sentence(notice)


@said(
    list=(_("本人的提醒"), _("本人收到的提醒，未读在前。")),
    retrieve=(_("一条提醒"), _("本人收到的一条提醒。")),
    read=(_("标为已读"), _("把一条提醒标为已读。")),
)
class NoticeViews(Exports[Notice], ReadOnly[Notice]):
    """The person's own notices."""

    queryset = Notice.objects.none()
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilters
    exported = NOTICE_LIST

    def told(self, some: list[Notice]) -> list[NoticeRow]:
        """With what each says."""
        return rows_of(some)

    def rows(self) -> QuerySet[Notice]:
        """What the person was told, unread first, then newest first."""
        if not isinstance(self.request.user, User):
            raise NotAuthenticated
        return inbox.notices_of(self.request.user)

    @extend_schema(request=Nothing, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Mark as read."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        notice = self.get_object()
        inbox.mark_read(Notice.objects.filter(pk=notice.pk), now=workdays.now())
        notice.refresh_from_db(fields=["read_at"])
        return Response(self.get_serializer(notice).data)
