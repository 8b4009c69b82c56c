"""Entering who answers for a task."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tasks import policy
from tasks.forms.duties import DutyForm, DutyListForm
from tasks.models import Plan, Responsibility, Task
from tasks.services import duties, duty_lists, editing
from tasks.services.duties import DutyText
from tasks.services.duty_lists import Line
from tasks.states import Role
from tasks.views.plan_edit import form_methods
from tasks.views.plan_edit_pages import ConfirmPage, FormPage, add_errors
from tasks.views.plan_edit_texts import task_of
from tracker.lib.text import whole_number
from tracker.lib.workdays import today
from units.models import Jurisdiction, Unit, User, codes_below
from units.policy import may_add_units
from units.web import person

MOST_SUGGESTED = 500
LEFT = ("names", "role", "side")  # what of the list comes back after a unit was entered
MOST_LEFT = 400  # characters that an address bears


def page_of(task: Task | int) -> str:
    """The page of a task's duties."""
    return reverse("tasks:duties", args=[task if isinstance(task, int) else task.pk])


def suggested(plan: Plan) -> list[str]:
    """Names of units near the plan's sides, for the browser to offer."""
    codes = set(plan.sides.values_list("jurisdiction__code", flat=True))
    if plan.jurisdiction:
        codes.add(plan.jurisdiction.code)
    near = Unit.objects.filter(
        jurisdiction__in=Jurisdiction.objects.filter(codes_below(codes))
    ) | Unit.objects.filter(jurisdiction=None)
    return list(near.in_being(today()).values_list("name", flat=True)[:MOST_SUGGESTED])


@form_methods
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    """A task's duties; a pasted list of units is shown as understood before it is taken."""
    user = person(request)
    task = task_of(user, pk)
    sides = duties.sides_of(task.plan, by=user)
    if request.method != "POST":
        return _page(request, user, task, _first_form(sides, request.GET))
    form = DutyListForm(sides, _chosen(request.POST))
    if not form.is_valid():
        return _page(request, user, task, form, status=422)
    side: Jurisdiction | None = form.cleaned_data["side"]
    lines = duty_lists.read(
        form.cleaned_data["names"],
        role=Role(form.cleaned_data["role"]),
        within=side or task.plan.jurisdiction,
        present=list(task.responsibilities.all()),
    )
    wrong = not duty_lists.is_takeable(lines)
    if wrong or "take" not in request.POST:
        return _page(request, user, task, form, lines=lines, status=422 if wrong else 200)
    try:
        made = duties.create_duties(task, duty_lists.texts_of(lines, side), by=user)
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, user, task, form, lines=lines, status=422)
    number = len(made)
    messages.success(
        request, ngettext("已加入%(n)d个单位。", "已加入%(n)d个单位。", number) % {"n": number}
    )
    return redirect(page_of(task))


def _first_form(sides: list[Jurisdiction], asked: QueryDict) -> DutyListForm:
    """Empty, or with the list that was left for entering a unit."""
    kept = {name: asked[name] for name in LEFT if name in asked}
    return DutyListForm(sides, initial=kept)


def _chosen(sent: QueryDict) -> QueryDict:
    """What was sent, with the name that was chosen for one that was not known."""
    written, _bar, name = sent.get("choose", "").partition("|")
    if not (written and name):
        return sent
    sent = sent.copy()
    sent["names"] = duty_lists.choose(sent.get("names", ""), written[:100], name[:100])
    return sent


def _back(task: Task, form: DutyListForm) -> str:
    """This page with the list as it is, for coming back to it; a long one the browser keeps."""
    names = str(form["names"].value() or "")
    if not form.is_bound or len(names) > MOST_LEFT:
        return page_of(task)
    left = {name: str(form[name].value() or "") for name in LEFT}
    return f"{page_of(task)}?{urlencode(left)}#paste"


