"""API of the desks of officers, offices and inspectors: the figures that the workbench shows."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tasks.api.desk_parts import (
    InspectorDeskSerializer,
    OfficeDeskSerializer,
    OfficerDeskSerializer,
    counts_as_dict,
    named_as_dict,
    office_as_dict,
    officer_as_dict,
)
from tasks.api.parts import plan_filter, quarter_or_400
from tasks.services import changes
from tasks.services.desk import inspector
from tasks.services.desk.office_desk import office_desk
from tasks.services.desk.officer_desk import officer_desk
from tasks.services.late import Band, LateKind
from tracker.lib import workdays
from tracker.lib.api.views import check_query
from units.filters import PlaceFilter, UnitFilter
from units.web import person


class NarrowFilters(filters.FilterSet):
    """Of which plan, place and unit."""

    plan = plan_filter("task__plan")
    jurisdiction = PlaceFilter(field_name="side")
    unit = UnitFilter(field_name="unit")


class Desk(APIView):
    """A desk: one answer, made of the day's figures."""

    parameters: tuple[str, ...] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check log-in, permission and the address line."""
        super().initial(request, *args, **kwargs)
        check_query(request, list(self.parameters))

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Let nobody on the way keep the answer."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "private, no-store")
        return final


class OfficeDesk(Desk):
    """The sides of the person's offices in one quarter, and what changed since a day."""

    parameters = ("period", "since")

    @extend_schema(
        operation_id="office_desk",
        summary=_("协调办公室工作台"),
        description=_("本人所在办公室各方的报送情况、灯和变化；不指明季度时为当前填报期。"),
        parameters=[
            OpenApiParameter("period", str, description=str(_("季度，如 2026Q3"))),
            OpenApiParameter("since", datetime.date, description=str(_("变化起始日"))),
        ],
        responses=OfficeDeskSerializer,
    )
    def get(self, request: Request) -> Response:
        """The desk's figures."""
        user, today = person(request), workdays.today()
        text = request.query_params.get("period", "").strip()
        quarter = quarter_or_400(text) if text else None
        since, problem = changes.day_asked(request.query_params.get("since", ""), today)
        if problem:
            raise ValidationError({"since": [problem]})
        found = office_desk(user, today, quarter=quarter, since=since)
        return Response(OfficeDeskSerializer(office_as_dict(found)).data)


class OfficerDesk(Desk):
    """What a unit's people have to file and to sign for."""

    @extend_schema(
        operation_id="officer_desk",
        summary=_("填报人工作台"),
        description=_("本单位当前填报期待报的进展（最急的在前）、待签收的交办、灯和未读提醒数。"),
        responses=OfficerDeskSerializer,
    )
    def get(self, request: Request) -> Response:
        """The desk's figures."""
        found = officer_desk(person(request), workdays.today())
        return Response(OfficerDeskSerializer(officer_as_dict(found)).data)


class InspectorDesk(Desk):
    """All that is late in the places inspected."""

    parameters = ("plan", "jurisdiction", "unit")

    @extend_schema(
        operation_id="inspector_desk",
        summary=_("督查工作台"),
        description=_(
            "督查辖区内逾期、期满未办结、节点逾期、未报、退回未重报、督查整改逾期等的数目，分类列出。"
        ),
        parameters=[OpenApiParameter(name, str) for name in parameters],
        responses=InspectorDeskSerializer,
    )
    def get(self, request: Request) -> Response:
        """The desk's figures."""
        user, today = person(request), workdays.today()

        def narrow(sides: Any) -> Any:
            asked = NarrowFilters(request.query_params, sides, request=request)
            if not asked.is_valid():
                raise ValidationError(asked.errors)
            return asked.qs

        found = inspector.supervision(user, today, narrow)
        answer = {
            "counts": counts_as_dict(found.whole),
            "bands": [
                {"band": band, **{k.value: found.whole.by_band[k, band] for k in LateKind}}
                for band in Band
            ],
            "sides": [named_as_dict(row) for row in found.sides],
            "units": [named_as_dict(row) for row in found.units],
            "trend": [
                {"until": one.label, "overdue": one.overdue, "expired": one.expired}
                for one in inspector.trend(user, today, narrow)
            ],
        }
        return Response(InspectorDeskSerializer(answer).data)
