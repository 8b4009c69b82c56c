"""Responsibilities: which unit answers for a task, in which role, on which side."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Assignment, Plan, Responsibility, Task
from tasks.models.home import at_home
from tasks.services import editing, holding, notices
from tasks.services.editing import check_reason, check_seen, cleaned
from tasks.states import Role, TaskState
from units.models import Jurisdiction, Unit, User
from units.services import audit
from units.services.succession_rules import why_gone


@dataclass(frozen=True)
class DutyText:
    """What an office enters of a responsibility. `due_on` is the date of this side alone."""

    unit: Unit
    role: str
    side: Jurisdiction | None = None
    written: str = ""
    note: str = ""
    due_on: datetime.date | None = None

    @classmethod
    def of(cls, duty: Responsibility) -> Self:
        """The responsibility as it stands."""
        return cls(**{name: getattr(duty, name) for name in cls.__dataclass_fields__})


def sides_of(plan: Plan, *, by: User) -> list[Jurisdiction]:
    """The sides of the plan whose duties the person may set, in order."""
    mine = policy.scope(by, "side.edit").filter(plan=plan).select_related("jurisdiction")
    return [side.jurisdiction for side in mine.order_by("order")]


@transaction.atomic
def create_duty(task: Task, text: DutyText, *, by: User) -> Responsibility:
    """Give a unit a part in a task. Raises PermissionDenied, ValidationError by field."""
    (duty,) = create_duties(task, [text], by=by)
    return duty


@transaction.atomic
def create_duties(task: Task, texts: Sequence[DutyText], *, by: User) -> list[Responsibility]:
    """Give units their parts in a task, in this order after those that are there."""
    plan = _locked(task.plan_id)
    order = max(task.responsibilities.values_list("order", flat=True), default=0)
    made: list[Responsibility] = []
    for text in texts:
        duty = Responsibility(task=task, document=plan.document, clause=task.clause)
        text = _checked(duty, plan, text, by=by)
        order += 1
        values = editing.values_of(text)
        for name, value in {**values, "order": order, "state": _first_state(text)}.items():
            setattr(duty, name, value)
        editing.create(duty, verb="duty.create", by=by, after=values)
        made.append(duty)
    return made


def _first_state(text: DutyText) -> str:
    return TaskState.NOT_STARTED.value if text.role == Role.LEAD else ""


def _locked(plan: int) -> Plan:
    return Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan)


@transaction.atomic
def edit_duty(
    duty: Responsibility, text: DutyText, *, seen: str, by: User, reason: str = ""
) -> Responsibility:
    """Change a responsibility of one's own side.

    Another unit or role begins anew: what was handed out to the former is withdrawn.
    """
    plan, duty = _own(duty, by=by)
    now = DutyText.of(duty)
    check_seen(now, seen)
    text = _checked(duty, plan, text, by=by)
    reason = check_reason(plan, text.due_on != now.due_on, reason)
    also = {"state": _first_state(text), "state_since": None} if text.role != now.role else {}
    told = _withdraw(duty, by=by) if (text.unit, text.role) != (now.unit, now.role) else None
    values = editing.values_of(text)
    audit.save_changes(duty, values, verb="duty.edit", by=by, reason=reason, also=also, told=told)
    if text.due_on != now.due_on:
        notices.settle_dates(Responsibility.objects.filter(pk=duty.pk))
    return duty


def _withdraw(duty: Responsibility, *, by: User) -> audit.Told | None:
    """Take back what was handed out to the unit that answered until now."""
    holding.discard_drafts(duty, by=by)
    withdrawn, _kinds = Assignment.objects.filter(responsibility=duty).delete()
    if not withdrawn:
        return None
    notices.settle([notices.assignment_subject(duty.pk)])
    return {"assignment": _("已交办")}, {"assignment": _("已撤回")}


def _own(duty: Responsibility, *, by: User) -> tuple[Plan, Responsibility]:
    plan = _locked(duty.task.plan_id)
    locked = Responsibility.objects.select_for_update(of=("self",)).select_related(
        "task", "unit", "side"
    )
    found = locked.get(pk=duty.pk)
    if not policy.can(by, "duty.edit", found):
        raise PermissionDenied
    return plan, found


def _checked(duty: Responsibility, plan: Plan, text: DutyText, *, by: User) -> DutyText:
    """The text as it is stored; raise by field what the plan or the rows forbid."""
    text = cleaned(text)
    _check_side(duty, plan, text, by=by)
    errors: dict[str, str] = {}
    others = duty.task.responsibilities.exclude(pk=duty.pk).select_related("unit")
    anew = not duty.pk or (text.unit, text.role) != (duty.unit, duty.role)
    standing = others.filter(unit=text.unit).order_by("order").first() if anew else None
    if anew and (gone := why_gone(text.unit)):
        errors["unit"] = gone
    elif standing is not None:
        errors["unit"] = _listed_already(standing, Role(text.role))
    lead = others.filter(role=Role.LEAD, side=text.side).first()
    if text.role == Role.LEAD and lead is not None:
        errors["role"] = _("%(side)s一方已由“%(unit)s”牵头：请先将其改为配合或移除。") % {
            "side": text.side,
            "unit": lead.unit,
        }
    if text.role == Role.COOPERATING and text.due_on is not None:
        errors["due_on"] = _("配合单位不单设时限：时限只对牵头单位核定。")
    if duty.pk and (text.unit, text.role) != (duty.unit, duty.role):
        why = _why_not_another(duty)
        if why:
            errors["unit" if text.unit != duty.unit else "role"] = why
    if errors:
        raise ValidationError(errors)
    return replace(text, written=text.written or text.unit.name)


def _listed_already(standing: Responsibility, role: Role) -> str:
    """That the unit has a part in the task: one leads or cooperates, and not both."""
    words = {"unit": standing.unit, "role": standing.get_role_display(), "wanted": role.label}
    if standing.role == role:
        return _("“%(unit)s”在本任务中已列为%(role)s单位，不能重复。") % words
    return _("“%(unit)s”在本任务中已是%(role)s单位，不能同时列为%(wanted)s单位。") % words


def _why_not_another(duty: Responsibility) -> str:
    this = Responsibility.objects.filter(pk=duty.pk)
    if holding.is_reported(this):
        return _(
            "该责任已有填报，单位和角色不能再改。单位更名或职能划转的，请登记新名称或承接单位。"
        )
    return holding.why_in_quarter(this)


def _check_side(duty: Responsibility, plan: Plan, text: DutyText, *, by: User) -> None:
    """A side's duties are set by its own office; bodies of no side by either."""
    mine = sides_of(plan, by=by)
    if not mine:
        raise PermissionDenied
    if text.side is None:
        if text.role == Role.LEAD:
            raise ValidationError({"side": _("牵头单位须注明所属方。")})
        if text.unit.jurisdiction_id is not None and not text.unit.is_central:
            raise ValidationError(
                {
                    "side": _("只有中央单位可以不属任何一方：请选择“%(unit)s”的所属方。")
                    % {"unit": text.unit}
                }
            )
        return
    if text.side in mine:
        _check_home(duty, plan, text.unit, text.side)
        return
    if plan.sides.filter(jurisdiction=text.side).exists():
        sentence = _("%(side)s一方的责任由其协调办公室设定，您不能填写。")
    else:
        sentence = _("%(side)s不是本方案的一方：请先增设该方及其协调办公室。")
    raise ValidationError({"side": sentence % {"side": text.side}})


