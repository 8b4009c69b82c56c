"""The coordinators' queue of reports."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import policy
from tasks.models import ProgressReport
from tasks.services import progress
from tasks.states import ReportState
from tasks.views.compare import compare
from tasks.views.fill import report_context, reports_with_all
from tasks.views.queue import Queue
from tracker.lib import workdays
from tracker.lib.workdays import Quarter


class ReportQueue(Queue[ProgressReport]):
    """Reports that wait for the person, of `?quarter=` if given."""

    page, key, template = "tasks:review", "report", "tasks/review.html"

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.quarter = _quarter(request)
        if self.quarter is not None:
            self.asked = {"quarter": self.quarter}

    def rows(self) -> QuerySet[ProgressReport]:
        reports: QuerySet[ProgressReport] = policy.scope(self.user, "report.review")
        if self.quarter is not None:
            reports = reports.filter(
                period__year=self.quarter.year, period__quarter=self.quarter.number
            )
        return reports.select_related(
            "period", "responsibility__task__plan", "responsibility__unit"
        )

    def readable(self) -> QuerySet[ProgressReport]:
        reports: QuerySet[ProgressReport] = reports_with_all(self.user)
        return reports

    def may_judge(self, row: ProgressReport) -> bool:
        waits = row.state == ReportState.SUBMITTED
        return not waits or policy.can(self.user, "report.review", row)

    def context(self, row: ProgressReport) -> dict[str, Any]:
        found = get_object_or_404(self.readable(), pk=row.pk)
        return report_context(self.user, compare(self.user, found))

    def around(self) -> dict[str, Any]:
        return {"quarter": self.quarter}

    def accept(self, row: ProgressReport) -> str:
        progress.approve(row, by=self.user, now=workdays.now())
        return _("已审核通过：%(unit)s“%(task)s”。") % _named(row)

    def refuse(self, row: ProgressReport, reason: str) -> str:
        returned = progress.return_report(row, reason=reason, by=self.user, now=workdays.now())
        day = returned.redo_by.isoformat() if returned.redo_by else ""
        return _("已退回%(unit)s“%(task)s”，请其%(day)s前重报。") % {**_named(row), "day": day}


def _named(report: ProgressReport) -> dict[str, str]:
    side = report.responsibility
    return {"unit": str(side.unit), "task": side.task.title}


def _quarter(request: HttpRequest) -> Quarter | None:
    """The quarter to which the queue is narrowed; none where the address names no quarter."""
    try:
        return Quarter.parse(request.GET.get("quarter", ""))
    except ValueError:
        return None


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The reports; `?report=` is the one shown."""
    return ReportQueue(request).show()


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return ReportQueue(request).approve(pk)


@require_POST
def return_report(request: HttpRequest, pk: int) -> HttpResponse:
    return ReportQueue(request).send_back(pk)
