"""The offices' queue of observations: read, approve, return with a reason."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import policy
from tasks.forms.reports import ReturnForm
from tasks.models import Observation
from tasks.services import observation_queue, observations
from tasks.views.observations import WITH_ALL, context_of
from tracker.lib import workdays
from units.models import User
from units.web import person


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Figures that wait for the person; `?observation=` chooses the one that is shown."""
    return _page(request, person(request), request.GET.get("observation", ""))


def _waiting(user: User) -> QuerySet[Observation]:
    """Longest waiting first."""
    rows: QuerySet[Observation] = policy.scope(user, "observation.review")
    return rows.select_related(*WITH_ALL).order_by("submitted_at", "pk")


def _page(
    request: HttpRequest,
    user: User,
    chosen: str,
    *,
    form: ReturnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    waiting = list(_waiting(user))
    numbers = [str(row.pk) for row in waiting]
    context: dict[str, Any] = {
        "waiting": waiting,
        "reports": policy.scope(user, "report.review").count(),
        "for_others": observation_queue.waiting_for_others(user).count(),
    }
    if waiting:
        place = numbers.index(chosen) if chosen in numbers else 0
        context |= context_of(user, waiting[place])
        context["place"] = place + 1
        context["previous"] = numbers[place - 1] if place else None
        context["next"] = numbers[place + 1] if place + 1 < len(numbers) else None
        if form is not None and chosen == numbers[place]:
            context["return_form"] = form
    return render(request, "tasks/observation_review.html", context, status=status)


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    row = _read(user, pk)
    if request.POST.get("version") != str(row.version):
        return _changed(request)
    following = _following(user, pk)
    try:
        observations.approve(row, by=user, now=workdays.now())
    except ValidationError as error:
        return _refused(request, error)
    messages.success(request, _("已审核通过：%(figure)s。") % {"figure": row})
    return redirect(following)


@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    row = _read(user, pk)
    form = ReturnForm(request.POST, auto_id="return_%s")
    if not form.is_valid():
        return _page(request, user, str(pk), form=form, status=422)
    if request.POST.get("version") != str(row.version):
        return _changed(request)
    following = _following(user, pk)
    reason = form.cleaned_data["reason"]
    try:
        observations.send_back(row, reason=reason, by=user, now=workdays.now())
    except ValidationError as error:
        return _refused(request, error)
    messages.success(
        request, _("已退回%(filer)s：%(figure)s。") % {"filer": row.filer, "figure": row}
    )
    return redirect(following)


def _read(user: User, pk: int) -> Observation:
    rows = policy.scope(user, "observation.view").select_related(*WITH_ALL)
    row: Observation = get_object_or_404(rows, pk=pk)
    return row


def _changed(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("您打开之后，该监测值已有变化，没有作出处理。请重新审阅。"))
    return redirect("tasks:observation_review")


def _refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
    messages.error(request, " ".join(error.messages))
    return redirect("tasks:observation_review")


def _following(user: User, pk: int) -> str:
    """The queue at the figure after this one."""
    numbers = list(_waiting(user).values_list("pk", flat=True))
    page = reverse("tasks:observation_review")
    if pk in numbers and (after := numbers[numbers.index(pk) + 1 :]):
        return f"{page}?observation={after[0]}"
    return page
