"""终期评估 of a plan: a line for each side, its targets beneath."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tasks import policy
from tasks.forms.endings import AssessmentForm
from tasks.models import Plan
from tasks.models.attainment import attainments
from tasks.services import assessments
from tasks.services.assessments import Row, WrongRows
from tracker.lib import workdays
from units.web import person


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What became of each side; offices write theirs, several lines at once."""
    user = person(request)
    plan = get_object_or_404(policy.scope(user, "plan.view"), code=code)
    rows = assessments.rows_of(user, plan, workdays.today())
    if not rows:
        raise Http404
    if request.method != "POST":
        return _page(request, plan, rows, _forms(rows))
    forms = _forms(rows, request.POST)
    if not forms:
        raise Http404
    changed = {side: form for side, form in forms.items() if form.is_changed}
    if [form for form in changed.values() if not form.is_valid()]:
        return _page(request, plan, rows, forms, status=422)
    sides = {row.side.pk: row.side for row in rows}
    wanted = {sides[pk]: form.judgement for pk, form in changed.items()}
    try:
        saved = assessments.save_all(wanted, by=user, now=workdays.now())
    except WrongRows as error:
        for pk, wrong in error.rows.items():
            forms[pk].take(wrong)
        return _page(request, plan, rows, forms, status=422)
    number = len(saved)
    if not number:
        messages.info(request, _("没有改动，没有保存。"))
        return redirect("tasks:assessment", plan.code)
    said = ngettext("已保存%(n)d项评估。", "已保存%(n)d项评估。", number) % {"n": number}
    messages.success(request, said)
    return redirect("tasks:assessment", plan.code)


def _forms(rows: list[Row], sent: Any = None) -> dict[int, AssessmentForm]:
    return {row.side.pk: AssessmentForm.of(row, sent) for row in rows if row.may_edit}


def _page(
    request: HttpRequest,
    plan: Plan,
    rows: list[Row],
    forms: dict[int, AssessmentForm],
    status: int = 200,
) -> HttpResponse:
    today = workdays.today()
    targets = list(plan.targets.select_related("indicator", "place", "unit", "plan__jurisdiction"))
    found = attainments(targets, today)
    context = {
        "plan": plan,
        "today": today,
        "lines": [
            (row, forms.get(row.side.pk), row.side.light_word(today), row.side.light_reason(today))
            for row in rows
        ],
        "sums": assessments.sums_of(rows),
        "wrong": [form for form in forms.values() if form.is_bound and form.errors],
        "may_edit": bool(forms),
        "targets": [(target, found[target.pk]) for target in targets],
    }
    return render(request, "tasks/assessment.html", context, status=status)
