"""API of books' mails, for the system administrator: to whom and what became of it, no content."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from reports import policy
from reports.models import ReportMail
from reports.services import mails
from reports.states import MailState
from tracker.lib.api.fields import Nothing
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.states import Role
from units.web import person


class ReportMailSerializer(serializers.ModelSerializer[ReportMail]):
    """A mail as a row: never which book it carries."""

    to = serializers.StringRelatedField[Any](source="recipient")
    error = serializers.CharField(read_only=True)

    class Meta:
        model = ReportMail
        fields = ["id", "to", "state", "attempts", "error", "made_at", "sent_at", "died_at"]
        read_only_fields = fields


class ReportMailFilters(filters.FilterSet):
    """Filters of books' mails."""

    state = filters.ChoiceFilter(choices=MailState.choices, label=_("状态"))


@said(
    list=(_("定时报表的邮件"), _("系统管理员查看是否送达，不含内容。")),
    retrieve=(_("一封定时报表的邮件"), _("系统管理员查看一封邮件是否送达。")),
    resend=(_("重新发送"), _("系统管理员、定时报表的管理人把发送失败的邮件重新排队。")),
)
class ReportMailViews(ReadOnly[ReportMail]):
    """The mails that the person may have sent again."""

    queryset = ReportMail.objects.none()
    serializer_class = ReportMailSerializer
    filterset_class = ReportMailFilters
    site_roles = (Role.SYSTEM_ADMIN,)

    def rows(self) -> QuerySet[ReportMail]:
        """All of them for the system administrator; of the own schedules for who keeps these."""
        rows: QuerySet[ReportMail] = policy.scope(self.request.user, "report_mail.keep")
        return mails.with_names(rows)

    @extend_schema(request=Nothing, responses={200: ReportMailSerializer})
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put one that was given up in the queue anew; any other stays as it is."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        mails.resend(self.get_object(), by=person(request))
        return Response(self.get_serializer(self.get_object()).data)
