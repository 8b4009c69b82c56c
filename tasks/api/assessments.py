"""API of 终期评估: a line for each side of a plan's tasks, written by its office."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.parts import TaskRef, plan_filter
from tasks.models import Responsibility
from tasks.services import assessments
from tasks.services.assessments import Judgement
from tasks.services.ending_rules import MAX_TEXT
from tasks.states import Outcome, TaskState
from tracker.lib import workdays
from tracker.lib.api.fields import CleanText, Shown, StrictSerializer
from tracker.lib.api.if_match import IF_MATCH, etag, matched_version
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.filters import PlaceFilter, UnitFilter
from units.web import person


class AssessmentSerializer(serializers.ModelSerializer[Responsibility]):
    """A side, what is known of it, and what its office says became of it; null is 未评估."""

    task = TaskRef(read_only=True)
    unit = Shown("name")
    side = Shown(allow_null=True)
    state = serializers.ChoiceField(TaskState.choices)
    percent = serializers.IntegerField(
        source="latest_percent", allow_null=True, help_text=_("最近一次审核通过的完成进度")
    )
    due_on = serializers.DateField(source="due_on_in_force", allow_null=True)
    outcome = serializers.SerializerMethodField(help_text=_("空为未评估"))
    reason = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField(help_text=_("未评估为 0"))
    assessed_by = serializers.SerializerMethodField()
    assessed_at = serializers.SerializerMethodField()

    class Meta:
        model = Responsibility
        fields = [
            "id",
            "task",
            "unit",
            "side",
            "state",
            "percent",
            "due_on",
            "outcome",
            "reason",
            "version",
            "assessed_by",
            "assessed_at",
        ]
        read_only_fields = fields

    def get_outcome(self, side: Responsibility) -> str | None:
        """reached, partly or not."""
        row = _assessment(side)
        return row.outcome if row else None

    def get_reason(self, side: Responsibility) -> str:
        """Why."""
        row = _assessment(side)
        return row.reason if row else ""

    def get_version(self, side: Responsibility) -> int:
        """How often it was saved."""
        return _version(side)

    def get_assessed_by(self, side: Responsibility) -> str | None:
        """Who said so."""
        row = _assessment(side)
        return str(row.assessed_by) if row and row.assessed_by else None

    def get_assessed_at(self, side: Responsibility) -> str | None:
        """When."""
        row = _assessment(side)
        return row.assessed_at.isoformat() if row else None


def _assessment(side: Responsibility) -> Any:
    return getattr(side, "assessment", None)


def _version(side: Responsibility) -> int:
    row = _assessment(side)
    return row.version if row else 0


class WholeAssessment(StrictSerializer):
    """What is said of one side."""

    outcome = serializers.ChoiceField(Outcome.choices, label=_("评估结论"))
    reason = CleanText(label=_("评估说明"), max_length=MAX_TEXT)


class AssessmentFilters(filters.FilterSet):
    """Filters of assessments."""

    plan = plan_filter("task__plan")
    outcome = filters.ChoiceFilter(
        field_name="assessment__outcome", choices=Outcome.choices, label=_("评估结论")
    )
    unit = UnitFilter(field_name="unit")
    jurisdiction = PlaceFilter(field_name="side")


@said(
    list=(_("终期评估列表"), _("方案各方各任务的评估结论和说明，未评估的也列出。")),
    retrieve=(_("一项评估"), _("一方一项任务的评估；响应头 ETag 为版本，未评估为 0。")),
    update=(_("评估"), _("所属方协调办公室写明结论和说明；须带 If-Match，未评估的为 0。")),
)
class AssessmentViews(ReadOnly[Responsibility]):
    """终期评估 by the number of the responsibility."""

    queryset = Responsibility.objects.none()
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilters

    def rows(self) -> QuerySet[Responsibility]:
        """The sides of which the person reads it."""
        rows: Any = policy.scope(self.request.user, "assessment.view")
        found: QuerySet[Responsibility] = (
            rows.with_percent()
            .select_related("task__plan", "unit", "side", "assessment__assessed_by")
            .order_by("task__plan", "task__number", "order")
        )
        return found

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One, with its version as ETag."""
        return self._answer(self.get_object())

    @extend_schema(
        request=WholeAssessment,
        responses={200: AssessmentSerializer, 412: None, 428: None},
        parameters=[IF_MATCH],
    )
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say what became of the side."""
        side, version = self.get_object(), matched_version(request)
        body = WholeAssessment(data=request.data)
        body.is_valid(raise_exception=True)
        judgement = Judgement(**body.validated_data, version=version)
        assessments.save(side, judgement, by=person(request), now=workdays.now())
        return self._answer(self.rows().get(pk=side.pk))

    def _answer(self, side: Responsibility) -> Response:
        return Response(self.get_serializer(side).data, headers=etag(_version(side)))