def _check_home(duty: Responsibility, plan: Plan, unit: Unit, side: Jurisdiction) -> None:
    """A side has units of its place, below and above it, and what its document names there."""
    place = unit.jurisdiction
    if place is None or side.holds(place) or place.holds(side):
        return
    named = Responsibility.objects.filter(task__plan=plan, unit=unit, side=side)
    if at_home(named).exists() or (duty.pk and (duty.unit, duty.side) == (unit, side)):
        return
    sentence = _("“%(unit)s”是%(place)s的单位，不能列入%(side)s一方。")
    raise ValidationError({"unit": sentence % {"unit": unit, "place": place, "side": side}})


def why_not_delete(duty: Responsibility) -> list[str]:
    """What hangs on a responsibility, and what to do instead."""
    sentences: list[str] = []
    this = Responsibility.objects.filter(pk=duty.pk)
    if holding.is_reported(this):
        sentences.append(_("该责任已有填报，不能移除；不再执行的，请中止并写明理由。"))
    elif why := holding.why_in_quarter(this):
        sentences.append(why)
    if Assignment.objects.filter(responsibility=duty).exists():
        sentences.append(_("该责任已交办：请先撤回交办。"))
    return sentences


@transaction.atomic
def delete_duty(duty: Responsibility, *, seen: str, by: User) -> None:
    """Take a unit's part away, while nothing hangs on it."""
    _plan, duty = _own(duty, by=by)
    check_seen(DutyText.of(duty), seen)
    reasons = why_not_delete(duty)
    if reasons:
        raise ValidationError(reasons)
    holding.discard_drafts(duty, by=by)
    audit.record("duty.delete", duty, by=by, before=editing.values_of(DutyText.of(duty)))
    duty.delete()


@transaction.atomic
def move_duty(duty: Responsibility, place: int, *, by: User) -> None:
    """Put a responsibility at a place (from 1) among those of the task that one may set.

    The others keep their places.
    """
    _plan, duty = _own(duty, by=by)
    rows: list[Any] = list(
        policy.scope(by, "duty.edit")
        .filter(task=duty.task_id)
        .select_related("unit", "task")
        .order_by("order")
    )
    before, after = editing.renumber(rows, duty, place, field="order")
    if after:
        audit.record("duty.move", duty.task, by=by, before=before, after=after)
