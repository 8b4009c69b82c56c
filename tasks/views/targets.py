"""Targets: which are reached, by plan and by year; and one target with its story."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks import columns, policy
from tasks.filters.targets import TargetFilter
from tasks.models import Observation, Plan, Target
from tasks.models.attainment import Attainment, attainments, observed
from tasks.states import Attained, Light
from tasks.views.filter_bar import FilterBar
from tasks.views.target_charts import chart_of, charts_of
from tracker.lib import workdays
from tracker.lib.charts import Chart, Series
from tracker.lib.htmx import render_page_or_part
from tracker.lib.lists import words_of
from tracker.lib.pages import page_of
from units.services.exports import Export, part_of
from units.views import exports
from units.views.columns import columns_of, picked
from units.web import person

PER_PAGE = 100
MOST_CHARTS = 8
TONES: dict[Attained, Any] = {
    Attained.ATTAINED: "green",
    Attained.MISSED: "red",
    Attained.NO_DATA: "grey",
}


class TargetBar(FilterBar):
    always = ("search", "plan", "year", "place", "unit")
    elsewhere = ("attained",)


@dataclass(frozen=True)
class TargetRow:
    """A target with its answer."""

    target: Target
    attainment: Attainment


@dataclass
class PlanCount:
    """How many targets of a plan are reached; `judged` is the base of the share."""

    plan: Plan
    by: dict[Attained, int] = field(default_factory=lambda: defaultdict(int))
    total: int = 0
    words: int = 0

    @property
    def attained(self) -> int:
        return self.by[Attained.ATTAINED]

    @property
    def missed(self) -> int:
        return self.by[Attained.MISSED]

    @property
    def no_data(self) -> int:
        return self.by[Attained.NO_DATA]

    @property
    def known(self) -> int:
        """With data: the base of the share that is reached."""
        return self.attained + self.missed


class Listing:
    """The targets that the filters of an address choose."""

    def __init__(self, request: HttpRequest) -> None:
        self.user, self.today = person(request), workdays.today()
        targets: Any = policy.scope(self.user, "target.view")
        self.filters = TargetFilter(
            request.GET, targets.with_attainment(self.today), request=request
        )
        self.bar = TargetBar(self.filters)
        self.found: Any = self.filters.qs if self.bar.valid else self.filters.queryset.none()
        self.attained = request.GET.get("attained", "") if self.bar.valid else ""

    @property
    def chosen(self) -> Any:
        """Those with the answer asked for, plan by plan."""
        rows = self.found.filter(attained=self.attained) if self.attained else self.found
        return _with_all(rows).order_by("plan", "order")

    def rows(self, targets: Iterable[Target]) -> list[TargetRow]:
        """These of them, with their answers; a constant number of queries."""
        return target_rows(targets, self.today)


def target_rows(targets: Iterable[Target], today: datetime.date) -> list[TargetRow]:
    """The targets with their answers; a constant number of queries."""
    shown = list(targets)
    answers = attainments(shown, today)
    return [TargetRow(target, answers[target.pk]) for target in shown]


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Counts by plan and by year, the targets, and charts of their indicators."""
    found = Listing(request)
    user, today, bar = found.user, found.today, found.bar
    counts = list(
        found.found.order_by()
        .values("plan_id", "year", "attained", "judged")
        .annotate(n=Count("pk"))
    )
    page = page_of(found.chosen, request, PER_PAGE)
    shown = list(page)
    seen = observed(shown, today)
    answers = attainments(shown, today, known=seen)
    summary = _summary(counts)
    context = {
        "form": found.filters.form,
        "bar": bar,
        **columns_of(request, columns.TARGET_LIST),
        "page": page,
        "plans": _by_plan(TargetRow(target, answers[target.pk]) for target in shown),
        "kinds": _kinds(counts),
        "summary": summary,
        "years": _year_chart(counts, summary),
        "charts": charts_of(shown, seen, MOST_CHARTS),
        "total": sum(count["n"] for count in counts),
        "mine": policy.scope(user, "observation.edit").count(),
        "to_review": policy.scope(user, "observation.review").count(),
    }
    return render_page_or_part(request, "tasks/targets.html", "tasks/_targets.html", context)


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The same rows and columns, whole."""

    def make() -> Export:
        found = Listing(request)
        if not found.bar.valid:
            raise ValidationError(_("筛选条件有误，请更正后再导出。"))
        heads = picked(request, columns.TARGET_LIST, found.user)
        part = part_of(found.chosen, found.rows)
        return Export(columns.TARGET_LIST, heads, [part], words_of(found.filters.form))

    return exports.excel(request, columns.TARGET_LIST, make)


def _with_all(targets: Any) -> Any:
    return targets.select_related(
        "indicator", "place", "unit", "task", "plan__jurisdiction", "plan__region", "document"
    )


def _by_plan(rows: Iterable[TargetRow]) -> list[tuple[Plan, list[TargetRow]]]:
    grouped: dict[Plan, list[TargetRow]] = defaultdict(list)
    for row in rows:
        grouped[row.target.plan].append(row)
    return list(grouped.items())


def _kinds(counts: list[Mapping[str, Any]]) -> list[tuple[Attained, Light, int]]:
    found: dict[str, int] = defaultdict(int)
    for count in counts:
        found[count["attained"]] += count["n"]
    lights = {Attained.ATTAINED: Light.GREEN, Attained.MISSED: Light.RED}
    return [(word, lights.get(word, Light.GREY), found[word]) for word in Attained]


def _summary(counts: list[Mapping[str, Any]]) -> list[PlanCount]:
    plans = Plan.objects.filter(pk__in={count["plan_id"] for count in counts})
    rows = {plan.pk: PlanCount(plan) for plan in plans}
    for count in counts:
        row = rows[count["plan_id"]]
        row.by[Attained(count["attained"])] += count["n"]
        row.total += count["n"]
        row.words += 0 if count["judged"] else count["n"]
    return list(rows.values())


def _year_chart(counts: list[Mapping[str, Any]], summary: list[PlanCount]) -> Chart | None:
    """Targets by their year; those of drafts are for reference and left out."""
    drafts = {row.plan.pk for row in summary if row.plan.is_reference}
    found: dict[tuple[int | None, str], int] = defaultdict(int)
    for count in counts:
        if count["plan_id"] not in drafts:
            found[count["year"], count["attained"]] += count["n"]
    years = sorted({year for year, _word in found}, key=lambda year: year or 9999)
    if len(years) < 2:  # a single column says no more than the table
        return None
    return Chart(
        "stacked",
        _("各目标年的达到情况"),
        tuple(str(year) if year else _("未定年份") for year in years),
        tuple(
            Series(word.label, tuple(found.get((y, word), 0) for y in years), tone=TONES[word])
            for word in Attained
        ),
        unit=_("项"),
        note=_("征求意见稿的目标仅供参考，未计入。") if drafts else "",
        head=_("目标年"),
    )


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One target: what is promised, whether it is reached, and every figure beside it."""
    user, today = person(request), workdays.today()
    target = get_object_or_404(_with_all(policy.scope(user, "target.view")), pk=pk)
    path = list(
        _with_all(policy.scope(user, "target.view"))
        .filter(plan=target.plan_id, indicator__name=target.indicator.name)
        .order_by("year", "order")
    )
    path = [other for other in path if other.where == target.where]
    seen = observed([target], today)
    answers = attainments(path, today, known=seen)
    alike = [other for other in path if other.indicator_id == target.indicator_id]
    here = [o for o in seen if o.indicator_id == target.indicator_id and o.where == target.where]
    context = {
        "target": target,
        "attainment": answers[target.pk],
        "path": [TargetRow(other, answers[other.pk]) for other in path],
        "chart": chart_of(alike, here),
        "observations": figures_of(user, target),
        "may_enter": policy.can(user, "observation.enter", target),
        "today": today,
    }
    return render(request, "tasks/target.html", context)


@dataclass(frozen=True)
class Figure:
    """An observation as a person sees it on a target's page."""

    row: Observation
    is_corrected: bool
    may_edit: bool


def figures_of(user: Any, target: Target) -> list[Figure]:
    """Everything that the person may see of the indicator, newest first."""
    rows = list(
        policy.scope(user, "observation.view")
        .filter(indicator__name=target.indicator.name)
        .select_related("indicator", "place", "document", "unit", "office", "filled_by")
    )
    corrected = {row.supersedes_id for row in rows if row.state == "approved"}
    editable = set(
        policy.scope(user, "observation.edit")
        .filter(pk__in=[row.pk for row in rows])
        .values_list("pk", flat=True)
    )
    rows.sort(key=lambda row: (str(row.until or ""), row.pk), reverse=True)
    return [Figure(row, row.pk in corrected, row.pk in editable) for row in rows]
