"""The coordinators' queue of reports."""

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks import policy
from tasks.filters.review import ReviewFilter
from tasks.models import Plan, ProgressReport
from tasks.services import progress, review_queue
from tasks.services.review_queue import Choice, Judged, Outcome
from tasks.states import ReportState
from tasks.views.compare import compare
from tasks.views.fill import report_context, reports_with_all
from tasks.views.filter_bar import FilterBar
from tasks.views.queue import Queue
from tracker.lib import workdays
from tracker.lib.text import whole_number
from tracker.lib.workdays import Quarter
from units.models import Unit

FIRST_WORDS = 60  # of a report, in the list before many are approved


class ReviewBar(FilterBar):
    always = ("plan", "quarter", "unit", "kind", "flagged")

    def __init__(self, filters: Any, waiting: QuerySet[ProgressReport]) -> None:
        self.waiting = waiting
        super().__init__(filters)

    def narrow(self) -> None:
        """Plans, quarters and units of which something waits."""
        fields, seen = self.form.fields, self.waiting.order_by()
        plans = seen.values("responsibility__task__plan")
        fields["plan"].queryset = Plan.objects.filter(pk__in=plans)
        fields["unit"].queryset = Unit.objects.filter(pk__in=seen.values("responsibility__unit"))
        rows = seen.values_list("period__year", "period__quarter").distinct()
        found = {Quarter(*row) for row in rows}
        if chosen := self.cleaned.get("quarter"):
            found.add(chosen)
        fields["quarter"].widget = forms.Select(
            choices=[("", _("全部季度"))]
            + [(str(quarter), quarter.label) for quarter in sorted(found, reverse=True)]
        )


class ReportQueue(Queue[ProgressReport]):
    """Reports that wait for the person, narrowed by plan, quarter, unit, kind or flags."""

    page, key, template = "tasks:review", "report", "tasks/review.html"

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        given = request.GET.copy()
        given.pop(self.key, None)
        self.filters = ReviewFilter(given, self.all_rows(), request=request)
        self.asked = {name: value for name, value in given.items() if value}

    def all_rows(self) -> QuerySet[ProgressReport]:
        """What waits for the person, not narrowed."""
        reports: QuerySet[ProgressReport] = policy.scope(self.user, "report.review")
        return reports.select_related(*review_queue.WITH_ALL)

    def rows(self) -> QuerySet[ProgressReport]:
        found: QuerySet[ProgressReport] = (
            self.filters.qs if self.filters.is_valid() else ProgressReport.objects.none()
        )
        return found

    @cached_property
    def bar(self) -> ReviewBar:
        """The filters as the page shows them."""
        return ReviewBar(self.filters, self.all_rows())

    def waiting(self) -> QuerySet[ProgressReport]:
        return review_queue.in_order(self.rows())

    def readable(self) -> QuerySet[ProgressReport]:
        reports: QuerySet[ProgressReport] = reports_with_all(self.user)
        return reports

    def may_judge(self, row: ProgressReport) -> bool:
        waits = row.state == ReportState.SUBMITTED
        return not waits or policy.judges(self.user, row)

    def context(self, row: ProgressReport) -> dict[str, Any]:
        found = get_object_or_404(self.readable(), pk=row.pk)
        return {
            **report_context(self.user, compare(self.user, found)),
            "flags": review_queue.flags_of(self.user, found),
            "own_office": policy.is_own_office(self.user, found),
            "answers": review_queue.answers_to(self.user, found),
            "unanswered": found.unanswered,
        }

    def around(self) -> dict[str, Any]:
        given = self.filters.form.cleaned_data if self.filters.is_valid() else {}
        return {
            "bar": self.bar,
            "form": self.filters.form,
            "quarter": given.get("quarter") if set(self.asked) == {"quarter"} else None,
            "is_narrowed": bool(self.asked),
            "unflagged": review_queue.unflagged(self.rows()).count(),
            "endings": policy.scope(self.user, "ending.decide").count(),
            "observations": policy.scope(self.user, "observation.review").count(),
            "narrowed": self.narrowed,
        }

    def accept(self, row: ProgressReport) -> str:
        progress.approve(row, by=self.user, now=workdays.now())
        return _("已审核通过：%(unit)s“%(task)s”。") % _named(row)

    def refuse(self, row: ProgressReport, reason: str) -> str:
        returned = progress.return_report(row, reason=reason, by=self.user, now=workdays.now())
        day = returned.redo_by.isoformat() if returned.redo_by else ""
        return _("已退回%(unit)s“%(task)s”，请其%(day)s前重报。") % {**_named(row), "day": day}

    # --- many at a time ------------------------------------------------------------------------

    def show_many(self, *, status: int = 200, error: str = "") -> HttpResponse:
        """The list to look at before all without flags are approved."""
        rows = list(review_queue.unflagged(self.waiting())[: review_queue.MOST])
        left = self.rows().count() - len(rows)
        context = {
            "rows": rows,
            "left": left,
            "error": error,
            "narrowed": self.narrowed,
            "back": self.address(),
            "length": FIRST_WORDS,
        }
        return render(self.request, "tasks/review_many.html", context, status=status)

    def approve_many(self) -> HttpResponse:
        """Approve those that are ticked, each as it was read."""
        if not policy.reviews(self.user):
            raise PermissionDenied
        choices = _choices(self.request.POST.getlist("report"))
        if not choices:
            return self.show_many(status=422, error=_("请至少勾选一份进展。"))
        self._tell(review_queue.approve_many(choices, by=self.user, now=workdays.now()))
        return redirect(self.address())

    def _tell(self, judged: list[Judged]) -> None:
        left = [one for one in judged if one.outcome != Outcome.APPROVED]
        if number := len(judged) - len(left):
            text = ngettext("已审核通过%(number)d份进展。", "已审核通过%(number)d份进展。", number)
            messages.success(self.request, text % {"number": number})
        if left:
            named = "".join(one.sentence for one in left)
            messages.warning(self.request, _("以下未处理：%(named)s") % {"named": named})


def _choices(given: list[str]) -> list[Choice]:
    """What was ticked, as `12:3`: the report and its version."""
    found = []
    for text in given[: review_queue.MOST]:
        pk, _colon, version = text.partition(":")
        numbers = whole_number(pk), whole_number(version)
        if numbers[0] is not None and numbers[1] is not None:
            found.append(Choice(numbers[0], numbers[1]))
    return found


def _named(report: ProgressReport) -> dict[str, str]:
    side = report.responsibility
    return {"unit": str(side.unit), "task": side.task.title}


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The reports; `?report=` is the one shown."""
    return ReportQueue(request).show()


@require_http_methods(["GET", "HEAD", "POST"])
def many(request: HttpRequest) -> HttpResponse:
    """All without flags: a list to look at, then approved at once."""
    found = ReportQueue(request)
    return found.approve_many() if request.method == "POST" else found.show_many()


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return ReportQueue(request).approve(pk)


@require_POST
def return_report(request: HttpRequest, pk: int) -> HttpResponse:
    return ReportQueue(request).send_back(pk)
