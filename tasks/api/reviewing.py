"""What the APIs of reports and of observations have in common: rows that are filed and judged."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.models import Observation, ProgressReport
from tasks.services import review_queue
from tasks.services.review_queue import MOST, Choice, Judged, Outcome
from tracker.lib import workdays
from tracker.lib.api.errors import PreconditionFailed
from tracker.lib.api.fields import StrictSerializer
from tracker.lib.api.if_match import etag, matched_version
from tracker.lib.api.views import ReadOnly
from units.models import User

Row = TypeVar("Row", ProgressReport, Observation)


def tells(user: policy.Person, verb: str, row: Row) -> bool:
    """Whether the person may read how the row came about; known already to rows of a list."""
    known: bool | None = getattr(row, "way_is_told", None)
    return policy.can(user, verb, row) if known is None else known


class FiledSerializer(serializers.ModelSerializer[Row]):
    """A row of which `way`, how it came about, stands only where it may be read."""

    way: tuple[str, ...]

    def tells_way(self, user: policy.Person, row: Row) -> bool:
        """Whether the person may read it."""
        raise NotImplementedError

    def to_representation(self, row: Any) -> dict[str, Any]:
        """The row as the person may read it."""
        shown: dict[str, Any] = super().to_representation(row)
        if not self.tells_way(self.context["request"].user, row):
            for name in self.way:
                del shown[name]
        return shown


class Filed(ReadOnly[Row]):
    """Views of such rows."""

    model: type[Row]

    @property
    def person(self) -> User:
        """Who asks; PermissionDenied for nobody."""
        if not isinstance(self.request.user, User):
            raise PermissionDenied
        return self.request.user

    def as_read(self, row: Row) -> Row:
        """The row, locked, and of the version that the reviewer has read."""
        version = matched_version(self.request)
        locked = self.model._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
        if locked.version != version:
            raise PreconditionFailed
        return locked

    def answer(self, row: Row, code: int = status.HTTP_200_OK) -> Response:
        """The row, with its version as ETag for who may change or review it."""
        shown: Any = self.get_serializer(row)
        told = shown.tells_way(self.request.user, row)
        return Response(shown.data, code, headers=etag(row.version) if told else {})


class ChoiceSerializer(StrictSerializer):
    """A report as it was read."""

    id = serializers.IntegerField(label=_("进展编号"), min_value=1, max_value=2**63 - 1)
    version = serializers.IntegerField(label=_("读到的版本"), min_value=0, max_value=2**31 - 1)


class ManySerializer(StrictSerializer):
    """Which reports are approved together."""

    reports = serializers.ListField(child=ChoiceSerializer(), min_length=1, max_length=MOST)


class JudgedSerializer(serializers.Serializer[Judged]):
    """What became of each."""

    id = serializers.IntegerField(source="choice.pk")
    outcome = serializers.ChoiceField(Outcome.choices)
    detail = serializers.CharField(source="sentence")


class ManyJudgedSerializer(serializers.Serializer[Any]):
    """What became of all."""

    approved = serializers.IntegerField(help_text=_("审核通过的份数"))
    results = JudgedSerializer(many=True)


class ManyAtOnce(Filed[ProgressReport]):
    """Views of reports of which those without flags are approved together."""

    @extend_schema(request=ManySerializer, responses={200: ManyJudgedSerializer})
    @action(detail=False, methods=["post"], url_path="approve-many", url_name="approve-many")
    def approve_many(self, request: Request) -> Response:
        """Approve each in a transaction of its own, and say of each what became of it."""
        if not policy.reviews(self.person):
            raise PermissionDenied
        body = ManySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        choices = [Choice(one["id"], one["version"]) for one in body.validated_data["reports"]]
        found = review_queue.approve_many(choices, by=self.person, now=workdays.now())
        approved = sum(one.outcome == Outcome.APPROVED for one in found)
        return Response(ManyJudgedSerializer({"approved": approved, "results": found}).data)
