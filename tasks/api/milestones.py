"""API of 年度节点: entered by leads, confirmed by offices, through the services alone."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api import milestone_bodies as bodies
from tasks.api.milestone_bodies import MilestoneSerializer
from tasks.api.parts import plan_filter
from tasks.models import Milestone, Responsibility, Task
from tasks.services import milestone_drafts, milestones, shelf
from tasks.services.evidence import attach_all
from tasks.services.milestone_drafts import Line
from tasks.services.milestone_rules import FIELDS, Step
from tasks.states import MilestoneState
from tracker.lib import workdays
from tracker.lib.api.fields import Nothing, StrictSerializer
from tracker.lib.api.files import TakesFiles, json_or_form, sent
from tracker.lib.api.filters import ByNumber, Ordering
from tracker.lib.api.if_match import IF_MATCH, etag, matched_version
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from tracker.lib.text import listed
from units.filters import PlaceFilter, UnitFilter
from units.models import User
from units.web import person

ANSWERS: dict[int, Any] = {200: MilestoneSerializer, 409: None, 412: None, 428: None}
WITH_ALL = ("responsibility__task__plan", "responsibility__unit", "responsibility__side")
PEOPLE = ("proposed_by", "decided_by", "claimed_by")


class MilestoneFilters(filters.FilterSet):
    """Filters of milestones."""

    plan = plan_filter("responsibility__task__plan")
    task = ByNumber(
        field_name="responsibility__task", queryset=Task.objects.all(), label=_("任务编号")
    )
    responsibility = ByNumber(queryset=Responsibility.objects.all(), label=_("责任编号"))
    state = filters.ChoiceFilter(choices=MilestoneState.choices, label=_("状态"))
    unit = UnitFilter(field_name="responsibility__unit")
    jurisdiction = PlaceFilter(field_name="responsibility__side")
    ordering = Ordering(fields={"due_on": "due_on"})


@said(
    list=(_("年度节点列表"), _("可见的年度节点；已确认的构成序时进度。")),
    retrieve=(_("一个年度节点"), _("一个年度节点；响应头 ETag 为版本。")),
    create=(_("填写节点"), _("牵头单位填写一个节点，存为草稿。")),
    partial_update=(_("修改节点草稿"), _("只改写明的项；须带 If-Match。")),
    destroy=(_("删除节点草稿"), _("删除尚未提请确认的节点；须带 If-Match。")),
    propose=(_("提请确认"), _("把一项责任的全部节点草稿一并提请协调办公室确认。")),
    recall=(_("收回"), _("确认前由牵头单位收回修改；须带 If-Match。")),
    change=(
        _("提请调整"),
        _("为已确认的节点提出替换的节点，写明理由；确认前原节点有效；须带 If-Match。"),
    ),
    claim=(
        _("填报完成"),
        _(
            "牵头单位填报节点完成，写明日期和情况；用 multipart/form-data 可同时上传佐证材料；"
            "须带 If-Match。"
        ),
    ),
    confirm=(_("确认"), _("协调办公室确认提请的节点；须带 If-Match。")),
    decide=(
        _("一并确认或退回"),
        _("协调办公室确认或退回多个提请的节点，写明各个读到的版本；全部作出，或全部不作。"),
    ),
    send_back=(_("退回"), _("协调办公室退回提请的节点或完成填报，写明理由；须带 If-Match。")),
    accept=(_("确认完成"), _("协调办公室确认节点完成；须带 If-Match。")),
    drop=(_("取消节点"), _("协调办公室取消已确认的节点，写明理由；须带 If-Match。")),
)
class MilestoneViews(TakesFiles, ReadOnly[Milestone]):
    """Dated steps of sides: read by policy, entered by leads, confirmed by offices."""

    queryset = Milestone.objects.none()
    serializer_class = MilestoneSerializer
    filterset_class = MilestoneFilters
    takes_files = frozenset({"claim"})

    def rows(self) -> QuerySet[Milestone]:
        """The milestones that the person may read."""
        rows: QuerySet[Milestone] = policy.scope(self.request.user, "milestone.view")
        told = policy.scope(self.request.user, "milestone.way").filter(pk=OuterRef("pk"))
        return (
            rows.annotate(way_is_told=Exists(told))
            .select_related(*WITH_ALL, *PEOPLE)
            .order_by("responsibility", "due_on", "pk")
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One, with its version as ETag."""
        return self._answer(self.get_object())

    @extend_schema(request=bodies.NewMilestone, responses={201: MilestoneSerializer, 412: None})
    def create(self, request: Request) -> Response:
        """A draft."""
        values = self._checked(bodies.NewMilestone)
        side = values.pop("responsibility")
        (row,) = milestone_drafts.save(side, [Line(Step(**values))], by=self._person)
        return self._answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=bodies.ChangedMilestone, responses=ANSWERS, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Save what is given of a draft; the rest stays."""
        row, version = self.get_object(), matched_version(request)
        values = self._checked(bodies.ChangedMilestone)
        step = Step(**{name: getattr(row, name) for name in FIELDS} | values)
        line = Line(step, row.pk, version)
        (row,) = milestone_drafts.save(row.responsibility, [line], by=self._person)
        return self._answer(row)

    @extend_schema(parameters=[IF_MATCH], responses={204: None, 409: None, 412: None, 428: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a draft."""
        row, version = self.get_object(), matched_version(request)
        line = Line(Step(None, "", None), row.pk, version, removed=True)
        milestone_drafts.save(row.responsibility, [line], by=self._person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=bodies.Proposing, responses={200: MilestoneSerializer(many=True)})
    @action(detail=False, methods=["post"])
    def propose(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Hand a side's drafts to its office together."""
        side = self._checked(bodies.Proposing)["responsibility"]
        rows = milestones.propose(side, by=self._person, now=workdays.now())
        shown = self.get_queryset().filter(pk__in=[row.pk for row in rows])
        return Response(self.get_serializer(shown, many=True).data)

    @extend_schema(request=Nothing, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take back what waits."""
        row, _values = self._read(Nothing)
        return self._answer(milestones.recall(row, by=self._person))

    @extend_schema(request=bodies.Changing, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def change(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Propose another in the place of a confirmed one."""
        row, values = self._read(bodies.Changing)
        reason = values.pop("reason")
        step = Step(**{name: getattr(row, name) for name in FIELDS} | values)
        made = milestones.change(row, step, reason=reason, by=self._person, now=workdays.now())
        return self._answer(made)

    @extend_schema(request=json_or_form(bodies.Claiming), responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say that it is met."""
        row, by, now = self.get_object(), self._person, workdays.now()
        row.version = matched_version(request)
        values, files = sent(request, bodies.Claiming)
        with shelf.kept_whole():
            done = milestones.claim(row, by=by, now=now, **values)
            attach_all(done, files, by=by, now=now)
        return self._answer(done)

    @extend_schema(request=Nothing, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Confirm what is proposed."""
        row, _values = self._read(Nothing)
        (done,) = milestones.confirm([row], by=self._person, now=workdays.now())
        return self._answer(done)

    @extend_schema(
        request=bodies.Deciding,
        responses={200: MilestoneSerializer(many=True), 409: None, 412: None},
    )
    @action(detail=False, methods=["post"])
    def decide(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Confirm or send back several as they were read: all or none."""
        values = self._checked(bodies.Deciding)
        versions = {one["id"]: one["version"] for one in values["milestones"]}
        rows = list(self.get_queryset().filter(pk__in=versions))
        if missing := versions.keys() - {row.pk for row in rows}:
            sentence = _("没有编号为%(ids)s的节点，或您不可见。")
            raise ValidationError({"milestones": [sentence % {"ids": listed(sorted(missing))}]})
        for row in rows:
            row.version = versions[row.pk]
        told: dict[str, Any] = {"by": self._person, "now": workdays.now()}
        if values["decision"] == "confirm":
            milestones.confirm(rows, **told)
        else:
            milestones.send_back(rows, reason=values.get("reason", ""), **told)
        shown = self.get_queryset().filter(pk__in=versions)
        return Response(self.get_serializer(shown, many=True).data)

    @extend_schema(request=bodies.StepReason, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send back, with a reason."""
        row, values = self._read(bodies.StepReason)
        (done,) = milestones.send_back([row], by=self._person, now=workdays.now(), **values)
        return self._answer(done)

    @extend_schema(request=Nothing, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Confirm that it is met."""
        row, _values = self._read(Nothing)
        return self._answer(milestones.accept(row, by=self._person, now=workdays.now()))

    @extend_schema(request=bodies.StepReason, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a confirmed one away."""
        row, values = self._read(bodies.StepReason)
        return self._answer(milestones.drop(row, by=self._person, now=workdays.now(), **values))

    @property
    def _person(self) -> User:
        return person(self.request)

    def _checked(self, body: type[StrictSerializer]) -> dict[str, Any]:
        form = body(data=self.request.data or {})
        form.is_valid(raise_exception=True)
        values: dict[str, Any] = form.validated_data
        return values

    def _read(self, body: type[StrictSerializer]) -> tuple[Milestone, dict[str, Any]]:
        """The row in the version that the caller has read, and the body's values."""
        row = self.get_object()
        row.version = matched_version(self.request)
        return row, self._checked(body)

    def _answer(self, row: Milestone, code: int = status.HTTP_200_OK) -> Response:
        # An office that sent a draft back no longer reads it.
        shown = self.get_queryset().filter(pk=row.pk).first() or row
        return Response(self.get_serializer(shown).data, code, headers=etag(shown.version))