def _page(
    request: HttpRequest,
    user: User,
    task: Task,
    form: DutyListForm,
    *,
    lines: list[Line] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = list(
        task.responsibilities.select_related("unit", "side", "assignment").order_by("order")
    )
    mine = set(policy.scope(user, "duty.edit").filter(task=task).values_list("pk", flat=True))
    own = [row.pk for row in rows if row.pk in mine]
    context = {
        "task": task,
        "plan": task.plan,
        "form": form,
        "lines": lines,
        "wrong": lines is not None and not duty_lists.is_takeable(lines),
        "unknown": any(line.problem for line in lines or []),
        "number": sum(not line.left_out for line in lines or []),
        "may_add": may_add_units(user),
        "back": _back(task, form),
        "rows": [_row(row, own) for row in rows],
        "names": suggested(task.plan),
    }
    return render(request, "tasks/plan_duties.html", context, status=status)


def _row(duty: Responsibility, own: list[int]) -> dict[str, Any]:
    """A duty, and its places before and after among those that the person may set."""
    if duty.pk not in own:
        return {"duty": duty, "mine": False}
    place = own.index(duty.pk) + 1
    after = place + 1 if place < len(own) else 0
    return {"duty": duty, "mine": True, "before": place - 1, "after": after}


def _duty_of(user: User, pk: int) -> Responsibility:
    rows = policy.scope(user, "duty.edit").select_related(
        "task__plan__jurisdiction", "unit", "side"
    )
    duty: Responsibility = get_object_or_404(rows, pk=pk)
    return duty


@form_methods
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """One more unit."""
    user = person(request)
    task = task_of(user, pk)
    sides = duties.sides_of(task.plan, by=user)
    return FormPage(
        title=_("新增责任单位"),
        button=_("保存责任"),
        plan=task.plan,
        make=lambda data: DutyForm(task, sides, data, initial={"role": Role.COOPERATING}),
        save=lambda form: duties.create_duty(task, form.text, by=user),
        saved=_("责任单位已新增。"),
        done=lambda duty: page_of(duty.task),
        back=page_of(task),
        extra={"task": task, "names": suggested(task.plan)},
    ).answer(request)


@form_methods
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a responsibility of one's own side."""
    user = person(request)
    duty = _duty_of(user, pk)
    sides = duties.sides_of(duty.task.plan, by=user)

    def save(form: DutyForm) -> Responsibility:
        data = form.cleaned_data
        return duties.edit_duty(duty, form.text, seen=data["seen"], reason=data["reason"], by=user)

    return FormPage(
        title=_("修改责任"),
        button=_("保存责任"),
        plan=duty.task.plan,
        make=lambda data: DutyForm.of(_duty_of(user, pk), sides, data),
        save=save,
        saved=_("责任已保存。已交办的，如单位须知晓，请重新交办。"),
        done=lambda saved: page_of(saved.task_id),
        back=page_of(duty.task),
        row=duty,
        extra={
            "task": duty.task,
            "names": suggested(duty.task.plan),
            "delete_url": reverse("tasks:duty_delete", args=[duty.pk]),
        },
    ).answer(request)


@form_methods
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a unit's part away."""
    user = person(request)
    duty = _duty_of(user, pk)
    words = {"unit": duty.unit, "role": duty.get_role_display(), "task": duty.task}
    return ConfirmPage(
        title=_("移除责任单位"),
        sentence=_("将移除“%(unit)s”在任务“%(task)s”中的%(role)s责任。") % words,
        button=_("移除"),
        plan=duty.task.plan,
        lacks=duties.why_not_delete(duty),
        lacks_head=_("现在不能移除"),
        seen=editing.stamp(DutyText.of(duty)),
        do=lambda seen: duties.delete_duty(duty, seen=seen, by=user),
        said=_("已移除“%(unit)s”。") % words,
        done=page_of(duty.task),
        back=page_of(duty.task),
    ).answer(request)


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a responsibility at another place among one's own."""
    user = person(request)
    duty = _duty_of(user, pk)
    place = whole_number(request.POST.get("place", ""))
    if place is not None:
        duties.move_duty(duty, place, by=user)
    return redirect(f"{page_of(duty.task)}#duty-{duty.pk}")
