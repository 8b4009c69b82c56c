"""API of urging by hand: preview, sending, 签收, sending again, letters, calls by telephone."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api import urge_bodies as bodies
from tasks.api.desks import Desk
from tasks.columns import CALL_LIST, URGE_LIST
from tasks.models import PhoneCall, Urge, UrgeUnit
from tasks.services import phone_calls, urge_lists, urging
from tasks.services.urge_lists import LATE, STATES, WITH_ALL, Row, rows_of
from tasks.services.urge_preview import preview
from tasks.services.urging import Letter
from tasks.states import UrgeKind
from tasks.views import urges as pages
from tasks.views.brief import DOCX
from tasks.views.urges import CallRow, told_of
from tracker.lib import workdays
from tracker.lib.api.fields import Nothing
from tracker.lib.api.schema import said
from tracker.lib.api.views import ReadOnly
from units.api.exports import Exports
from units.filters import UnitFilter
from units.models import User
from units.web import person

MOVES = {200: bodies.UrgeSerializer, 409: None}


class UrgeFilters(filters.FilterSet):
    """Filters of what was sent."""

    state = filters.ChoiceFilter(
        choices=list(STATES.items()), method="of_state", label=_("签收情况")
    )
    unit = UnitFilter(field_name="unit", label=_("单位：编号或任一名称"))
    sending = filters.NumberFilter(
        field_name="urge", min_value=1, max_value=10**18, label=_("同一次发函的编号")
    )

    def of_state(self, rows: Any, name: str, value: str) -> Any:
        if value == LATE and not policy.reads_briefs(person(self.request)):
            rows = rows.filter(kind=UrgeKind.URGE)  # who is asked is not told of lateness
        return urge_lists.of_state(rows, value, workdays.today())


@said(
    list=(_("催办和商请函件"), _("本办公室发出的，或发给本单位的函件，新的在前。")),
    retrieve=(_("一份函件"), _("发给一个单位的函件、所列事项和签收回复。")),
    create=(
        _("发出催办"),
        _(
            "对所选事项逐单位发函：本方单位为催办函，其他方、中央单位和企业为商请函；全部成功或全部不办。"
        ),
    ),
    preview=(_("预览催办"), _("所选事项会给哪些单位、哪些人发什么函；不发出。")),
    sign=(_("签收函件"), _("所在单位签收，可同时或随后回复。")),
    again=(_("再次发函"), _("就该函件仍未办理的事项再次发函，注明首次。")),
)
class UrgeViews(Exports[UrgeUnit], ReadOnly[UrgeUnit]):
    """What units were sent."""

    queryset = UrgeUnit.objects.none()
    serializer_class = bodies.UrgeSerializer
    filterset_class = UrgeFilters
    exported = URGE_LIST

    def told(self, some: list[UrgeUnit]) -> list[Row]:
        """With what was asked, and whether it is done."""
        return rows_of(self._person, some, self.today)

    def rows(self) -> QuerySet[UrgeUnit]:
        """What the person may read, with its things."""
        rows: QuerySet[UrgeUnit] = policy.scope(self.request.user, "urge.view")
        rows = rows.select_related(*WITH_ALL).prefetch_related("items__part")
        return rows.order_by("-urge__made_at", "unit__order", "pk")

    @property
    def _person(self) -> User:
        return person(self.request)

    def _sent(self, urge: Urge) -> Response:
        told = {"sending": urge.pk, "urges": self.rows().filter(urge=urge)}
        shown = bodies.SentSerializer(told, context=self.get_serializer_context())
        return Response(shown.data, status.HTTP_201_CREATED)

    @extend_schema(request=bodies.SendBody, responses={201: bodies.SentSerializer})
    def create(self, request: Request) -> Response:
        """Send."""
        _check_acts(self._person)
        body = bodies.SendBody(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        by = values.get("answer_by") or urging.default_answer_by(self.today)
        urge = urging.send(
            body.chosen,
            Letter(values.get("line", ""), by),
            by=self._person,
            now=workdays.now(),
            office=body.office_number,
        )
        return self._sent(urge)

    @extend_schema(request=bodies.ChosenBody, responses=bodies.UrgePreviewSerializer)
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """What would be sent."""
        _check_acts(self._person)
        body = bodies.ChosenBody(data=request.data)
        body.is_valid(raise_exception=True)
        made = preview(self._person, body.chosen, self.today, office=body.office_number)
        return Response(bodies.UrgePreviewSerializer(made).data)

    @extend_schema(request=bodies.SignBody, responses=MOVES)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Sign for it."""
        part = self.get_object()
        body = bodies.SignBody(data=request.data or {})
        body.is_valid(raise_exception=True)
        answer = body.validated_data.get("answer", "")
        urging.sign(part, by=self._person, now=workdays.now(), answer=answer)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=Nothing, responses={201: bodies.SentSerializer})
    @action(detail=True, methods=["post"])
    def again(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send it again."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        part = self.get_object()
        return self._sent(urging.repeat([part], by=self._person, now=workdays.now()))


def _check_acts(user: User) -> None:
    """Whoever acts for no office is told nothing else."""
    if not policy.reviews(user):
        raise PermissionDenied


class UrgeLetterView(Desk):
    """A unit's letter as Word."""

    @extend_schema(
        operation_id="urge_letter",
        summary=_("函件"),
        description=_("催办函或商请函，Word；下载有记录。"),
        responses={(200, DOCX): OpenApiTypes.BINARY, 404: None},
    )
    def get(self, request: Request, pk: int) -> Any:
        """The file."""
        return pages.letter(request._request, pk)


class SendingLettersView(Desk):
    """All letters of a sending, zipped."""

    @extend_schema(
        operation_id="sending_letters",
        summary=_("一次发函的全部函件"),
        description=_("本办公室一次发出的全部函件，压缩包；下载有记录。"),
        responses={(200, pages.ZIP): OpenApiTypes.BINARY, 404: None},
    )
    def get(self, request: Request, pk: int) -> Any:
        """The file."""
        return pages.letters(request._request, pk)


class SendingAgainView(Desk):
    """Again to all of a sending who have not signed."""

    @extend_schema(
        operation_id="sending_again",
        summary=_("对未签收的再次发函"),
        description=_("就一次发函中未签收的各单位仍未办理的事项再次发函。"),
        request=Nothing,
        responses={201: bodies.SentSerializer, 404: None},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Send it."""
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        user = person(request)
        mine: Any = policy.scope(user, "urge.follow")
        urge = get_object_or_404(Urge.objects.filter(parts__in=mine).distinct(), pk=pk)
        made = urging.repeat_unsigned(urge, by=user, now=workdays.now())
        rows = UrgeUnit.objects.filter(urge=made).select_related(*WITH_ALL)
        told = {"sending": made.pk, "urges": rows.prefetch_related("items__part")}
        shown = bodies.SentSerializer(told, context={"today": workdays.today()})
        return Response(shown.data, status.HTTP_201_CREATED)


class CallFilters(filters.FilterSet):
    """Filters of calls."""

    unit = UnitFilter(field_name="unit", label=_("单位：编号或任一名称"))


@said(
    list=(_("电话催办记录"), _("本办公室记录的电话催办，新的在前。")),
    retrieve=(_("一条电话催办记录"), _("就一个事项的一次电话催办。")),
    create=(_("记电话催办"), _("就所选事项记一次电话催办。")),
)
class PhoneCallViews(Exports[PhoneCall], ReadOnly[PhoneCall]):
    """Calls that an office noted."""

    queryset = PhoneCall.objects.none()
    serializer_class = bodies.PhoneCallSerializer
    filterset_class = CallFilters
    exported = CALL_LIST

    def told(self, some: list[PhoneCall]) -> list[CallRow]:
        """With what they were about."""
        return told_of(some)

    def rows(self) -> QuerySet[PhoneCall]:
        """What the person may read."""
        rows: QuerySet[PhoneCall] = policy.scope(self.request.user, "call.view")
        return rows.select_related("office", "unit", "made_by").order_by("-made_at", "-pk")

    @extend_schema(request=bodies.CallBody, responses={201: bodies.CallsMade})
    def create(self, request: Request) -> Response:
        """Note one."""
        user = person(request)
        _check_acts(user)
        body = bodies.CallBody(data=request.data)
        body.is_valid(raise_exception=True)
        line = body.validated_data["line"]
        calls = phone_calls.note(
            body.chosen, line, by=user, now=workdays.now(), office=body.office_number
        )
        return Response(bodies.CallsMade({"calls": calls}).data, status.HTTP_201_CREATED)
