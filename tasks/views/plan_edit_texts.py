"""Entering a plan's actions and tasks."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from tasks import policy
from tasks.forms.plans import ActionForm, TaskForm
from tasks.models import Action, Task
from tasks.services import editing, plan_texts
from tasks.services.plan_texts import ActionText, TaskText
from tasks.views.plan_edit import form_methods, manage_url
from tasks.views.plan_edit_pages import ConfirmPage, FormPage, plan_of
from tracker.lib.text import whole_number
from units.models import User
from units.web import person


def _action_of(user: User, pk: int) -> Action:
    plans = policy.scope(user, "plan.edit").values("pk")
    return get_object_or_404(Action.objects.select_related("plan"), pk=pk, plan__in=plans)


def task_of(user: User, pk: int) -> Task:
    """The task whose text the person may change; 404 otherwise."""
    plans = policy.scope(user, "plan.edit").values("pk")
    rows = Task.objects.select_related("plan__jurisdiction", "plan__implements", "action")
    return get_object_or_404(rows, pk=pk, plan__in=plans)


def at(row: Action | Task) -> str:
    """The row on its plan's page of work."""
    word = "action" if isinstance(row, Action) else "task"
    return f"{manage_url(row.plan)}#{word}-{row.pk}"


@form_methods
def action_new(request: HttpRequest, code: str) -> HttpResponse:
    """A further action."""
    user = person(request)
    plan = plan_of(user, code)
    number = plan_texts.next_number(plan, Action)
    return FormPage(
        title=_("新增行动"),
        button=_("保存行动"),
        plan=plan,
        make=lambda data: ActionForm(data, initial={"number": number}),
        save=lambda form: plan_texts.create_action(plan, form.text, by=user),
        saved=_("行动已新增。"),
        done=at,
        back=manage_url(plan),
    ).answer(request)


@form_methods
def action_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an action."""
    user = person(request)
    action = _action_of(user, pk)

    def save(form: ActionForm) -> Action:
        seen = form.cleaned_data["seen"]
        return plan_texts.edit_action(action, form.text, seen=seen, by=user)

    return FormPage(
        title=_("修改行动"),
        button=_("保存行动"),
        plan=action.plan,
        make=lambda data: ActionForm.of(Action.objects.get(pk=action.pk), data),
        save=save,
        saved=_("行动已保存。"),
        done=at,
        back=at(action),
        row=action,
        extra={"delete_url": reverse("tasks:action_delete", args=[action.pk])},
    ).answer(request)


@form_methods
def action_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an action without tasks."""
    user = person(request)
    action = _action_of(user, pk)
    return ConfirmPage(
        title=_("删除行动"),
        sentence=_("将删除行动“%(action)s”。") % {"action": action},
        button=_("删除行动"),
        plan=action.plan,
        lacks=plan_texts.why_not_delete_action(action),
        lacks_head=_("现在不能删除"),
        seen=editing.stamp(ActionText.of(action)),
        do=lambda seen: plan_texts.delete_action(action, seen=seen, by=user),
        said=_("行动已删除。"),
        done=manage_url(action.plan),
        back=at(action),
    ).answer(request)


def _place(request: HttpRequest) -> int:
    place = whole_number(request.POST.get("place", ""))
    if place is None:
        raise ValidationError(_("请写明移到第几位。"))
    return place


@require_POST
def action_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an action at another place."""
    user = person(request)
    action = _action_of(user, pk)
    try:
        plan_texts.move_action(action, _place(request), by=user)
    except ValidationError:
        return redirect(manage_url(action.plan))
    return redirect(at(action))


@form_methods
def task_new(request: HttpRequest, code: str) -> HttpResponse:
    """A further task; `?action=` chooses its action, “save and add” goes on with the next."""
    user = person(request)
    plan = plan_of(user, code)
    number = plan_texts.next_number(plan, Task)
    chosen = request.GET.get("action", "")
    initial: dict[str, Any] = {"number": number, "action": chosen if chosen.isascii() else ""}

    def done(task: Task) -> str:
        if "more" in request.POST:
            return f"{reverse('tasks:task_new', args=[plan.code])}?action={task.action_id}"
        return reverse("tasks:duties", args=[task.pk])

    return FormPage(
        title=_("新增任务"),
        button=_("保存，接着填责任单位"),
        plan=plan,
        make=lambda data: TaskForm(plan, data, initial=initial),
        save=lambda form: plan_texts.create_task(plan, form.text, by=user),
        saved=_("任务已新增。"),
        done=done,
        back=manage_url(plan),
        extra={"more": _("保存，再新增一项"), "no_actions": not plan.actions.exists()},
    ).answer(request)


@form_methods
def task_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a task."""
    user = person(request)
    task = task_of(user, pk)

    def save(form: TaskForm) -> Task:
        data = form.cleaned_data
        return plan_texts.edit_task(
            task, form.text, seen=data["seen"], reason=data["reason"], by=user
        )

    return FormPage(
        title=pgettext("button", "修改任务"),
        button=_("保存任务"),
        plan=task.plan,
        make=lambda data: TaskForm.of(task.plan, task_of(user, pk), data),
        save=save,
        saved=_("任务已保存。"),
        done=at,
        back=at(task),
        row=task,
        extra=_beside(task),
    ).answer(request)


def _beside(task: Task) -> dict[str, Any]:
    """What else can be done with a task, beside its form."""
    numbers = list(task.plan.tasks.order_by("number").values_list("pk", flat=True))
    return {
        "task": task,
        "delete_url": reverse("tasks:task_delete", args=[task.pk]),
        "duties_url": reverse("tasks:duties", args=[task.pk]),
        "move_url": reverse("tasks:task_move", args=[task.pk]),
        "place": numbers.index(task.pk) + 1,
        "places": len(numbers),
    }


@form_methods
def task_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a task on which nothing hangs."""
    user = person(request)
    task = task_of(user, pk)
    words = {"task": task, "n": task.responsibilities.count()}
    return ConfirmPage(
        title=_("删除任务"),
        sentence=_("将删除任务“%(task)s”及其%(n)d项责任，不能恢复。") % words,
        button=_("删除任务"),
        plan=task.plan,
        lacks=plan_texts.why_not_delete_task(task, by=user),
        lacks_head=_("现在不能删除"),
        seen=editing.stamp(TaskText.of(task)),
        do=lambda seen: plan_texts.delete_task(task, seen=seen, by=user),
        said=_("任务已删除。"),
        done=manage_url(task.plan),
        back=at(task),
    ).answer(request)


@require_POST
def task_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a task at another place."""
    user = person(request)
    task = task_of(user, pk)
    try:
        plan_texts.move_task(task, _place(request), by=user)
    except ValidationError:
        return redirect(manage_url(task.plan))
    return redirect(at(task))
