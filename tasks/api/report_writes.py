"""Writing reports through the API: begun, changed, handed in, with files; and asked of before."""

from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tasks import policy
from tasks.api.entries import (
    ChangedEntry,
    FlagSerializer,
    NewEntry,
    ReportSerializer,
    WholeEntry,
    entry_of,
    flags_as_dicts,
)
from tasks.api.parts import quarter_or_400
from tasks.api.reviewing import Filed
from tasks.models import Period, ProgressReport, Responsibility, Task
from tasks.services import checks, progress, proxy, shelf
from tasks.services.entry import Entry
from tasks.services.evidence import attach_all
from tracker.lib import workdays
from tracker.lib.api.errors import Conflict
from tracker.lib.api.files import TakesFiles, json_or_form, sent
from tracker.lib.api.if_match import IF_MATCH, matched_version
from tracker.lib.stale import Stale

IF_MATCH_LATER = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=gettext_lazy("本季度已有填报的：读取时返回的 ETag"),
)


class ReportWrites(TakesFiles, Filed[ProgressReport]):
    """What officers, and offices on their behalf, write."""

    takes_files = frozenset({"create", "update", "partial_update", "check_first"})

    @extend_schema(request=json_or_form(NewEntry), responses={201: ReportSerializer, 409: None})
    def create(self, request: Request) -> Response:
        """Begin a quarter's report of a side that the person's unit leads."""
        side, period, values, files = self._begun(request)
        try:
            report = self._write(side, period, values, files, version=0)
        except Stale as error:
            raise Conflict(
                _("该任务%(period)s已有填报，请读取后用 PUT 或 PATCH 修改。") % {"period": period}
            ) from error
        return self.answer(report, status.HTTP_201_CREATED)

    @extend_schema(
        request=json_or_form(WholeEntry),
        responses={200: ReportSerializer, 409: None, 412: None, 428: None},
        parameters=[IF_MATCH],
    )
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Save the whole report anew; what is left out becomes empty."""
        return self._change(WholeEntry)

    @extend_schema(
        request=json_or_form(ChangedEntry),
        responses={200: ReportSerializer, 409: None, 412: None, 428: None},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Save what is given; the rest stays."""
        return self._change(ChangedEntry)

    @extend_schema(
        request=json_or_form(NewEntry),
        responses={200: FlagSerializer(many=True), 412: None, 428: None},
        parameters=[IF_MATCH_LATER],
    )
    @action(
        detail=False,
        methods=["post"],
        url_path="check",
        url_name="check-first",
        pagination_class=None,
        filter_backends=[],
    )
    def check_first(self, request: Request) -> Response:
        """What would be noticed, were this handed in; nothing stays."""
        side, period, values, files = self._begun(request)
        known = ProgressReport.objects.filter(responsibility=side, period=period).exists()
        version = matched_version(request) if known else 0
        with shelf.kept_whole():
            saved = self._write(side, period, {**values, "submit": False}, files, version=version)
            progress.check_complete(saved)
            flags = checks.found(saved, today=workdays.today())
            transaction.set_rollback(True)
        return Response(flags_as_dicts(flags))

    def _begun(self, request: Request) -> tuple[Responsibility, Period, dict[str, Any], list[Any]]:
        """Of which side and quarter a new report is, what it says, and its files."""
        values, files = sent(request, NewEntry)
        verb = "report.enter" if values.get("on_behalf") else "report.edit"
        side = self._side(values["task"], values.get("side"), verb)
        return side, _period(side, values["period"]), values, files

    def _side(self, task: Task, code: str | None, verb: str) -> Responsibility:
        """The side of the task for which the person may report."""
        sides = task.responsibilities.leads().select_related("side", "task__plan")
        if code is not None:
            sides = sides.filter(side__code=code)
            if not sides:
                sentence = _("该任务没有代码为“%(side)s”的一方。") % {"side": code[:50]}
                raise ValidationError({"side": [sentence]})
        own = policy.scope(self.person, verb)
        mine = list(sides.filter(pk__in=own.values("pk")))
        if not mine:
            raise PermissionDenied(_("本单位不牵头该任务，不能填报。"))
        if len(mine) > 1:
            raise ValidationError({"side": [_("该任务有多方可填：请写明 side。")]})
        return mine[0]

    def _change(self, kind: type[WholeEntry]) -> Response:
        report = self.get_object()
        version = matched_version(self.request)
        values, files = sent(self.request, kind)
        if kind is ChangedEntry:
            values = {**asdict(Entry.of(report)), **values}
        side, period = report.responsibility, report.period
        return self.answer(self._write(side, period, values, files, version=version))

    def _write(
        self,
        side: Responsibility,
        period: Period,
        values: dict[str, Any],
        files: list[Any],
        *,
        version: int,
    ) -> ProgressReport:
        by, now, entry = self.person, workdays.now(), entry_of(values)
        given: dict[str, Any] = {"by": by, "now": now, "version": version}
        if reason := values.get("on_behalf"):
            return proxy.enter(side, period, entry, reason=reason, files=files, **given)

        def attach(report: ProgressReport) -> None:
            attach_all(report, files, by=by, now=now)

        if values.get("submit"):
            return progress.submit(side, period, entry, attach=attach, **given)
        with shelf.kept_whole():
            saved = progress.save_draft(side, period, entry, **given)
            attach(saved)
        return saved


def _period(side: Responsibility, text: str) -> Period:
    quarter = quarter_or_400(text)
    period = side.task.plan.periods.of(quarter).first()
    if period is None:
        raise ValidationError(
            {
                "period": [
                    _("%(plan)s没有%(quarter)s的填报期。")
                    % {"plan": side.task.plan.name, "quarter": quarter.label}
                ]
            }
        )
    return period
