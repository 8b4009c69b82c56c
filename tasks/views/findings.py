"""督查意见: the list, one as a timeline with its next steps, a new one, and the notice on paper."""

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks import policy
from tasks.columns import FINDING_LIST
from tasks.filters.findings import STATES, FindingFilter
from tasks.forms.findings import AGREES, ActForm, IssueForm
from tasks.models import Finding, FindingStep, Responsibility, SampleRow, Task
from tasks.services import evidence, findings
from tasks.services.findings import ACTS, KIND, Attach
from tasks.states import FindingStepKind
from tasks.views.filter_bar import FilterBar
from tracker.lib import workdays
from tracker.lib.htmx import render_page_or_part
from tracker.lib.lists import words_of
from tracker.lib.pages import page_of
from tracker.lib.text import whole_number
from units.models import Jurisdiction, Unit, User
from units.services.exports import Export, part_of
from units.views import exports
from units.views.columns import columns_of, picked
from units.web import person

WITH_ALL = (
    "responsibility__task__plan",
    "responsibility__unit",
    "responsibility__side",
    "issued_by",
)


class FindingBar(FilterBar):
    """State, place and words; plan and unit behind."""

    always = ("search", "state", "jurisdiction")
    further = ("plan", "unit")

    def narrow(self) -> None:
        """Places and units of the findings that the person may read."""
        seen: Any = policy.scope(self.filters.request.user, "finding.view").order_by()
        fields = self.form.fields
        fields["jurisdiction"].queryset = Jurisdiction.objects.filter(
            pk__in=seen.values("responsibility__side")
        )
        fields["unit"].queryset = Unit.objects.filter(pk__in=seen.values("responsibility__unit"))


class Listing:
    """The findings that the filters of an address choose, of those that the person may read."""

    def __init__(self, request: HttpRequest) -> None:
        self.user, self.today = person(request), workdays.today()
        seen: Any = policy.scope(self.user, "finding.view").select_related(*WITH_ALL)
        self.filters = FindingFilter(request.GET, seen, request=request, today=self.today)
        self.bar = FindingBar(self.filters)
        self.found: Any = self.filters.qs if self.bar.valid else seen.none()


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Those that the person may read, newest first."""
    found = Listing(request)
    today = found.today
    page = page_of(found.found, request)
    context = {
        "today": today,
        "form": found.filters.form,
        "bar": found.bar,
        **columns_of(request, FINDING_LIST),
        "page": page,
        "rows": [(row, row.is_overdue(today)) for row in page],
        "states": STATES,
        "inspects": policy.inspects(found.user),
    }
    return render_page_or_part(request, "tasks/findings.html", "tasks/_findings.html", context)


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The same rows and columns, whole."""

    def make() -> Export:
        found = Listing(request)
        if not found.bar.valid:
            raise ValidationError(_("筛选条件有误，请更正后再导出。"))
        heads = picked(request, FINDING_LIST, found.user)
        part = part_of(found.found)
        return Export(FINDING_LIST, heads, [part], words_of(found.filters.form))

    return exports.excel(request, FINDING_LIST, make)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The timeline, with a form for each step that the person may take."""
    user = person(request)
    return _page(request, user, _read(user, pk))


def _page(
    request: HttpRequest, user: User, row: Finding, wrong: ActForm | None = None
) -> HttpResponse:
    today = workdays.today()
    forms = [ActForm.of(kind, row) for kind in findings.acts_open(user, row)]
    if wrong is not None:
        forms = [wrong if form.kind == wrong.kind else form for form in forms]
    steps = list(row.steps.select_related("by"))
    evidence.show_with(steps, user)
    context = {
        "today": today,
        "row": row,
        "steps": steps,
        "forms": forms,
        "wrong": wrong,
        "overdue": row.is_overdue(today),
    }
    status = 200 if wrong is None else 422
    return render(request, "tasks/finding.html", context, status=status)


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """《督查整改通知书》, to print."""
    row = _read(person(request), pk)
    return render(request, "tasks/finding_paper.html", {"row": row})


@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """A new one on a lead row; `?row=` names the row of a sample from which it comes."""
    user, today = person(request), workdays.today()
    sides = policy.scope(user, "finding.issue").select_related("task__plan", "unit", "side")
    duty: Responsibility = get_object_or_404(sides, pk=pk)
    drawn = _drawn(user, duty, request.GET.get("row", ""))
    form = IssueForm(duty, today, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        now = workdays.now()
        try:
            made = findings.issue(
                duty,
                form.notice,
                by=user,
                now=now,
                sample_row=drawn,
                attach=_attaching(form.cleaned_data, user, now),
            )
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, _("已发出整改通知%(code)s。") % {"code": made.code})
            return redirect(made)
    context = {"duty": duty, "form": form, "drawn": drawn, "today": today}
    status = 422 if request.method == "POST" else 200
    return render(request, "tasks/finding_new.html", context, status=status)


def _attaching(data: dict[str, Any], user: User, now: datetime.datetime) -> Attach:
    """Puts the form's files with the step."""

    def attach(step: FindingStep) -> None:
        evidence.attach_all(step, data[evidence.FIELD], by=user, now=now)

    return attach


def _drawn(user: User, duty: Responsibility, number: str) -> SampleRow | None:
    if not number:
        return None
    chosen = whole_number(number)
    rows = SampleRow.objects.filter(
        sample__in=policy.scope(user, "sample.view"), responsibility=duty
    )
    row: SampleRow = get_object_or_404(rows, pk=chosen)
    return row


@require_POST
def act(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Take a step; what is refused is said on the page."""
    user = person(request)
    row = _read(user, pk)
    if kind not in {*ACTS, KIND.OFFICE}:
        raise Http404
    form = ActForm(FindingStepKind(kind), request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, user, row, form)
    try:
        changed = _take(row, form, user, workdays.now())
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            form.take(error)
            return _page(request, user, row, form)
        messages.error(request, " ".join(error.messages))
        return redirect(row)
    messages.success(
        request,
        _("%(code)s：已办理“%(act)s”。") % {"code": changed.code, "act": form.kind.label},
    )
    return redirect(row)


def _take(row: Finding, form: ActForm, user: User, now: datetime.datetime) -> Finding:
    data = form.cleaned_data
    said: dict[str, Any] = {
        "text": data["text"],
        "version": data["version"],
        "by": user,
        "now": now,
        "attach": _attaching(data, user, now),
    }
    if form.kind == KIND.OFFICE:
        return findings.answer_proposal(row, agrees=data["agrees"] == AGREES, **said)
    return findings.act(row, form.kind, due_on=data.get("due_on"), **said)


def _read(user: User, pk: int) -> Finding:
    rows = policy.scope(user, "finding.view").select_related(*WITH_ALL, "closed_by")
    row: Finding = get_object_or_404(rows, pk=pk)
    return row


def panel_of(user: User, task: Task) -> dict[str, Any]:
    """For the task's page: its findings, and on which sides the person may issue one."""
    rows = policy.scope(user, "finding.view").filter(responsibility__task=task)
    may_issue = []
    if policy.inspects(user):
        issued_on = policy.scope(user, "finding.issue").filter(task=task)
        may_issue = list(issued_on.select_related("unit", "side").order_by("order"))
    return {
        "findings": list(rows.select_related("responsibility__unit", "responsibility__side")),
        "finding_sides": may_issue,
    }
