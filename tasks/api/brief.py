"""API of the one-page brief: its figures, and the office's wording of the suggestions."""

from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.desk_parts import Lights
from tasks.api.desks import Desk
from tasks.api.parts import CENTRAL, TaskRef, quarter_or_400
from tasks.documents.brief import fitted
from tasks.models.briefs import LONGEST_NOTE
from tasks.services import brief as service
from tasks.services.brief import words
from tasks.services.brief.choosing import Chosen, choose, sides_for
from tasks.services.brief.making import Brief
from tasks.services.brief.rows import Ask, Line, SideFigures
from tasks.states import LightWord, TaskState
from tracker.lib import workdays
from tracker.lib.api.fields import CleanText, StrictSerializer
from tracker.lib.api.if_match import IF_MATCH, etag, matched_version
from tracker.lib.stale import Stale
from tracker.lib.text import clean_text
from units.models import User
from units.web import person


class BriefSideSerializer(serializers.Serializer[Any]):
    """Counts of a side; what the reader may not know is left out."""

    side = serializers.CharField(help_text=_("所属方的行政区划代码"))
    own = serializers.BooleanField(help_text=_("是否为本页所述的一方"))
    total = serializers.IntegerField()
    lights = Lights(help_text=_("各种灯的数目"))
    states = Lights(help_text=_("各种状态的数目"))
    expected = serializers.IntegerField(required=False)
    approved = serializers.IntegerField(required=False)
    reported = serializers.IntegerField(required=False)
    waiting = serializers.IntegerField(required=False)
    returned = serializers.IntegerField(required=False)
    missing = serializers.IntegerField(required=False)

    def to_representation(self, one: SideFigures) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "side": one.place.code if one.place else CENTRAL,
            "own": one.own,
            "total": one.total,
            "lights": {word.value: one.words[word] for word in LightWord if one.words[word]},
            "states": {state.value: one.states[state] for state in TaskState if one.states[state]},
        }
        names = ("expected", "approved") if one.is_told else ()
        if one.is_close:
            names = (*names, "reported", "waiting", "returned", "missing")
        return shown | {name: getattr(one, name) for name in names}


class BriefLateSerializer(serializers.Serializer[Any]):
    """A side of a task that is late; `progress` stands only where it may be read."""

    kind = serializers.ChoiceField(LightWord.choices)
    task = TaskRef()
    unit = serializers.CharField(help_text=_("牵头单位"))
    since = serializers.DateField(allow_null=True, help_text=_("自哪天起逾期或期满；滞后的为空"))
    behind_since = serializers.CharField(allow_null=True, help_text=_("自哪个季度起滞后"))
    points_behind = serializers.IntegerField(
        required=False, help_text=_("落后序时进度的百分点：有年度节点的按节点，没有的按时间推算")
    )
    progress = serializers.IntegerField(required=False, allow_null=True)

    def to_representation(self, line: Line) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "kind": line.word.value,
            "task": TaskRef(line.side.task).data,
            "unit": line.side.unit.name,
            "since": line.late_since,
            "behind_since": str(line.behind_since) if line.behind_since else None,
        }
        if not line.told:
            return shown
        return shown | {"progress": line.percent, "points_behind": line.gap}


class BriefAskSerializer(serializers.Serializer[Any]):
    """A report that asks for coordination."""

    report = serializers.IntegerField()
    task = TaskRef()
    unit = serializers.CharField(help_text=_("牵头单位"))
    text = serializers.CharField(help_text=_("需协调事项"))
    waiting = serializers.BooleanField(help_text=_("是否待审核"))

    def to_representation(self, ask: Ask) -> dict[str, Any]:
        row = ask.report.responsibility
        return {
            "report": ask.report.pk,
            "task": TaskRef(row.task).data,
            "unit": row.unit.name,
            "text": ask.report.coordination,
            "waiting": ask.is_waiting,
        }


