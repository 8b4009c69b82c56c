"""Entering plans: a plan's own page of work, its head, its sides, its beginning and end."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks import policy
from tasks.forms.plans import CopyForm, NewPlanForm, PlanForm, SideForm
from tasks.models import Action, Plan, PlanSide, Responsibility, Task
from tasks.services import editing, plan_copy, plan_edit, tracking
from tasks.services.plan_edit import PlanHead
from tasks.states import PlanStatus
from tasks.views.plan_edit_pages import ConfirmPage, FormPage, plan_of
from tracker.lib.workdays import today
from units.models import Office, User
from units.web import person

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def manage_url(plan: Plan) -> str:
    """The plan's page of work."""
    return reverse("tasks:plan_manage", args=[plan.code])


@require_safe
def manage(request: HttpRequest, code: str) -> HttpResponse:
    """All of a plan that its offices enter: head, sides, actions, tasks with their units."""
    user = person(request)
    plan = plan_of(user, code)
    sides = plan.sides.select_related("jurisdiction", "office").order_by("order")
    context = {
        "plan": plan,
        "sides": sides,
        "mine": set(policy.scope(user, "side.edit").filter(plan=plan).values_list("pk", flat=True)),
        "side_form": SideForm(),
        "chapters": _chapters(plan),
        "lacks": plan_edit.missing(plan) if plan.is_reference else [],
        "unassigned": _unassigned(user, plan),
        "tracking": tracking.standing_of(plan, today()),
    }
    return render(request, "tasks/plan_manage.html", context)


def _chapters(plan: Plan) -> list[dict[str, Any]]:
    """Actions with their tasks, each with its place in the plan, in four queries."""
    actions = list(plan.actions.order_by("number"))
    rows = plan.tasks.order_by("number").prefetch_related(
        "responsibilities__unit", "responsibilities__side"
    )
    tasks: dict[int, list[dict[str, Any]]] = {action.pk: [] for action in actions}
    total = len(rows)
    for place, task in enumerate(rows, 1):
        row = {"task": task, "before": place - 1, "after": place + 1 if place < total else 0}
        tasks[task.action_id].append(row)
    return [
        {
            "action": action,
            "tasks": tasks[action.pk],
            "before": place - 1,
            "after": place + 1 if place < len(actions) else 0,
        }
        for place, action in enumerate(actions, 1)
    ]


def _unassigned(user: User, plan: Plan) -> int:
    """How many of the duties that the person may hand out were not."""
    if plan.status != PlanStatus.ISSUED:
        return 0
    duties = policy.scope(user, "duty.edit").filter(task__plan=plan, assignment=None)
    return int(duties.count())


def _offices(user: User) -> Any:
    """The offices for which the person may begin a plan; nobody else gets the page."""
    offices = policy.scope(user, "plan.add").order_by("pk")
    if not offices.exists():
        raise PermissionDenied
    return offices


@form_methods
def new(request: HttpRequest) -> HttpResponse:
    """Begin a plan."""
    user = person(request)
    offices = _offices(user)

    def make(data: Any) -> NewPlanForm:
        form = NewPlanForm(data)
        form.offer(offices)
        return form

    def save(form: NewPlanForm) -> Plan:
        office: Office = form.cleaned_data["office"]
        return plan_edit.create_plan(form.cleaned_data["code"], form.head, office, by=user)

    return FormPage(
        title=_("新建方案"),
        button=_("建立方案"),
        plan=None,
        make=make,
        save=save,
        saved=_("方案已建立，现为征求意见稿。接着录入行动和任务，齐备后印发。"),
        done=manage_url,
        back=reverse("tasks:plans"),
    ).answer(request)


@form_methods
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a plan's head."""
    user = person(request)
    plan = plan_of(user, code)

    def save(form: PlanForm) -> Plan:
        data = form.cleaned_data
        return plan_edit.edit_plan(
            plan,
            form.head,
            seen=data["seen"],
            reason=data["reason"],
            opens=data["opens"],
            by=user,
            today=today(),
        )

    return FormPage(
        title=_("修改方案信息"),
        button=_("保存"),
        plan=plan,
        make=lambda data: PlanForm.of(Plan.objects.get(pk=plan.pk), data),
        save=save,
        saved=_("方案信息已保存。"),
        confirm=_("保存并开放"),
        done=manage_url,
        back=manage_url(plan),
        row=plan,
    ).answer(request)


