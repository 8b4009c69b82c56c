"""办结与销号: the claim, the offices' queue, the page of one, and the task page's part."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks import policy
from tasks.forms.endings import AcceptForm, ClaimForm, RefuseForm, RevokeForm, WithdrawForm
from tasks.models import Ending, Responsibility, Task
from tasks.services import endings, evidence, shelf
from tasks.services.ending_rules import approved_percent, kinds_for
from tasks.states import EndingKind, EndingState
from tasks.views.evidence import context_of as files_of
from tracker.lib import workdays
from units.models import User
from units.web import person

WITH_ALL = (
    "responsibility__task__plan",
    "responsibility__unit",
    "responsibility__side",
    "carried_to__plan",
    "claimed_by",
    "decided_by",
    "revoked_by",
)


@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how a side ends; with `find` look for the task into which it is carried."""
    user = person(request)
    rows = policy.scope(user, "ending.claim").select_related("task__plan", "unit", "side")
    side: Responsibility = get_object_or_404(rows, pk=pk)
    kinds = kinds_for(user, side)
    if request.method != "POST":
        asked = request.GET.get("kind", "")
        return _claim_page(request, side, ClaimForm(side, kinds, initial={"kind": asked}))
    form, now = ClaimForm(side, kinds, request.POST, request.FILES), workdays.now()
    valid = form.is_valid()
    if "find" in request.POST:
        return _claim_page(request, side, form, finding=True)
    if not valid:
        return _claim_page(request, side, form, status=422)
    try:
        with shelf.kept_whole():
            made = endings.claim(side, form.entry, by=user, now=now)
            evidence.attach_all(made, form.cleaned_data[evidence.FIELD], by=user, now=now)
    except ValidationError as error:
        form.take(error)
        return _claim_page(request, side, form, status=422)
    messages.success(request, _("已提交：%(kind)s，待核定。") % {"kind": made.get_kind_display()})
    return redirect(side.task)


def _claim_page(
    request: HttpRequest,
    side: Responsibility,
    form: ClaimForm,
    *,
    finding: bool = False,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    waiting = side.endings.waiting().filter(pk__in=policy.scope(user, "ending.view").values("pk"))
    context = {
        "side": side,
        "task": side.task,
        "form": form,
        "finding": finding,
        "waiting": waiting.first(),
        "percent": approved_percent(side),
        "carried": EndingKind.CARRIED.value,
    }
    return render(request, "tasks/ending_claim.html", context, status=status)


# --- the offices' queue, and the page of one ---------------------------------------------------


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for the person; `?ending=` chooses the one that is shown."""
    user = person(request)
    waiting = list(waiting_for(user).select_related(*WITH_ALL))
    numbers = [str(row.pk) for row in waiting]
    context: dict[str, Any] = {
        "waiting": waiting,
        "reports": policy.scope(user, "report.review").count(),
    }
    if waiting:
        chosen = request.GET.get("ending", "")
        place = numbers.index(chosen) if chosen in numbers else 0
        context |= context_of(user, waiting[place])
        context["place"] = place + 1
        context["previous"] = numbers[place - 1] if place else None
        context["next"] = numbers[place + 1] if place + 1 < len(numbers) else None
    return render(request, "tasks/endings.html", context)


def waiting_for(user: User) -> QuerySet[Ending]:
    """What the person may decide now, longest waiting first."""
    rows: QuerySet[Ending] = policy.scope(user, "ending.decide")
    return rows.order_by("claimed_at", "pk")


@require_safe
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim, with what may be done about it."""
    user = person(request)
    return _page(request, user, _read(user, pk))


def _read(user: User, pk: int) -> Ending:
    rows = policy.scope(user, "ending.view").select_related(*WITH_ALL)
    row: Ending = get_object_or_404(rows, pk=pk)
    return row


def context_of(user: User, row: Ending, **forms: Any) -> dict[str, Any]:
    """What the page of one and the queue both show."""
    first = {"version": row.version}
    return {
        "row": row,
        "task": row.responsibility.task,
        "may_decide": policy.can(user, "ending.decide", row),
        "may_withdraw": policy.can(user, "ending.withdraw", row),
        "may_revoke": policy.can(user, "ending.revoke", row),
        "accept_form": AcceptForm(initial=first, auto_id="accept_%s"),
        "refuse_form": RefuseForm(initial=first, auto_id="refuse_%s"),
        "revoke_form": RevokeForm(initial=first, auto_id="revoke_%s"),
        "own_entry": row.claimed_by_id == user.pk,
        **files_of(row, user),
        **forms,
    }


def _page(
    request: HttpRequest, user: User, row: Ending, *, status: int = 200, **forms: Any
) -> HttpResponse:
    return render(request, "tasks/ending.html", context_of(user, row, **forms), status=status)


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, AcceptForm, "accept_form", endings.accept, _("已核定：%(kind)s。"))