class BriefSerializer(serializers.Serializer[Any]):
    """The page: 总体, 滞后, 需协调, 建议; every row, not only the first ten."""

    plan = serializers.CharField()
    side = serializers.CharField(help_text=_("所属方的行政区划代码"))
    office = serializers.CharField()
    period = serializers.CharField(allow_null=True)
    as_of = serializers.DateField(help_text=_("数据日期：已关闭的季度为关闭日"))
    title = serializers.CharField()
    sides = BriefSideSerializer(many=True)
    late = BriefLateSerializer(many=True)
    coordination = BriefAskSerializer(many=True)
    advice = serializers.ListField(child=serializers.CharField())
    advice_is_written = serializers.BooleanField(help_text=_("建议是否由协调办公室改写"))

    def to_representation(self, made: Brief) -> dict[str, Any]:
        late = [line for kind in service.LATE_KINDS for line in made.own.late_as(kind)]
        return {
            "plan": made.side.plan.code,
            "side": made.side.jurisdiction.code,
            "office": made.side.office.name,
            "period": made.period.code if made.period else None,
            "as_of": made.day.isoformat(),
            "title": words.title(made),
            "sides": BriefSideSerializer(made.sides, many=True).data,
            "late": BriefLateSerializer(late, many=True).data,
            "coordination": BriefAskSerializer(made.asks, many=True).data,
            "advice": words.advice(made),
            "advice_is_written": bool(made.note and made.note.text),
        }


class NewNote(StrictSerializer):
    """The suggestions, a line each; empty brings the derived ones back."""

    text = CleanText(label=_("建议"), max_length=LONGEST_NOTE, allow_blank=True)


ASKED = [
    OpenApiParameter("plan", str, description=str(_("方案代码，如 joint-2022"))),
    OpenApiParameter("side", str, description=str(_("所属方的行政区划代码"))),
    OpenApiParameter("period", str, description=str(_("季度，如 2026Q3"))),
]


class BriefView(Desk):
    """A side's brief in a quarter, for its office and the inspectors of its place."""

    parameters = ("plan", "side", "period")

    @extend_schema(
        operation_id="brief",
        summary=_("工作进展一页"),
        description=_(
            "一方在一个季度的总体、滞后、需协调、建议；不指明时为本人的第一方、当前填报期。"
            "可改建议的人另得响应头 ETag（版本）。"
        ),
        parameters=ASKED,
        responses={200: BriefSerializer, 404: None},
    )
    def get(self, request: Request) -> Response:
        """The page's figures."""
        user = person(request)
        return _answer(user, _chosen(request, user))

    @extend_schema(
        operation_id="brief_note",
        summary=_("改写建议"),
        description=_("协调办公室改写建议；空文本恢复系统建议；须带 If-Match。"),
        parameters=[*ASKED, IF_MATCH],
        request=NewNote,
        responses={200: BriefSerializer, 404: None, 412: None, 428: None},
    )
    def put(self, request: Request) -> Response:
        """Put the office's wording in place of the derived suggestions."""
        user = person(request)
        chosen = _chosen(request, user)
        version = matched_version(request)
        body = NewNote(data=request.data)
        body.is_valid(raise_exception=True)
        if chosen.period is None:
            raise ValidationError({"period": [_("本方案没有开放的填报期。")]})
        try:
            service.write(
                chosen.side,
                chosen.period,
                text=body.validated_data["text"],
                version=version,
                by=user,
                now=workdays.now(),
            )
        except Stale:
            raise  # no field is wrong
        except ModelError as error:
            raise ValidationError({"text": error.messages}) from error
        return _answer(user, chosen)


def _chosen(request: Request, user: User) -> Chosen:
    asked = {name: clean_text(request.query_params.get(name, "")) for name in BriefView.parameters}
    if asked["period"]:
        quarter_or_400(asked["period"])
    found = choose(
        sides_for(user),
        workdays.today(),
        plan=asked["plan"],
        side=asked["side"],
        text=asked["period"],
    )
    if found is None:
        raise Http404
    if found.problem:
        raise ValidationError({"period": [found.problem]})
    return found


def _answer(user: User, chosen: Chosen) -> Response:
    today = workdays.today()
    made = fitted(service.make(user, chosen.side, chosen.period, today))
    headers = {}
    opened = chosen.period is not None and chosen.period.is_open(today)
    if opened and policy.can(user, "brief.edit", chosen.side):
        headers = etag(made.note.version if made.note else 0)
    return Response(BriefSerializer(made).data, headers=headers)
