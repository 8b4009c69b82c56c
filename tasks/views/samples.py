"""抽查: draw closed-off sides, check them, draw again from the record."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks import policy
from tasks.forms.findings import ResultForm, SampleForm
from tasks.models import Sample, SampleRow
from tasks.services import samples
from tracker.lib import workdays
from tracker.lib.pages import page_of
from units.models import User
from units.web import person

AGAIN = "again"
WITH_SIDE = (
    "responsibility__task__plan",
    "responsibility__unit",
    "responsibility__side",
    "checked_by",
    "finding",
)


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """Samples of the places inspected, and the form that draws another."""
    user = person(request)
    if not policy.inspects(user):
        raise Http404
    places = policy.scope(user, "sample.draw")
    form = SampleForm(places, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = samples.draw(
                data["jurisdiction"],
                data["plan"],
                size=data["size"],
                note=data["note"],
                by=user,
                now=workdays.now(),
            )
        except ValidationError as error:
            form.take(error)
        else:
            number = made.rows.count()
            messages.success(request, _("已抽取%(number)d项。") % {"number": number})
            return redirect("tasks:sample", made.pk)
    drawn = policy.scope(user, "sample.view").select_related("plan", "jurisdiction", "drawn_by")
    context = {"form": form, "page": page_of(drawn, request)}
    status = 422 if request.method == "POST" else 200
    return render(request, "tasks/samples.html", context, status=status)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows drawn; with `?again=1` drawn once more from the record and compared."""
    return _page(request, _read(person(request), pk))


def _read(user: User, pk: int) -> Sample:
    rows = policy.scope(user, "sample.view").select_related("plan", "jurisdiction", "drawn_by")
    sample: Sample = get_object_or_404(rows, pk=pk)
    return sample


def _page(
    request: HttpRequest, sample: Sample, wrong: tuple[int, ResultForm] | None = None
) -> HttpResponse:
    rows = []
    for row in sample.rows.select_related(*WITH_SIDE):
        form = ResultForm(initial={"result": row.result}, auto_id=f"row-{row.pk}-%s")
        if wrong is not None and wrong[0] == row.pk:
            form = wrong[1]
        rows.append((row, form))
    context: dict[str, Any] = {
        "sample": sample,
        "rows": rows,
        "wrong": wrong and wrong[1],
        "checked": sum(bool(row.result) for row, _form in rows),
        "again": samples.draw_again(sample) if request.GET.get(AGAIN) else None,
    }
    return render(request, "tasks/sample.html", context, status=422 if wrong else 200)


@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what the check of a row found."""
    user = person(request)
    rows = SampleRow.objects.filter(sample__in=policy.scope(user, "sample.view"))
    row = get_object_or_404(rows, pk=pk)
    form = ResultForm(request.POST, auto_id=f"row-{row.pk}-%s")
    if form.is_valid():
        try:
            samples.check(row, result=form.cleaned_data["result"], by=user, now=workdays.now())
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, _("已保存核查结果。"))
            return redirect("tasks:sample", row.sample_id)
    return _page(request, _read(user, row.sample_id), (row.pk, form))