@form_methods
def copy(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the next plan with this one's text."""
    user = person(request)
    source: Plan = get_object_or_404(policy.scope(user, "plan.view"), code=code)
    offices = _offices(user)

    def make(data: Any) -> CopyForm:
        form = CopyForm(data, initial={"title": source.title})
        form.offer(offices)
        own = offices.filter(plan_sides__plan=source).first()
        if own is not None:
            form.fields["office"].initial = own.pk
        return form

    def save(form: CopyForm) -> Plan:
        data = form.cleaned_data
        return plan_copy.copy_plan(source, data["code"], data["title"], data["office"], by=user)

    return FormPage(
        title=_("编制下一期方案"),
        button=_("建立下一期方案"),
        plan=source,
        make=make,
        save=save,
        saved=_(
            "下一期方案已建立，现为征求意见稿：行动、任务和本方责任单位已带入，时限和文号待填。"
        ),
        done=manage_url,
        back=reverse("tasks:plan", args=[source.code]),
        extra={"note": _copied(source)},
    ).answer(request)


def _copied(source: Plan) -> str:
    counts = {"actions": source.actions.count(), "tasks": source.tasks.count()}
    return (
        _("将带入%(actions)d个行动、%(tasks)d项任务及本方的责任单位；时限、文号、进展不带入。")
        % counts
    )


@form_methods
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Issue a draft; what is missing is named."""
    user = person(request)
    plan = plan_of(user, code)
    lacks = plan_edit.missing(plan) if plan.is_reference else [_("方案已印发。")]
    return ConfirmPage(
        title=_("印发方案"),
        sentence=_("印发后，方案即可启用填报、交办任务；不能再退回征求意见稿，也不能删除。"),
        button=_("印发"),
        plan=plan,
        lacks=lacks,
        lacks_head=_("印发前还须补齐"),
        seen="",
        do=lambda _seen: plan_edit.publish(plan, by=user),
        said=_("方案已印发。可在方案信息中填写启用季度，并交办任务。"),
        done=manage_url(plan),
        back=manage_url(plan),
        danger=False,
    ).answer(request)


@form_methods
def delete(request: HttpRequest, code: str) -> HttpResponse:
    """Delete a draft."""
    user = person(request)
    plan = plan_of(user, code)
    counts = {
        "actions": Action.objects.filter(plan=plan).count(),
        "tasks": Task.objects.filter(plan=plan).count(),
        "duties": Responsibility.objects.filter(task__plan=plan).count(),
    }
    return ConfirmPage(
        title=_("删除方案"),
        sentence=_(
            "将删除本方案及其%(actions)d个行动、%(tasks)d项任务、%(duties)d项责任，不能恢复。"
        )
        % counts,
        button=_("删除方案"),
        plan=plan,
        lacks=plan_edit.why_not_delete(plan, by=user),
        lacks_head=_("现在不能删除"),
        seen=editing.stamp(PlanHead.of(plan)),
        do=lambda seen: plan_edit.delete_plan(plan, seen=seen, by=user),
        said=_("方案已删除。"),
        done=reverse("tasks:plans"),
        back=manage_url(plan),
    ).answer(request)


@require_POST
def side_add(request: HttpRequest, code: str) -> HttpResponse:
    """A further side."""
    user = person(request)
    plan = plan_of(user, code)
    form = SideForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请选择协调办公室。"))
        return redirect(manage_url(plan))
    try:
        side = plan_edit.add_side(plan, form.cleaned_data["office"], by=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已增设%(side)s一方。") % {"side": side.jurisdiction})
    return redirect(manage_url(plan))


@require_POST
def side_remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One side less."""
    user = person(request)
    plan = plan_of(user, code)
    side = get_object_or_404(
        PlanSide.objects.select_related("jurisdiction", "office").filter(plan=plan), pk=pk
    )
    try:
        plan_edit.remove_side(side, by=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(manage_url(plan))
    messages.success(request, _("已移除%(side)s一方。") % {"side": side.jurisdiction})
    still = policy.can(user, "plan.edit", plan)
    return redirect(manage_url(plan) if still else reverse("tasks:plan", args=[plan.code]))
