"""API of observations: read by policy; entered and reviewed through the services alone."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.figures import PLACE
from tasks.api.observation_entries import (
    ChangedObservation,
    HandingIn,
    NewObservation,
    ObservationSerializer,
    SendingBack,
    entry_from,
)
from tasks.api.reviewing import Filed
from tasks.columns import OBSERVATION_LIST
from tasks.models import Indicator, Observation, Target
from tasks.services import observations
from tasks.services.observation_entries import Entry, entry_of
from tasks.states import Basis, ObservationState
from tracker.lib import workdays
from tracker.lib.api.fields import Nothing
from tracker.lib.api.filters import ByNumber, Code, Ordering, Words
from tracker.lib.api.if_match import IF_MATCH, matched_version
from tracker.lib.api.schema import said
from units.api.exports import Exports
from units.filters import PlaceFilter
from units.models import Document

ANSWERS = {200: ObservationSerializer, 409: None, 412: None, 428: None}
WITH_ALL = (
    "indicator",
    "place",
    "document",
    "unit",
    "office",
    "side",
    "filled_by",
    "submitted_by",
    "reviewed_by",
)


class ObservationFilters(filters.FilterSet):
    """Filters of observations."""

    indicator = ByNumber(
        queryset=Indicator.objects.order_by("name", "pk"), label=gettext_lazy("指标编号")
    )
    target = ByNumber(
        queryset=Target.objects.order_by("pk"),
        label=gettext_lazy("目标编号：为该目标录入的"),
    )
    document = Code(
        queryset=Document.objects.order_by("code"), label=gettext_lazy("来源文件的代码")
    )
    basis = filters.ChoiceFilter(choices=Basis.choices, label=gettext_lazy("口径"))
    state = filters.ChoiceFilter(choices=ObservationState.choices, label=gettext_lazy("报送状态"))
    jurisdiction = PlaceFilter(field_name="place", label=PLACE)
    search = Words(
        fields=["indicator__name", "period_text", "place_name", "note"],
        label=gettext_lazy("指标、时段、地域、备注中的文字"),
    )
    ordering = Ordering(fields={"ends_on": "ends_on", "indicator__name": "indicator"})


@said(
    list=(
        gettext_lazy("监测值列表"),
        gettext_lazy("可见的监测值及其口径、时段、地域和来源。"),
    ),
    retrieve=(
        gettext_lazy("一个监测值"),
        gettext_lazy(
            "一个监测值及其口径、时段和来源；可改或可审的人另得 version 和响应头 ETag（版本）。"
        ),
    ),
    create=(
        gettext_lazy("录入监测值"),
        gettext_lazy("测算填报单位或协调办公室为一项目标录入监测值，存为草稿。"),
    ),
    partial_update=(gettext_lazy("修改草稿"), gettext_lazy("只改写明的项；须带 If-Match。")),
    submit=(
        gettext_lazy("提交"),
        gettext_lazy("提交至协调办公室；数值有疑点的，核对后写明 confirmed；须带 If-Match。"),
    ),
    approve=(gettext_lazy("审核通过"), gettext_lazy("协调办公室审核通过；须带 If-Match。")),
    send_back=(gettext_lazy("退回"), gettext_lazy("协调办公室退回，写明理由；须带 If-Match。")),
)
class ObservationViews(Exports[Observation], Filed[Observation]):
    """What was measured: read by policy, entered by units and offices, reviewed by offices."""

    model = Observation
    queryset = Observation.objects.none()
    serializer_class = ObservationSerializer
    filterset_class = ObservationFilters
    exported = OBSERVATION_LIST

    def rows(self) -> QuerySet[Observation]:
        """The observations that the person may see."""
        rows: QuerySet[Observation] = policy.scope(self.request.user, "observation.view")
        told = policy.scope(self.request.user, "observation.reason").filter(pk=OuterRef("pk"))
        return (
            rows.annotate(way_is_told=Exists(told))
            .select_related(*WITH_ALL)
            .order_by("document", "order", "pk")
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One, with its version as ETag for who may change or review it."""
        return self.answer(self.get_object())

    @extend_schema(request=NewObservation, responses={201: ObservationSerializer})
    def create(self, request: Request) -> Response:
        """A draft of a figure of a target for which the person's body enters."""
        body = NewObservation(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        target = values.pop("target")
        if not policy.can(self.person, "observation.enter", target):
            raise PermissionDenied
        row = observations.save_draft(
            target,
            entry_from(values, target, Entry()),
            by=self.person,
            now=workdays.now(),
            supersedes=self._corrected(values.pop("supersedes", None)),
        )
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=ChangedObservation, responses=ANSWERS, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Save what is given; the rest stays."""
        row = self._own()
        version = matched_version(request)
        body = ChangedObservation(data=request.data)
        body.is_valid(raise_exception=True)
        if row.target is None:
            raise PermissionDenied
        entry = entry_from(body.validated_data, row.target, entry_of(row))
        row = observations.save_draft(
            row.target, entry, by=self.person, now=workdays.now(), row=row, version=version
        )
        return self.answer(row)

    @extend_schema(request=HandingIn, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Hand in to the side's office."""
        row = self._own()
        version = matched_version(request)
        body = HandingIn(data=request.data or {})
        body.is_valid(raise_exception=True)
        row = observations.submit(
            row,
            by=self.person,
            now=workdays.now(),
            version=version,
            confirmed=body.validated_data.get("confirmed", False),
        )
        return self.answer(row)

    @extend_schema(request=Nothing, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Accept a figure."""
        row = self._judged()
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        with transaction.atomic():
            row = observations.approve(self.as_read(row), by=self.person, now=workdays.now())
        return self.answer(row)

    @extend_schema(request=SendingBack, responses=ANSWERS, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send a figure back, with a reason."""
        row = self._judged()
        body = SendingBack(data=request.data)
        body.is_valid(raise_exception=True)
        reason = body.validated_data["reason"]
        with transaction.atomic():
            row = observations.send_back(
                self.as_read(row), reason=reason, by=self.person, now=workdays.now()
            )
        return self.answer(row)

    def _corrected(self, row: Observation | None) -> Observation | None:
        """One that the person may not see is not there."""
        if row is not None and not policy.can(self.person, "observation.view", row):
            raise ValidationError(
                {"supersedes": [_("没有编号为%(pk)s的监测值。") % {"pk": row.pk}]}
            )
        return row

    # Who has no right to a row is told that before what else is wrong.
    def _own(self) -> Observation:
        row = self.get_object()
        if not policy.observations.writes(self.person, row):
            raise PermissionDenied
        return row

    def _judged(self) -> Observation:
        row = self.get_object()
        if not policy.observations.judges(self.person, row):
            raise PermissionDenied
        return row
