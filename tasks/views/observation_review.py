"""The offices' queue of observations."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import policy
from tasks.models import Observation
from tasks.services import observation_queue, observations
from tasks.views.observations import WITH_ALL, context_of
from tasks.views.queue import Queue
from tracker.lib import workdays


class ObservationQueue(Queue[Observation]):
    """Figures that wait for the person."""

    page, key = "tasks:observation_review", "observation"
    template = "tasks/observation_review.html"

    def rows(self) -> QuerySet[Observation]:
        return self._whole("observation.review")

    def readable(self) -> QuerySet[Observation]:
        return self._whole("observation.view")

    def may_judge(self, row: Observation) -> bool:
        return policy.observations.judges(self.user, row)

    def context(self, row: Observation) -> dict[str, Any]:
        return context_of(self.user, row)

    def around(self) -> dict[str, Any]:
        return {
            "reports": policy.scope(self.user, "report.review").count(),
            "for_others": observation_queue.waiting_for_others(self.user).count(),
        }

    def accept(self, row: Observation) -> str:
        observations.approve(row, by=self.user, now=workdays.now())
        return _("已审核通过：%(figure)s。") % {"figure": row}

    def refuse(self, row: Observation, reason: str) -> str:
        observations.send_back(row, reason=reason, by=self.user, now=workdays.now())
        return _("已退回%(filer)s：%(figure)s。") % {"filer": row.filer, "figure": row}

    def _whole(self, verb: str) -> QuerySet[Observation]:
        rows: QuerySet[Observation] = policy.scope(self.user, verb).select_related(*WITH_ALL)
        return rows


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The figures; `?observation=` chooses the one that is shown."""
    return ObservationQueue(request).show()


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return ObservationQueue(request).approve(pk)


@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    return ObservationQueue(request).send_back(pk)
