"""Actions and tasks of a plan: the text that its sides share."""

import datetime
from dataclasses import dataclass
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Action, Plan, Task
from tasks.services import editing, holding, notices
from tasks.services.editing import check_reason, check_seen, cleaned, locked_plan
from tracker.lib.text import listed
from units.models import User
from units.services import audit

HIGHEST = 9_999


@dataclass(frozen=True)
class ActionText:
    """What an office enters of an action."""

    number: int
    title: str
    numeral: str = ""
    clause: str = ""

    @classmethod
    def of(cls, action: Action) -> Self:
        """The action as it stands."""
        return cls(**{name: getattr(action, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class TaskText:
    """What an office enters of a task. `implements` are tasks of the plan that this one's does."""

    action: Action
    number: int
    title: str
    summary: str = ""
    clause: str = ""
    due_on: datetime.date | None = None
    implements: tuple[Task, ...] = ()

    @classmethod
    def of(cls, task: Task) -> Self:
        """The task as it stands."""
        own = {name: getattr(task, name) for name in cls.__dataclass_fields__}
        return cls(**own | {"implements": tuple(task.implements.order_by("number", "pk"))})

    @property
    def values(self) -> dict[str, Any]:
        """The values in fields of its own."""
        values = editing.values_of(self)
        del values["implements"]
        return values


def next_number(plan: Plan, kind: type[Action] | type[Task]) -> int:
    """The number after the last."""
    numbers: Any = kind._default_manager.filter(plan=plan).values_list("number", flat=True)
    return max(numbers, default=0) + 1


def _check_number(row: Action | Task, number: int, rows: Any) -> None:
    if not 1 <= number <= HIGHEST:
        sentence = _("序号应为1至%(most)d之间的整数，现为%(number)d。")
        raise ValidationError({"number": sentence % {"most": HIGHEST, "number": number}})
    taken = rows.filter(number=number).exclude(pk=row.pk).first()
    if taken is not None:
        sentence = _("序号%(number)d已用于“%(title)s”：请换一个，或保存后用“移动”调整顺序。")
        raise ValidationError({"number": sentence % {"number": number, "title": taken.title}})


# --- actions ------------------------------------------------------------------------------------


@transaction.atomic
def create_action(plan: Plan, text: ActionText, *, by: User) -> Action:
    """A further action of the plan."""
    plan = locked_plan(plan, by=by)
    text = cleaned(text)
    values = editing.values_of(text)
    action = Action(plan=plan, document=plan.document, **values)
    _check_number(action, text.number, plan.actions)
    editing.create(action, verb="action.create", by=by, after=values)
    return action


@transaction.atomic
def edit_action(action: Action, text: ActionText, *, seen: str, by: User) -> Action:
    """Change an action's text."""
    plan = locked_plan(action.plan_id, by=by)
    action = Action.objects.get(pk=action.pk)
    check_seen(ActionText.of(action), seen)
    text = cleaned(text)
    _check_number(action, text.number, plan.actions)
    audit.save_changes(action, editing.values_of(text), verb="action.edit", by=by)
    return action


@transaction.atomic
def delete_action(action: Action, *, seen: str, by: User) -> None:
    """Delete an action without tasks."""
    plan = locked_plan(action.plan_id, by=by)
    action = Action.objects.get(pk=action.pk)
    check_seen(ActionText.of(action), seen)
    reasons = why_not_delete_action(action)
    if reasons:
        raise ValidationError(reasons)
    audit.record("action.delete", action, by=by, before=editing.values_of(ActionText.of(action)))
    _remember_removed(plan, action)
    action.delete()


def why_not_delete_action(action: Action) -> list[str]:
    """What hangs on an action."""
    number = action.tasks.count()
    if not number:
        return []
    return [
        _("行动“%(action)s”下还有%(n)d项任务：请先移到其他行动或删除。")
        % {"action": action.title, "n": number}
    ]


@transaction.atomic
def move_action(action: Action, place: int, *, by: User) -> None:
    """Put an action at a place in its plan; numbers follow."""
    plan = locked_plan(action.plan_id, by=by)
    rows = list(plan.actions.order_by("number"))
    before, after = editing.renumber(rows, action, place, field="number")
    if after:
        audit.record("plan.renumber", plan, by=by, before=before, after=after)


# --- tasks --------------------------------------------------------------------------------------


@transaction.atomic
def create_task(plan: Plan, text: TaskText, *, by: User) -> Task:
    """A further task of the plan."""
    plan = locked_plan(plan, by=by)
    text = _checked(plan, text)
    task = Task(plan=plan, document=plan.document, **text.values)
    _check_number(task, text.number, plan.tasks)
    shown = editing.values_of(text)
    editing.create(task, verb="task.create", by=by, after=shown)
    task.implements.set(text.implements)
    return task


@transaction.atomic
def edit_task(task: Task, text: TaskText, *, seen: str, by: User, reason: str = "") -> Task:
    """Change a task's text and links; a corrected date needs a reason once tracking has begun."""
    plan = locked_plan(task.plan_id, by=by)
    task = Task.objects.select_for_update(of=("self",), no_key=True).get(pk=task.pk)
    now = TaskText.of(task)
    check_seen(now, seen)
    text = _checked(plan, text)
    _check_number(task, text.number, plan.tasks)
    reason = check_reason(plan, text.due_on != now.due_on, reason)
    told: audit.Told | None = None
    if set(text.implements) != set(now.implements):
        task.implements.set(text.implements)
        told = {"implements": now.implements}, {"implements": text.implements}
    audit.save_changes(task, text.values, verb="task.edit", by=by, reason=reason, told=told)
    if text.due_on != now.due_on:
        notices.settle_dates(task.responsibilities.all())
    return task


def _checked(plan: Plan, text: TaskText) -> TaskText:
    if text.action.plan_id != plan.pk:
        raise ValidationError({"action": _("行动不属于本方案。")})
    wrong = [task for task in text.implements if task.plan_id != plan.implements_id]
    if wrong:
        sentence = _("“落实的任务”应选自本方案所落实的方案；%(tasks)s不是。")
        raise ValidationError({"implements": sentence % {"tasks": listed(wrong)}})
    return cleaned(text)


def why_not_delete_task(task: Task, *, by: User) -> list[str]:
    """What hangs on a task, and what to do instead."""
    sentences: list[str] = []
    duties = task.responsibilities.all()
    # Of what the other side hands in an office knows nothing: its duties hold the task already.
    own = duties.filter(pk__in=policy.scope(by, "duty.edit").values("pk"))
    if holding.is_reported(own):
        sentences.append(_("任务已有填报，不能删除；不再执行的，请中止并写明理由。"))
    elif why := holding.why_in_quarter(own):
        sentences.append(why)
    if duties.filter(assignment__isnull=False).exists():
        sentences.append(_("任务已交办：请先撤回交办。"))
    if task.targets.exists():
        sentences.append(_("任务列有目标，不能删除。"))
    below = list(task.implemented_by.select_related("plan"))
    if below:
        words = {"tasks": listed(f"{t.plan.name} {t}" for t in below)}
        sentences.append(_("%(tasks)s落实本任务：请先取消对应。") % words)
    mine = policy.scope(by, "duty.edit").values("pk")
    others = duties.exclude(pk__in=mine).select_related("side")
    places = sorted({row.side.name for row in others if row.side})
    if places:
        words = {"sides": listed(places)}
        sentences.append(_("%(sides)s一方已列责任单位：请其协调办公室移除后再删除任务。") % words)
    return sentences


@transaction.atomic
def delete_task(task: Task, *, seen: str, by: User) -> None:
    """Delete a task on which nothing hangs but own sides' duties."""
    plan = locked_plan(task.plan_id, by=by)
    task = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    check_seen(TaskText.of(task), seen)
    reasons = why_not_delete_task(task, by=by)
    if reasons:
        raise ValidationError(reasons)
    before = editing.values_of(TaskText.of(task))
    before["responsibilities"] = [str(row.unit) for row in task.responsibilities.all()]
    for duty in task.responsibilities.all():
        holding.discard_drafts(duty, by=by)
    audit.record("task.delete", task, by=by, before=before)
    _remember_removed(plan, task)
    task.delete()


@transaction.atomic
def move_task(task: Task, place: int, *, by: User) -> None:
    """Put a task at a place (from 1) among all of its plan's; numbers follow."""
    plan = locked_plan(task.plan_id, by=by)
    rows = list(plan.tasks.order_by("number"))
    before, after = editing.renumber(rows, task, place, field="number")
    if after:
        audit.record("plan.renumber", plan, by=by, before=before, after=after)


def _remember_removed(plan: Plan, row: Action | Task) -> None:
    """Note that people removed what a file had loaded, so that no later loading makes it anew."""
    if not row.loaded:
        return
    kind = "removed_actions" if isinstance(row, Action) else "removed_tasks"
    number = row.loaded.get("number", row.number)
    plan.loaded = {**plan.loaded, kind: sorted({*plan.loaded.get(kind, []), number})}
    plan.save(update_fields=["loaded"])