@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, RefuseForm, "refuse_form", endings.refuse, _("已退回：%(kind)s。"))


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, WithdrawForm, "", endings.withdraw, _("已撤回：%(kind)s。"))


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    said = _("已撤销：%(kind)s，该任务恢复为推进中。")
    return _act(request, pk, RevokeForm, "revoke_form", endings.revoke, said)


def _act(
    request: HttpRequest,
    pk: int,
    kind: Callable[..., Any],
    name: str,
    service: Callable[..., Ending],
    said: str,
) -> HttpResponse:
    """Do it on what the person has read; the form's errors stand on the page of the one."""
    user = person(request)
    row = _read(user, pk)
    form = kind(request.POST, auto_id=f"{name.removesuffix('_form')}_%s")
    if not form.is_valid():
        return _page(request, user, row, status=422, **{name or "form": form})
    values = dict(form.cleaned_data)
    row.version = values.pop("version")
    following = _following(user, pk)
    try:
        with transaction.atomic():
            service(row, by=user, now=workdays.now(), **values)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("tasks:ending", pk)
    messages.success(request, said % {"kind": row.get_kind_display()})
    return redirect(following or row.responsibility.task.get_absolute_url())


def _following(user: User, pk: int) -> str:
    """The queue at the one after this, where this is in the person's queue; else empty."""
    numbers = list(waiting_for(user).values_list("pk", flat=True))
    if pk not in numbers:
        return ""
    page = reverse("tasks:endings")
    after = numbers[numbers.index(pk) + 1 :]
    return f"{page}?ending={after[0]}" if after else page


# --- the task page's part ------------------------------------------------------------------------


@dataclass(frozen=True)
class SideEnds:
    """One side: how it stands, what was claimed, and what the person may do."""

    side: Responsibility
    rows: list[Ending]
    may_claim: bool
    carried: Ending | None


def block_of(user: User, task: Task) -> dict[str, Any]:
    """Context of tasks/_endings.html."""
    if task.plan.is_reference:
        return {"ends": [], "carried_from": endings.carried_from(task)}
    found = Ending.objects.filter(responsibility__task=task).select_related(*WITH_ALL)
    every = list(found.order_by("-claimed_at", "-pk"))
    seen = set(_numbers(user, "ending.view", every)) if every else set()
    claims = policy.scope(user, "ending.claim").filter(task=task)
    mine = set(claims.order_by().values_list("pk", flat=True))
    ends = [_side_ends(user, side, every, seen, mine) for side in task.leads]
    return {
        "ends": [one for one in ends if one.rows or one.may_claim or one.carried],
        "carried_from": endings.carried_from(task),
        "to_decide": set(_numbers(user, "ending.decide", every)) if seen else set(),
    }


def _numbers(user: User, verb: str, rows: list[Ending]) -> list[int]:
    of_these = policy.scope(user, verb).filter(pk__in=[row.pk for row in rows])
    return list(of_these.order_by().values_list("pk", flat=True))


def _side_ends(
    user: User, side: Responsibility, every: list[Ending], seen: set[int], mine: set[int]
) -> SideEnds:
    own = [row for row in every if row.responsibility_id == side.pk]
    in_force = [row for row in own if row.state == EndingState.ACCEPTED]
    waits = any(row.state == EndingState.CLAIMED for row in own)
    return SideEnds(
        side=side,
        rows=[row for row in own if row.pk in seen],
        may_claim=side.pk in mine and not waits and bool(kinds_for(user, side)),
        carried=next((row for row in in_force if row.carried_to_id), None),
    )
