"""One milestone: claimed and changed by its lead, confirmed, sent back or dropped by its office."""

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks import policy
from tasks.forms.schedule import ChangeForm, MetForm, ReasonForm
from tasks.models import Milestone
from tasks.services import evidence, milestones, shelf
from tasks.states import DONE_STATES, MilestoneState
from tasks.views.evidence import context_of as files_of
from tasks.views.milestones import PEOPLE, page_of
from tasks.views.plan_edit_pages import add_errors
from tracker.lib import workdays
from tracker.lib.stale import Stale
from tracker.lib.text import whole_number
from units.models import User
from units.web import person

WITH_SIDE = ("responsibility__task__plan", "responsibility__unit", "responsibility__side")


@require_safe
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """One milestone, with what may be done about it."""
    user = person(request)
    return _one(request, user, _read(user, pk))


def _read(user: User, pk: int) -> Milestone:
    rows = policy.scope(user, "milestone.view").select_related(*WITH_SIDE, *PEOPLE, "replaces")
    row: Milestone = get_object_or_404(rows, pk=pk)
    return row


def _one(
    request: HttpRequest, user: User, row: Milestone, *, status: int = 200, **forms: Any
) -> HttpResponse:
    side, first = row.responsibility, {"version": row.version}
    may_edit = side.state not in DONE_STATES and policy.can(user, "milestone.edit", side)
    is_confirmed = row.state == MilestoneState.CONFIRMED
    waits = Milestone.objects.filter(replaces=row, state=MilestoneState.PROPOSED).exists()
    context = {
        "row": row,
        "side": side,
        "task": side.task,
        "today": workdays.today(),
        "tells_way": policy.can(user, "milestone.way", row),
        "may_claim": may_edit and is_confirmed,
        "may_change": may_edit and is_confirmed and not waits,
        "may_recall": may_edit and row.state == MilestoneState.PROPOSED,
        "may_decide": policy.can(user, "milestone.decide", row),
        "may_drop": policy.can(user, "milestone.drop", row),
        "forms_shown": list(forms.values()),
        "waits": waits,
        **files_of(row, user),
        "met_form": MetForm(initial=first | {"met_on": workdays.today()}, auto_id="met_%s"),
        "change_form": ChangeForm.of(row),
        "return_form": ReasonForm(initial=first, auto_id="return_%s"),
        "drop_form": ReasonForm(initial=first, auto_id="drop_%s"),
        **forms,
    }
    return render(request, "tasks/milestone.html", context, status=status)


@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead says that it is met."""
    form = MetForm(request.POST, request.FILES, auto_id="met_%s")

    @shelf.kept_whole()
    def do(row: Milestone, **values: Any) -> Milestone:
        files = values.pop(evidence.FIELD)
        done = milestones.claim(row, **values)
        evidence.attach_all(done, files, by=values["by"], now=values["now"])
        return done

    return _act(request, pk, form, "met_form", do, _("已填报完成，待协调办公室确认。"))


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead proposes another in its place."""
    form = ChangeForm(request.POST, auto_id="change_%s")

    def do(row: Milestone, **values: Any) -> Milestone:
        reason, by, now = values["reason"], values["by"], values["now"]
        return milestones.change(row, form.step, reason=reason, by=by, now=now)

    return _act(request, pk, form, "change_form", do, _("已提请调整；确认前原节点有效。"))


@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The office sends it back."""
    form = ReasonForm(request.POST, auto_id="return_%s")

    def do(row: Milestone, **values: Any) -> Milestone:
        return milestones.send_back([row], **values)[0]

    return _act(request, pk, form, "return_form", do, _("已退回。"))


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """The office takes it away."""
    form = ReasonForm(request.POST, auto_id="drop_%s")
    return _act(request, pk, form, "drop_form", milestones.drop, _("节点已取消。"))


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The office confirms that it is met."""
    return _simple(request, pk, milestones.accept, _("已确认完成。"))


@require_POST
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead takes it back to mend it."""

    def do(row: Milestone, *, by: User, now: datetime.datetime) -> Milestone:
        return milestones.recall(row, by=by)

    return _simple(request, pk, do, _("已收回，可在节点表中修改。"))


def _simple(
    request: HttpRequest, pk: int, service: Callable[..., Milestone], said: str
) -> HttpResponse:
    """What takes a version alone."""
    user = person(request)
    row = _read(user, pk)
    row.version = whole_number(request.POST.get("version", "")) or 0
    return _done(request, user, row, service, said)


def _act(
    request: HttpRequest,
    pk: int,
    form: Any,
    name: str,
    service: Callable[..., Milestone],
    said: str,
) -> HttpResponse:
    """What takes a form: shown again with what is wrong."""
    user = person(request)
    row = _read(user, pk)
    if not form.is_valid():
        return _one(request, user, row, status=422, **{name: form})
    values = dict(form.cleaned_data)
    row.version = values.pop("version")
    try:
        done = service(row, by=user, now=workdays.now(), **values)
    except Stale as error:
        messages.error(request, error.messages[0])
        return redirect("tasks:milestone", pk)
    except ValidationError as error:
        add_errors(form, error)
        return _one(request, user, _read(user, pk), status=422, **{name: form})
    messages.success(request, said)
    return redirect(page_of(done.responsibility_id))


def _done(
    request: HttpRequest,
    user: User,
    row: Milestone,
    service: Callable[..., Milestone],
    said: str,
) -> HttpResponse:
    try:
        service(row, by=user, now=workdays.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("tasks:milestone", row.pk)
    messages.success(request, said)
    return redirect(page_of(row.responsibility_id))
