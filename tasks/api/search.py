"""API of the search over everything that is open to read."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tasks.services.search import Hit, Kind, hit_of, search
from tasks.states import Light
from tracker.lib import workdays
from tracker.lib.api.schema import said
from tracker.lib.api.views import check_query
from tracker.lib.search import LONGEST, MOST, words_of
from tracker.lib.text import whole_number

ROWS = 10
PARAMETERS = ["q", "kind", "limit"]


class HitSerializer(serializers.Serializer[Hit]):
    """A row that was found. `light`, `light_word` and `leads` are a task's."""

    id = serializers.IntegerField(source="row.pk")
    title = serializers.CharField()
    about = serializers.CharField(help_text=gettext_lazy("所属方案、条款、辖区等"))
    text = serializers.CharField(help_text=gettext_lazy("命中处的文字，或目标值；可为空"))
    url = serializers.CharField(help_text=gettext_lazy("网页地址"))
    light = serializers.ChoiceField(Light.choices, allow_null=True)
    light_word = serializers.CharField(allow_null=True)
    leads = serializers.ListField(child=serializers.CharField())

    def to_representation(self, hit: Hit) -> dict[str, Any]:
        return {
            "id": hit.row.pk,
            "title": hit.title,
            "about": hit.about,
            "text": hit.text,
            "url": hit.url,
            "light": hit.light.light.value if hit.light else None,
            "light_word": str(hit.light.label) if hit.light else None,
            "leads": list(hit.leads),
        }


class GroupSerializer(serializers.Serializer[Any]):
    """What was found of a kind, the best first."""

    kind = serializers.ChoiceField(Kind.choices)
    count = serializers.IntegerField(
        min_value=0, max_value=MOST, help_text=gettext_lazy("数到100为止")
    )
    more = serializers.BooleanField(help_text=gettext_lazy("实有数目超过count"))
    results = HitSerializer(many=True)


class FoundSerializer(serializers.Serializer[Any]):
    """The words that were looked for, and what holds them all."""

    words = serializers.ListField(child=serializers.CharField())
    groups = GroupSerializer(many=True)


@said(
    get=(
        gettext_lazy("搜索"),
        gettext_lazy(
            "按任意连续的字搜索任务、单位（含曾用名）、目标、方案、行动；多个词以空格分开，须同时出现。"
            "不分全角半角和大小写。没有命中的类别不列。"
        ),
    )
)
@extend_schema_view(
    get=extend_schema(
        operation_id="search",
        parameters=[
            OpenApiParameter(
                "q",
                {"type": "string", "maxLength": LONGEST},
                required=True,
                description=gettext_lazy("搜索词"),
            ),
            OpenApiParameter(
                "kind",
                {"type": "string", "enum": Kind.values},
                description=gettext_lazy("只搜一类"),
            ),
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MOST, "default": ROWS},
                description=gettext_lazy("每类至多列几项"),
            ),
        ],
        responses=FoundSerializer,
    )
)
class SearchView(APIView):
    """Rows of all kinds that hold the words."""

    def get(self, request: Request) -> Response:
        """Find, by kind."""
        check_query(request, PARAMETERS)
        query, today = request.query_params, workdays.today()
        words, kind = _words(query.get("q", "")), _kind(query.get("kind", ""))
        groups = search(
            request.user,
            words,
            limit=_limit(query.get("limit", "")),
            kinds=[kind] if kind else Kind,
        )
        found = [
            {
                "kind": group.kind.value,
                "count": group.count,
                "more": group.is_bounded,
                "results": [hit_of(group.kind, row, words, today) for row in group.rows],
            }
            for group in groups
        ]
        answer = FoundSerializer({"words": words, "groups": found})
        return Response(answer.data, headers={"Cache-Control": "private, no-store"})


def _words(text: str) -> list[str]:
    if len(text) > LONGEST:
        raise ValidationError({"q": [_("搜索词最多%(most)s个字，请缩短。") % {"most": LONGEST}]})
    words = words_of(text)
    if not words:
        raise ValidationError({"q": [_("请填写搜索词。")]})
    return words


def _kind(text: str) -> Kind | None:
    if text and text not in Kind.values:
        raise ValidationError(
            {"kind": [_("没有“%(kind)s”这类内容，请从列表中选择。") % {"kind": text[:50]}]}
        )
    return Kind(text) if text else None


def _limit(text: str) -> int:
    """At most this many rows of each kind."""
    if not text:
        return ROWS
    limit = whole_number(text)
    if limit is None or not 1 <= limit <= MOST:
        raise ValidationError({"limit": [_("应为1至%(most)s的整数。") % {"most": MOST}]})
    return limit
