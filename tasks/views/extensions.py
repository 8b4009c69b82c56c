"""延期: asking, the office's decision, what waits, and the task page's part."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks import policy
from tasks.columns import EXTENSION_LIST
from tasks.forms.schedule import AskForm, GrantForm, RefuseForm
from tasks.models import Extension, Milestone, Responsibility, Task
from tasks.services import evidence, extensions, shelf
from tasks.services.extensions import why_not_ask
from tasks.states import DONE_STATES, SCHEDULE_STATES, ExtensionState, MilestoneState
from tasks.views.evidence import context_of as files_of
from tasks.views.plan_edit_pages import add_errors
from tracker.lib import workdays
from tracker.lib.pages import page_of
from tracker.lib.stale import Stale
from tracker.lib.text import whole_number
from units.models import User
from units.policy import standing
from units.services.exports import Export, part_of
from units.views import exports
from units.views.columns import columns_of, picked
from units.web import person

WITH_ALL = (
    "responsibility__task__plan",
    "responsibility__unit",
    "responsibility__side",
    "asked_by",
    "decided_by",
)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a later date; says what to do instead where it is too late."""
    user = person(request)
    rows = policy.scope(user, "extension.ask").select_related("task__plan", "unit", "side")
    side: Responsibility = get_object_or_404(rows, pk=pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AskForm(*sent)
    if request.method != "POST" or not form.is_valid():
        return _ask_page(request, user, side, form, 422 if form.is_bound else 200)
    data, now = form.cleaned_data, workdays.now()
    try:
        with shelf.kept_whole():
            made = extensions.ask(
                side, new_due=data["new_due"], reason=data["reason"], by=user, now=now
            )
            evidence.attach_all(made, data[evidence.FIELD], by=user, now=now)
    except ValidationError as error:
        add_errors(form, error)
        return _ask_page(request, user, side, form, 422)
    messages.success(request, _("延期申请已提交，待协调办公室审批；批准前原时限不变。"))
    return redirect("tasks:extension", made.pk)


def _ask_page(
    request: HttpRequest, user: User, side: Responsibility, form: AskForm, status: int
) -> HttpResponse:
    seen = policy.scope(user, "extension.view").filter(responsibility=side)
    history = list(seen.select_related(*WITH_ALL).order_by("asked_at", "pk"))
    evidence.show_with(history, user)
    context = {
        "side": side,
        "task": side.task,
        "form": form,
        "today": workdays.today(),
        "why_not": why_not_ask(side, workdays.today()),
        "history": history,
        "waiting": next((row for row in history if row.state == ExtensionState.ASKED), None),
    }
    return render(request, "tasks/extension_ask.html", context, status=status)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What waits for the person: extensions, and sides with milestones; own requests."""
    user = person(request)
    waiting = policy.scope(user, "extension.decide").select_related(*WITH_ALL)
    steps = policy.scope(user, "milestone.decide").order_by()
    sides = (
        Responsibility.objects.filter(pk__in=steps.values("responsibility"))
        .select_related("task__plan", "unit", "side")
        .annotate(
            proposed=Count("milestones", filter=Q(milestones__state=MilestoneState.PROPOSED)),
            claimed=Count("milestones", filter=Q(milestones__state=MilestoneState.CLAIMED)),
            since=Min("milestones__proposed_at"),
        )
        .order_by("since", "pk")
    )
    page = page_of(_told(user), request)
    context = {
        "waiting": list(waiting.order_by("asked_at", "pk")),
        "sides": list(sides),
        "page": page,
        "rows": list(page),
        **columns_of(request, EXTENSION_LIST),
        "decides": bool(standing(user).coordinates) or user.is_superuser,
    }
    return render(request, "tasks/extensions.html", context)


@require_safe
def excel(request: HttpRequest) -> HttpResponse:
    """The same rows and columns, whole."""

    def make() -> Export:
        user = person(request)
        return Export(EXTENSION_LIST, picked(request, EXTENSION_LIST, user), [part_of(_told(user))])

    return exports.excel(request, EXTENSION_LIST, make)


def _told(user: User) -> Any:
    """All that the person reads, the newest first."""
    seen = policy.scope(user, "extension.view")
    return seen.select_related(*WITH_ALL).order_by("-asked_at", "-pk")


@require_safe
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """One request, with what may be done about it."""
    user = person(request)
    return _one(request, user, _read(user, pk))


def _read(user: User, pk: int) -> Extension:
    rows = policy.scope(user, "extension.view").select_related(*WITH_ALL)
    row: Extension = get_object_or_404(rows, pk=pk)
    return row


def _one(
    request: HttpRequest, user: User, row: Extension, *, status: int = 200, **forms: Any
) -> HttpResponse:
    seen = policy.scope(user, "extension.view").filter(responsibility=row.responsibility_id)
    others = list(seen.exclude(pk=row.pk).order_by("asked_at", "pk"))
    evidence.show_with(others, user)
    context = {
        "row": row,
        "side": row.responsibility,
        "task": row.responsibility.task,
        "today": workdays.today(),
        "may_decide": policy.can(user, "extension.decide", row),
        "may_withdraw": policy.can(user, "extension.withdraw", row),
        "grant_form": GrantForm.of(row),
        "refuse_form": RefuseForm(initial={"version": row.version}, auto_id="refuse_%s"),
        "others": others,
        **files_of(row, user),
        **forms,
    }
    return render(request, "tasks/extension.html", context, status=status)


@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """The office grants."""
    user = person(request)
    row = _read(user, pk)
    form = GrantForm.of(row, request.POST)

    def do(found: Extension, **values: Any) -> Extension:
        return extensions.grant(found, form.decision, by=values["by"], now=values["now"])

    return _act(request, user, row, form, "grant_form", do, _("延期已批准，完成时限已更新。"))


@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """The office refuses."""
    user = person(request)
    form = RefuseForm(request.POST, auto_id="refuse_%s")

    def do(found: Extension, **values: Any) -> Extension:
        reason = form.cleaned_data["reason"]
        return extensions.refuse(found, reason=reason, by=values["by"], now=values["now"])

    return _act(
        request, user, _read(user, pk), form, "refuse_form", do, _("延期未批准，原时限不变。")
    )


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead takes the request back."""
    user = person(request)
    row = _read(user, pk)
    row.version = whole_number(request.POST.get("version", "")) or 0
    try:
        extensions.withdraw(row, by=user, now=workdays.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("tasks:extension", pk)
    messages.success(request, _("延期申请已撤回。"))
    return redirect("tasks:extension", pk)


def _act(
    request: HttpRequest,
    user: User,
    row: Extension,
    form: Any,
    name: str,
    service: Callable[..., Extension],
    said: str,
) -> HttpResponse:
    """Do it on the version that was read; shown again with what is wrong."""
    if not form.is_valid():
        return _one(request, user, row, status=422, **{name: form})
    row.version = form.cleaned_data["version"]
    try:
        service(row, by=user, now=workdays.now())
    except Stale as error:
        messages.error(request, error.messages[0])
        return redirect("tasks:extension", row.pk)
    except ValidationError as error:
        add_errors(form, error)
        return _one(request, user, _read(user, row.pk), status=422, **{name: form})
    messages.success(request, said)
    return redirect("tasks:extension", row.pk)


# --- the task page's part ------------------------------------------------------------------------


@dataclass(frozen=True)
class SideSchedule:
    """One side: its milestones in force, its first date and extensions, what one may do."""

    side: Responsibility
    steps: list[Milestone]
    granted: list[Extension]
    waiting: Extension | None
    may_edit: bool

    @property
    def first_due(self) -> Any:
        """The date before any extension; none where there was no extension."""
        return self.granted[0].from_due if self.granted else None


def block_of(user: User, task: Task) -> dict[str, Any]:
    """Context of tasks/_schedule.html: a constant number of queries."""
    if task.plan.is_reference or not task.leads:
        return {"schedules": []}
    leads = [side.pk for side in task.leads]
    steps = Milestone.objects.filter(responsibility__in=leads, state__in=SCHEDULE_STATES)
    granted = Extension.objects.filter(responsibility__in=leads).granted()
    waiting = policy.scope(user, "extension.view").filter(
        responsibility__in=leads, state=ExtensionState.ASKED
    )
    mine = set(
        policy.scope(user, "extension.ask").filter(pk__in=leads).values_list("pk", flat=True)
    )
    every = list(steps.order_by("due_on", "pk")), list(granted.order_by("decided_at", "pk"))
    asked = {row.responsibility_id: row for row in waiting}
    found = [
        SideSchedule(
            side,
            [row for row in every[0] if row.responsibility_id == side.pk],
            [row for row in every[1] if row.responsibility_id == side.pk],
            asked.get(side.pk),
            side.pk in mine and side.state not in DONE_STATES,
        )
        for side in task.leads
    ]
    shown = [one for one in found if one.steps or one.granted or one.waiting or one.may_edit]
    return {"schedules": shown, "by_milestones": any(one.steps for one in found)}
