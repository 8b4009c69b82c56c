"""API of 记录: what was done to tasks, plans and reports, for offices and inspectors."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelError
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from tasks import policy
from tasks.columns import RECORD_LIST
from tasks.services.records import Records, verbs
from tasks.views.records import as_written
from tracker.lib.api.errors import Conflict
from tracker.lib.api.filters import Day
from tracker.lib.api.schema import said
from tracker.lib.api.views import Strict
from tracker.lib.lists import PARAMETER, words_of
from units.api.audit import KIND, LOG_FILES, LogPages, kind_asked
from units.api.exports import COLUMNS, heads_asked
from units.models import AuditEntry
from units.views.audit import record_export
from units.web import person


class RecordChangeSerializer(serializers.Serializer[Any]):
    """One thing that changed, before and after, in words."""

    label = serializers.CharField()  # type: ignore[assignment]  # a key called so
    before = serializers.CharField()
    after = serializers.CharField()


class RecordSerializer(serializers.Serializer[Any]):
    """An entry as the person may read it: the name only where it may be known."""

    id = serializers.IntegerField(source="entry.pk")
    at = serializers.DateTimeField(source="entry.at")
    verb = serializers.CharField(source="entry.verb")
    words = serializers.CharField(source="verb")
    result = serializers.CharField(source="entry.result")
    person = serializers.CharField()
    unit = serializers.CharField(source="entry.unit_name")
    source = serializers.CharField(source="entry.source")  # type: ignore[assignment]  # a key
    object_type = serializers.CharField(source="entry.object_type")
    object_id = serializers.CharField(source="entry.object_id")
    object_name = serializers.CharField(source="entry.object_name")
    changes = RecordChangeSerializer(many=True)
    reason = serializers.CharField()


class RecordFilters(filters.FilterSet):
    """By days, person, unit, verb, object; `Records` reads them."""

    since = Day(label=gettext_lazy("自此日起"))
    until = Day(label=gettext_lazy("至此日止"))
    who = filters.CharFilter(label=gettext_lazy("操作人"), max_length=50)
    unit = filters.CharFilter(label=gettext_lazy("单位"), max_length=100)
    verb = filters.ChoiceFilter(label=gettext_lazy("动作"), choices=verbs)
    what = filters.CharFilter(label=gettext_lazy("对象"), max_length=100)

    def filter_queryset(self, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """As the page does."""
        chosen = {name: value for name, value in self.form.cleaned_data.items() if value}
        return Records(person(self.request)).narrowed(**chosen)


@said(
    list=(
        gettext_lazy("业务记录"),
        gettext_lazy("任务、方案、进展等的办理记录，新的在前；协调办公室和督查员按职责范围查看。"),
    ),
    export=(
        gettext_lazy("导出业务记录"),
        gettext_lazy("符合条件的记录，CSV 或 Excel；每次导出都有记录。"),
    ),
)
class RecordViews(Strict[AuditEntry], GenericViewSet[AuditEntry]):
    """The business entries of the log that the person may read."""

    queryset = AuditEntry.objects.none()
    serializer_class = RecordSerializer
    filterset_class = RecordFilters
    pagination_class = LogPages

    def known_parameters(self) -> list[str]:
        """The filters; and the page, or which file."""
        own = ["file", PARAMETER] if self.action == "export" else ["cursor", "page_size"]
        return [*RecordFilters.base_filters, *own]

    def get_queryset(self) -> QuerySet[AuditEntry]:
        """What is narrowed; nothing is asked of the database yet."""
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        if not policy.reads_briefs(person(self.request)):
            raise PermissionDenied(_("业务记录由协调办公室和督查员查看。"))
        return AuditEntry.objects.none()

    @extend_schema(responses=RecordSerializer(many=True))
    def list(self, request: Request) -> Response:
        """From the newest on, by `next`."""
        found = self.filter_queryset(self.get_queryset())
        entries: Sequence[AuditEntry] = self.paginate_queryset(found) or []
        rows = Records(person(request)).tell(entries)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    @extend_schema(responses=LOG_FILES, parameters=[KIND, COLUMNS])
    @action(detail=False, methods=["get"], pagination_class=None)
    def export(self, request: Request) -> HttpResponseBase:
        """The same as a file."""
        self.filter_queryset(self.get_queryset())
        kind = kind_asked(request)
        form = _checked(request, self.filterset_class)
        chosen = {name: value for name, value in form.cleaned_data.items() if value}
        user = person(request)
        try:
            heads = heads_asked(request, RECORD_LIST, user)
            answer = as_written(user, chosen, kind, heads, words_of(form))
        except ModelError as error:
            raise Conflict(error.messages[0]) from error
        if request.method == "GET":
            record_export(user, kind, chosen, part="records")
        return answer


def _checked(request: Request, kind: type[RecordFilters]) -> Any:
    """The filters of the call, which were found to be right."""
    form = kind(request.query_params, AuditEntry.objects.none(), request=request).form
    form.full_clean()
    return form
