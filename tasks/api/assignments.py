"""API of 交办 and 签收."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api import plan_bodies as bodies
from tasks.api.duties import DutySerializer
from tasks.api.parts import plan_filter
from tasks.columns import ASSIGNMENT_LIST
from tasks.models import Assignment, Responsibility
from tasks.services import assignments
from tasks.views.assignment_board import KINDS, Row, of_kind, shown_rows
from tracker.lib import workdays
from tracker.lib.api.fields import Nothing
from tracker.lib.api.filters import YesNo
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.api.exports import Exports
from units.filters import UnitFilter
from units.models import User
from units.services.search import units_called
from units.web import person


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """What was handed out, and who signed for it."""

    responsibility = DutySerializer(read_only=True)
    assigned_by = serializers.StringRelatedField[Any]()
    signed_by = serializers.StringRelatedField[Any](allow_null=True)
    is_late = serializers.SerializerMethodField(help_text=_("已过签收期限而未签收"))

    class Meta:
        model = Assignment
        fields = [
            "id",
            "responsibility",
            "assigned_by",
            "assigned_at",
            "note",
            "sign_by",
            "signed_by",
            "signed_at",
            "is_late",
        ]
        read_only_fields = fields

    def get_is_late(self, assignment: Assignment) -> bool:
        return assignment.is_unsigned_late(self.context["today"])


class ManyAssignments(serializers.Serializer[Any]):
    """Several at once."""

    assignments = AssignmentSerializer(many=True)


class AssignmentFilters(filters.FilterSet):
    """Filters of what was handed out."""

    plan = plan_filter("responsibility__task__plan")
    unit = UnitFilter(field_name="responsibility__unit", label=_("单位：编号或任一名称"))
    kind = filters.ChoiceFilter(
        method="filter_kind",
        choices=[(kind, words) for kind, words in KINDS.items() if kind != "new"],
        label=_("签收情况：unsigned 待签收，late 其中逾期，changed 交办后有改动，signed 已签收"),
    )
    search = filters.CharFilter(
        method="filter_search", max_length=50, label=_("单位名称、简称、曾用名中的文字")
    )
    unsigned = YesNo(field_name="signed_at", lookup_expr="isnull", label=_("是否待签收"))

    def filter_kind(self, rows: Any, name: str, kind: str) -> Any:
        """Of a kind as the page's tabs have it; 交办后有改动 concerns the office alone."""
        mine = policy.scope(self.request.user, "duty.edit")
        duties = of_kind(Responsibility.objects.all(), kind, mine, workdays.today())
        return rows.filter(responsibility__in=duties.order_by().values("pk"))

    def filter_search(self, rows: Any, name: str, text: str) -> Any:
        """Of units that are called so."""
        return rows.filter(responsibility__unit__in=units_called(text))


@said(
    list=(_("交办列表"), _("可见的交办及其签收情况。")),
    retrieve=(_("一项交办"), _("一项责任的交办和签收。")),
    create=(_("交办"), _("协调办公室交办本方责任，已交办的重新交办；全部成功或全部不办。")),
    destroy=(_("撤回交办"), _("撤回未签收的交办。")),
    sign=(_("签收"), _("责任单位签收一项。")),
    sign_all=(_("批量签收"), _("签收所列各项；不列则签收本单位全部待签收的责任。")),
)
class AssignmentViews(Exports[Assignment], ReadOnly[Assignment]):
    """交办 and 签收."""

    queryset = Assignment.objects.none()
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilters
    exported = ASSIGNMENT_LIST

    def told(self, some: list[Assignment]) -> list[Row]:
        """As the page shows them."""
        duties = [one.responsibility for one in some]
        return shown_rows(self._person, duties, self.today)

    def rows(self) -> QuerySet[Assignment]:
        """What the person may read."""
        seen = policy.scope(self.request.user, "assignment.view").order_by().values("pk")
        rows = Assignment.objects.filter(responsibility__in=seen).select_related(
            "responsibility__task__plan",
            "responsibility__unit",
            "responsibility__side",
            "assigned_by",
            "signed_by",
        )
        return rows.order_by("responsibility__task__plan", "responsibility__task__number", "pk")

    @property
    def _person(self) -> User:
        return person(self.request)

    def _answer(self, made: list[Assignment], code: int = status.HTTP_200_OK) -> Response:
        rows = self.rows().filter(pk__in=[one.pk for one in made])
        shown = ManyAssignments({"assignments": rows}, context=self.get_serializer_context())
        return Response(shown.data, code)

    @extend_schema(request=bodies.HandOut, responses={201: ManyAssignments})
    def create(self, request: Request) -> Response:
        """Hand out."""
        assignments.check_may_hand_out(self._person)
        body = bodies.HandOut(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        made = assignments.hand_out(
            values["responsibilities"],
            note=values.get("note", ""),
            sign_by=values.get("sign_by") or assignments.default_sign_by(self.today),
            by=self._person,
            now=workdays.now(),
        )
        return self._answer(made, status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take back what is not signed for."""
        assignments.withdraw(self.get_object(), by=self._person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=Nothing)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Sign for one."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        found = self.get_object()
        assignments.sign_for([found.responsibility], by=self._person, now=workdays.now())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        operation_id="assignments_sign_all", request=bodies.Signing, responses=ManyAssignments
    )
    @action(detail=False, methods=["post"], url_path="sign", url_name="sign-all")
    def sign_all(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Sign for several, or for all that waits."""
        body = bodies.Signing(data=request.data)
        body.is_valid(raise_exception=True)
        chosen = body.validated_data.get("assignments")
        if chosen is None:
            waiting = list(assignments.waiting_for(self._person))
        else:
            waiting = [one.responsibility for one in chosen]
        return self._answer(assignments.sign_for(waiting, by=self._person, now=workdays.now()))
